package main

import (
	"context"
	"fmt"

	"github.com/hamyar/hamyar/internal/keystore"
)

const statusUsage = `
counts epochs, keys, and what waits for a new one. It tells of nobody.`

// keysStatus counts.
func (p program) keysStatus(ctx context.Context, args []string) error {
	if _, err := p.keyFlags("status", statusUsage, args, nil); err != nil {
		return said(err)
	}
	store, done, err := p.keystore(ctx)
	if err != nil {
		return err
	}
	defer done()
	status, err := store.Status(ctx)
	if err != nil {
		return err
	}
	p.showStatus(status)
	return nil
}

func (p program) showStatus(s keystore.Status) {
	for i, e := range s.Epochs {
		more := ""
		if i < len(s.Epochs)-1 {
			more = ": a rollover is not over, run hamyar keys rollover"
		}
		p.say("epoch %-5d %d keys, %s old%s", e.Number, e.Keys, days(e.Days), more)
	}
	p.say("members     %d", s.Members)
	p.say("personas    %d, with %d generations of keys", s.Personas, s.Generations)
	p.say("joining     %d", s.Pending)
	p.say("renewing    %d", s.Renewing)
	p.say("dirty       %d", s.Dirty)
	if s.Dirty > 0 {
		p.say("\nWords were changed or taken back that backups still open: hamyar keys rollover ends that.")
	}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
