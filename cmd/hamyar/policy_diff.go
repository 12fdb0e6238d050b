package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"slices"
	"strings"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/matrix"
)

const diffUsage = `[-json] DIR|FILE
tells what additions change: in which cells of the matrix of persona × action the answer is another than the built-in
policy's. They can only take; where somebody was refused before, they may change what they are told.`

// policyDiff tells what additions change for whom.
func (p program) policyDiff(ctx context.Context, args []string) error {
	var key string
	var asJSON bool
	flags, err := p.policyFlags("diff", diffUsage, args, nil, &key, func(f *flag.FlagSet) {
		f.BoolVar(&asJSON, "json", false, "for programs: a list of cells")
	})
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar policy diff [-json] DIR|FILE")
	}
	before, err := authz.New(ctx)
	if err != nil {
		return err
	}
	after, err := engineWith(ctx, flags.Arg(0), key)
	if err != nil {
		return err
	}
	changes, err := matrix.Diff(ctx, before, after)
	if err != nil {
		return err
	}
	if asJSON {
		encoder := json.NewEncoder(p.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(append([]matrix.Change{}, changes...))
	}
	p.changes(changes)
	return nil
}

// changes writes them down, those who fare alike together.
func (p program) changes(changes []matrix.Change) {
	taken, title := 0, ""
	for len(changes) > 0 {
		first := changes[0]
		alike := func(c matrix.Change) bool {
			c.Person = first.Person
			return c == first
		}
		if now := strings.TrimSpace(first.Action + "  " + first.Circumstance); now != title {
			title = now
			p.say("\n%s", title)
		}
		var people []string
		for _, c := range changes {
			if alike(c) {
				people = append(people, c.Person)
			}
		}
		p.say("  %-20s %s → %s\n  %-20s %s", first.Place, first.Before, first.After, "", strings.Join(people, " · "))
		if first.Taken {
			taken += len(people)
		}
		changes = slices.DeleteFunc(changes, alike)
	}
	if title == "" {
		p.say("Nothing changes for anybody in the matrix.")
		return
	}
	p.say("\n%d cells that were a yes are one no more.", taken)
}
