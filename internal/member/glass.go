package member

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

const purposeBreakGlass = "break-glass"

// held is an approved grant in the hand of who asked for it.
type held struct {
	community uuid.UUID
	lifts     string
}

// HoldUp is the actor with a grant of theirs in their hand, for one community and one request. Where it is nobody's,
// somebody else's, for another community, not approved, ended or over, it is fault.GrantInvalid; a script holds up none.
func (d *Desk) HoldUp(ctx context.Context, actor Actor, community, grant uuid.UUID) (Actor, error) {
	if !actor.SignedIn() {
		return Actor{}, fault.New(fault.SignInRequired)
	}
	if actor.Key != nil {
		return Actor{}, fault.New(fault.GrantInvalid)
	}
	g, err := d.keys.HeldGrant(ctx, community, grant, actor.Identity)
	if err != nil {
		return Actor{}, err
	}
	actor.held = held{community, g.Lifts}
	return actor, nil
}

// HoldsUp tells whether the actor has a grant for this community in their hand.
func (a Actor) HoldsUp(community uuid.UUID) bool {
	return a.held.community != uuid.Nil && a.held.community == community
}

// ActingAs is the persona in whose name the actor reads in a community, for the record; zero for who reads as one of the
// staff, by a grant: the log must not tell who they were there before.
func (a Actor) ActingAs(community uuid.UUID) uuid.UUID {
	if a.HoldsUp(community) {
		return uuid.Nil
	}
	return a.Persona(community)
}

// FactsIn are Facts about something in a community: a grant that is held up for it lifts its denial, and is the purpose.
func (a Actor) FactsIn(community uuid.UUID, action, purpose string, programme uuid.UUID, now time.Time) authz.Facts {
	f := a.Facts(action, purpose, programme, now)
	if a.HoldsUp(community) {
		f.Lifted, f.Purpose = a.held.lifts, purposeBreakGlass
	}
	return f
}
