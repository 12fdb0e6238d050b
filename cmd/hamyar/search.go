package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
)

// searchWork is what `hamyar search` does.
func searchWork() []command {
	return []command{
		{"status", "count segments, posts in them, and what waits", program.searchStatus},
		{"rebuild", "write every segment anew, under new keys, and take in what waits", program.searchRebuild},
	}
}

func (p program) search(ctx context.Context, args []string) error {
	return menu{
		before:   "hamyar search WORK\n\nServers keep the index by themselves; this is for looking, and for after a repair.\n",
		commands: searchWork(),
		unknown:  "hamyar search can't %q",
	}.choose(ctx, p, args)
}

var errNoWords = errors.New("there is nothing to say after this")

func (p program) searchFlags(name string, args []string) error {
	flags := flag.NewFlagSet("search "+name, flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() { fmt.Fprintf(p.errOut, "hamyar search %s\n", name) }
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return errNoWords
	}
	return nil
}

// searchStatus counts.
func (p program) searchStatus(ctx context.Context, args []string) error {
	if err := p.searchFlags("status", args); err != nil {
		return said(err)
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	now, err := s.index.Status(ctx)
	if err != nil {
		return err
	}
	p.say("segments    %d, with %d posts of %d communities", now.Segments, now.Posts, now.Communities)
	p.say("waiting     %d posts, which a search reads through", now.Waiting)
	p.say("to replace  %d segments", now.Replace)
	p.say("off         %d communities", now.Off)
	return nil
}

// searchRebuild writes the index anew.
func (p program) searchRebuild(ctx context.Context, args []string) error {
	if err := p.searchFlags("rebuild", args); err != nil {
		return said(err)
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	return p.segments(ctx, s.index.Rebuild)
}

// segments shows how far it is while segments are written.
func (p program) segments(ctx context.Context, write func(context.Context, func(done, of int)) error) error {
	shown := newProgress(p.out, utc)
	segments := 0
	err := write(ctx, func(done, of int) {
		segments = of
		shown.at("writing segments anew", done, of)
	})
	shown.end()
	if err == nil {
		p.say("  %d segments written anew, and their old keys destroyed", segments)
	}
	return err
}
