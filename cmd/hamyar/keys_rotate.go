package main

import (
	"context"
	"errors"
	"flag"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/renewal"
)

const rotateUsage = `[flags]
gives personas, communities and programmes a new generation of their keys, seals their words anew under it, and deletes the
old generation. Segments of search are written anew under new keys. Servers go on meanwhile. It waits half a minute for requests that still hold an old key, and goes on where
it was left when it is run again.`

// keysRotate renews keys.
func (p program) keysRotate(ctx context.Context, args []string) error {
	var one string
	var dirty bool
	if _, err := p.keyFlags("rotate", rotateUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&one, "persona", "", "id of one persona, instead of all")
		f.BoolVar(&dirty, "dirty", false, "only personas who changed or took back words since their key was last renewed")
	}); err != nil {
		return said(err)
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	renew := renewal.New(s.store, s.directory, s.board, keystore.Settled)
	switch {
	case one != "":
		id, err := uuid.Parse(one)
		if err != nil {
			return errNotID
		}
		if err := renew.Persona(ctx, id); errors.Is(err, fault.New(fault.NotFound)) {
			return errors.New("there is no such persona")
		} else if err != nil {
			return err
		}
	case dirty:
		err = p.told(ctx, renew.Dirty)
	default:
		if err = p.told(ctx, renew.Everything); err == nil {
			err = p.segments(ctx, s.index.Renew)
		}
	}
	if err == nil {
		p.say("done: nothing is sealed under an old generation, and the old generations are deleted")
	}
	return err
}

var errNotID = errors.New("an id looks like 6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11")

// told runs a renewal and shows how far it is.
func (p program) told(ctx context.Context, renew func(context.Context, func(renewal.Progress)) error) error {
	shown := newProgress(p.out, utc)
	var last renewal.Progress
	err := renew(ctx, func(now renewal.Progress) {
		last = now
		shown.at("sealing anew, rows", now.Rows, 0)
	})
	shown.end()
	p.say("  %d of %d keys renewed, %d rows sealed anew", last.Keys, last.OfKeys, last.Rows)
	return err
}
