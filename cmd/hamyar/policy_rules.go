package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/matrix"
	"github.com/hamyar/hamyar/internal/authz/rehearsal"
)

// policyFlags reads the flags of one work; additions and key are asked for where they aren't nil.
func (p program) policyFlags(name, usage string, args []string, additions, key *string, define func(*flag.FlagSet)) (*flag.FlagSet, error) {
	return p.workFlags("policy", name, usage, args, func(f *flag.FlagSet) {
		if additions != nil {
			f.StringVar(additions, "bundle", "", "a folder of additions, or a bundle, that is put on the built-in policy")
		}
		if key != nil {
			f.StringVar(key, "key", p.getenv("HAMYAR_POLICY_KEY_FILE"), "file with the public keys whose signature counts, for a bundle (default: HAMYAR_POLICY_KEY_FILE)")
		}
		if define != nil {
			define(f)
		}
	})
}

// engineWith is the built-in policy with additions, or without any where path is empty.
func engineWith(ctx context.Context, path, key string) (*authz.Engine, error) {
	engine, err := authz.New(ctx)
	if err != nil || path == "" {
		return engine, err
	}
	overlay, err := readAdditions(ctx, path, key)
	if err != nil {
		return nil, err
	}
	if err := engine.Apply(ctx, &overlay); err != nil {
		return nil, err
	}
	return engine, nil
}

const testUsage = `[-all] [DIR]
runs the tests that are written in Rego: those of the built-in policy, and those beside the additions in the folder "operator"
of DIR. It fails where a test does, where a server would not take the additions, and where no test reaches a line of them.`

func (p program) policyTest(ctx context.Context, args []string) error {
	var all bool
	flags, err := p.policyFlags("test", testUsage, args, nil, nil, func(f *flag.FlagSet) {
		f.BoolVar(&all, "all", false, "tell of every file, and not only of those that tests don't reach")
	})
	if err != nil {
		return said(err)
	}
	if flags.NArg() > 1 {
		return errors.New("hamyar policy test [-all] [DIR]")
	}
	var additions fs.FS
	if flags.NArg() == 1 {
		if _, err := tryDraft(ctx, flags.Arg(0)); err != nil {
			return err
		}
		additions = os.DirFS(flags.Arg(0))
	}
	report, err := rehearsal.Run(ctx, additions)
	if err != nil {
		return err
	}
	return p.rehearsed(report, all)
}

func (p program) rehearsed(report rehearsal.Report, all bool) error {
	for _, test := range report.Failed {
		p.say("FAIL  %s  %s:%d", test.Name, test.File, test.Line)
		if test.Err != nil {
			p.say("      %v", test.Err)
		}
	}
	missed := 0
	for _, file := range report.Files {
		if len(file.Missed) > 0 {
			p.say("MISS  %s: no test reaches the lines %s", file.Path, strings.Trim(fmt.Sprint(file.Missed), "[]"))
			missed++
		} else if all {
			p.say("ok    %s", file.Path)
		}
	}
	if len(report.Failed) > 0 || missed > 0 {
		return fmt.Errorf("%d of %d tests failed, and %d files are not reached whole", len(report.Failed), report.Ran, missed)
	}
	p.say("%d tests hold, and reach every line of %d files.", report.Ran, len(report.Files))
	return nil
}

func (p program) policySchema(_ context.Context, args []string) error {
	if _, err := p.policyFlags("schema", "\nprints the JSON schema of the facts: all that a rule can know.", args, nil, nil, nil); err != nil {
		return said(err)
	}
	_, err := p.out.Write(authz.Schema())
	return err
}

func (p program) policyMatrix(ctx context.Context, args []string) error {
	var additions, key string
	if _, err := p.policyFlags("matrix", "[-bundle DIR|FILE]\nprints who may do what, and what they are told.", args, &additions, &key, nil); err != nil {
		return said(err)
	}
	engine, err := engineWith(ctx, additions, key)
	if err != nil {
		return err
	}
	text, err := matrix.Text(ctx, engine)
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(p.out, text)
	return err
}

const benchUsage = `[-bundle DIR|FILE]
measures on this machine how long it takes to load the policy, to give an answer, over every cell of the matrix, and to explain
one. go run ./bench -only policy measures in more depth.`

func (p program) policyBench(ctx context.Context, args []string) error {
	var additions, key string
	if _, err := p.policyFlags("bench", benchUsage, args, &additions, &key, nil); err != nil {
		return said(err)
	}
	began := time.Now()
	engine, err := engineWith(ctx, additions, key)
	if err != nil {
		return err
	}
	p.say("loading    %10.1f ms", 1000*time.Since(began).Seconds())
	asked, began := 0, time.Now()
	for range 10 {
		for cell := range authz.Cells() {
			if _, err := engine.Decide(ctx, cell.Facts); err != nil {
				return err
			}
			asked++
		}
	}
	p.say("deciding   %10.2f µs each, of %d", 1e6*time.Since(began).Seconds()/float64(asked), asked)
	explained, began := 0, time.Now()
	for cell := range authz.Cells() {
		if asked--; asked%500 != 0 {
			continue
		}
		if _, err := engine.Explain(ctx, cell.Facts); err != nil {
			return err
		}
		explained++
	}
	p.say("explaining %10.2f ms each, of %d", 1000*time.Since(began).Seconds()/float64(explained), explained)
	return nil
}
