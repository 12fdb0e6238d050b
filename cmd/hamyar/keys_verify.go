package main

import (
	"context"
	"fmt"
)

const verifyUsage = `
opens every wrapped key, every record, and everything that is sealed in the forum, and counts what opens and what doesn't. It
shows none of it. Who acted in the audit log is left out: nobody has the right to read that back.`

// tally counts what opened, by database and table, in the order in which it was met.
type tally struct {
	order          []string
	opened, failed map[string]int
}

func (t *tally) add(table string, opened, failed int) {
	if t.opened == nil {
		t.opened, t.failed = map[string]int{}, map[string]int{}
	}
	if _, met := t.opened[table]; !met {
		t.order = append(t.order, table)
	}
	t.opened[table] += opened
	t.failed[table] += failed
}

// keysVerify opens everything.
func (p program) keysVerify(ctx context.Context, args []string) error {
	if _, err := p.keyFlags("verify", verifyUsage, args, nil); err != nil {
		return said(err)
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	var all tally
	shown := newProgress(p.out, utc)
	if err := s.verify(ctx, &all, func(done int) { shown.at("opening", done, 0) }); err != nil {
		return err
	}
	shown.end()
	bad := 0
	for _, table := range all.order {
		bad += all.failed[table]
		p.say("  %-22s %8d open, %d do not", table, all.opened[table], all.failed[table])
	}
	if bad > 0 {
		return fmt.Errorf("%d do not open: restore the keys database from a backup that is not older than the forum's", bad)
	}
	p.say("everything opens.")
	return nil
}

// verify opens what both databases seal. The keystore reports running totals, the forum page by page.
func (s *server) verify(ctx context.Context, all *tally, tell func(done int)) error {
	done := 0
	add := func(database string) func(string, int, int) {
		return func(table string, opened, failed int) {
			all.add(database+" "+table, opened, failed)
			done += opened + failed
			tell(done)
		}
	}
	inKeys, told := add("keys"), map[string][2]int{}
	err := s.store.Verify(ctx, func(table string, opened, failed int) {
		before := told[table]
		told[table] = [2]int{opened, failed}
		inKeys(table, opened-before[0], failed-before[1])
	})
	if err != nil {
		return err
	}
	inForum := add("forum")
	if err := s.directory.Verify(ctx, inForum); err != nil {
		return err
	}
	communities, err := s.directory.All(ctx)
	if err != nil {
		return err
	}
	for _, in := range communities {
		if err := s.board.Verify(ctx, in, inForum); err != nil {
			return err
		}
	}
	return s.index.Verify(ctx, inForum)
}
