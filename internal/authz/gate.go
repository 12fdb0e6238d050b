package authz

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hamyar/hamyar/internal/fault"
)

// gate lets a policy in only if it gives the answers that every policy must give, and if it was understood as it is
// written. It is a tripwire, not the proof: that is in the tests.
func (p *program) gate(ctx context.Context, restricted bool) error {
	if err := p.passes(restricted); err != nil {
		return err
	}
	for _, v := range vectors {
		if err := p.agrees(ctx, &v.facts); err != nil {
			return fmt.Errorf("authz: vector %q: %w", v.name, err)
		}
	}
	n := 0
	for cell := range Cells() {
		if n++; n%probing == 0 {
			if err := p.agrees(ctx, &cell.Facts); err != nil {
				return fmt.Errorf("authz: %s %s, %s, %s: %w", cell.Action, cell.Circumstance, cell.Person, cell.Place, err)
			}
		}
	}
	return nil
}

// passes reports whether each vector is answered as it must be. Where an operator's rules restrict the policy, they may
// deny what would be allowed, if they say so.
func (p *program) passes(restricted bool) error {
	for _, v := range vectors {
		known, err := v.facts.codes()
		if err != nil {
			return fmt.Errorf("authz: vector %q: %w", v.name, err)
		}
		d := p.decide(&known)
		theirs := restricted && slices.Contains(d.Reasons, fault.RestrictedHere)
		if d.Allow != v.allow && !theirs {
			return fmt.Errorf("authz: vector %q: the policy says allow=%v", v.name, d.Allow)
		}
	}
	return nil
}

// probing is how many cells of the matrix pass by for each one that the gate looks at. The number is prime, so that
// every person and every place gets its turn.
const probing = 97

var errDisagree = errors.New("authz: the policy was misunderstood")

// agrees reports whether the policy as it is written decides the same.
func (p *program) agrees(ctx context.Context, facts *Facts) error {
	known, err := facts.codes()
	if err != nil {
		return err
	}
	want, err := p.judgeWritten(ctx, facts.input())
	if err != nil {
		return err
	}
	if !p.decide(&known).equal(want) {
		return errDisagree
	}
	return nil
}
