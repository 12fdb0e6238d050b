package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/fault"
)

const exportLogUsage = `FOLDER
writes the whole log to a new folder: events, salted leaves, checkpoints and cosignatures. It can be verified anywhere, with
hamyar audit verify FOLDER. The events in it name personas; keep it as you keep a backup.`

func (p program) auditExport(ctx context.Context, args []string) error {
	flags, err := p.auditFlags("export", exportLogUsage, args, nil)
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar audit export FOLDER")
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.scribe.RecordExport(ctx); err != nil {
		return err
	}
	if _, err := s.scribe.Seal(ctx); err != nil { // what was tampered with is to be exported all the same, and found out
		p.say("what waits could not be taken into the log: %v", err)
	}
	shown := newProgress(p.out, utc)
	lost, err := s.scribe.Export(ctx, flags.Arg(0), s.witnesses, func(done, total int64) { shown.at("writing leaves", int(done), int(total)) })
	shown.end()
	if errors.Is(err, fault.New(fault.NotFound)) {
		return errors.New("nothing is in the log yet: run hamyar audit seal")
	}
	if err != nil {
		return err
	}
	if lost > 0 {
		return fmt.Errorf("%d records have no leaf and wait for none: somebody took their leaves away", lost)
	}
	p.say("the log is in %s. Verify it, best on another machine: hamyar audit verify %[1]s", flags.Arg(0))
	return nil
}

const verifyLogUsage = `FOLDER [flags]
judges a folder that hamyar audit export wrote, from its files alone: it needs no settings, no database and no network.
Without -key it believes the folder's own key, and finds no forgery by whoever made both.`

func (p program) auditVerify(ctx context.Context, args []string) error {
	var trust tree.Trust
	var key string
	var days int
	var witnesses, seen several
	folder := ""
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		folder, args = args[0], args[1:]
	}
	flags, err := p.auditFlags("verify", verifyLogUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&key, "key", "", "the log's verifier key, or a file with it, from hamyar audit key")
		f.Var(&witnesses, "witness", "verifier key of a witness whom you trust, or a file with it; may be given several times")
		f.IntVar(&trust.Quorum, "quorum", 0, "how many of them must have cosigned the newest checkpoint")
		f.DurationVar(&trust.MaxAge, "max-age", 24*time.Hour, "how old a cosignature may be")
		f.Var(&seen, "seen", "a checkpoint that you kept from before; may be given several times")
		f.IntVar(&days, "retention", 1095, "for how many days content must be there; 0 asks for none")
	})
	if err != nil {
		return said(err)
	}
	if folder == "" {
		folder = flags.Arg(0)
	}
	if folder == "" || flags.NArg() > 1 {
		return errors.New("hamyar audit verify FOLDER [flags]")
	}
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return fmt.Errorf("%s is no folder that can be read", folder)
	}
	if trust.Key = written(key); trust.Key != "" {
		if _, err := tree.NewVerifier(trust.Key); err != nil {
			return errors.New("-key is neither a log's verifier key nor a file with one: hamyar audit key prints it")
		}
	}
	if trust.Quorum > len(witnesses) {
		return errors.New("-quorum asks for more witnesses than -witness names: nobody else's word counts")
	}
	for _, w := range witnesses {
		trust.Witnesses = append(trust.Witnesses, written(w))
	}
	for _, path := range seen {
		note, err := os.ReadFile(filepath.Clean(path))
		if err != nil {
			return fmt.Errorf("%s can't be read", path)
		}
		trust.Seen = append(trust.Seen, note)
	}
	trust.Now, trust.Retention = utc(), time.Duration(days)*24*time.Hour
	shown := newProgress(p.out, utc)
	trust.Progress = func(entries int64) { shown.at("reading leaves", int(entries), 0) }
	report, err := untilStopped(ctx, func() (tree.Report, error) { return tree.VerifyArchive(os.DirFS(folder), trust) })
	if ctx.Err() != nil {
		return errors.New("stopped: nothing was judged")
	}
	shown.at("reading leaves", int(report.Entries), 0)
	shown.end()
	if err != nil {
		return fmt.Errorf("%s can't be judged: %w", folder, err)
	}
	return p.judged(report)
}

// untilStopped lets somebody who is tired of waiting go. What goes on without them writes nothing but progress.
func untilStopped[T any](ctx context.Context, do func() (T, error)) (result T, err error) {
	type outcome struct {
		result T
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		result, err := do()
		done <- outcome{result, err}
	}()
	select {
	case all := <-done:
		return all.result, all.err
	case <-ctx.Done():
		return result, ctx.Err()
	}
}

// written is a text, or what a file of that name says.
func written(text string) string {
	if content, err := os.ReadFile(filepath.Clean(text)); err == nil {
		return strings.TrimSpace(string(content))
	}
	return text
}

func (p program) judged(r tree.Report) error {
	p.say("log         %s", r.Origin)
	p.say("leaves      %d, of which %d have had their content erased", r.Size, r.Erased)
	p.say("checkpoints %d, of which the newest has the root %s", r.Checkpoints, r.Root)
	for _, w := range r.Seen {
		p.say("witness     %s saw %d leaves on %s", w.Witness, w.Size, w.At.Format(time.DateOnly))
	}
	if !r.KeyTrusted {
		p.say("key         the folder's own word: give -key to be sure whose log it is")
	}
	for _, f := range r.Findings {
		p.say("  %-16s %d, in %s", f.Code, f.Index, f.File)
	}
	if r.More > 0 {
		p.say("  and %d more", r.More)
	}
	if !r.Good() {
		return fmt.Errorf("%d found: this is not the log that was signed, or not all of it; docs/audit.md says what each means", int64(len(r.Findings))+r.More)
	}
	p.say("the log is whole: every leaf is the one that was signed, and none is missing.")
	return nil
}
