package community

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Standing is what policy needs to know of a community and of the actor in it. The zero Standing is that of a
// community that does not exist.
type Standing struct {
	Community   uuid.UUID `db:"community_id"`
	Programme   uuid.UUID `db:"programme_id"`
	Visibility  string
	JoinPolicy  string `db:"join_policy"`
	Archived    bool
	Sensitivity int
	RulesNumber int    `db:"rules_number"`
	MemberState string `db:"member_state"`
	MemberRole  string `db:"member_role"`
}

// StandingColumns are the columns of a Standing, over community c and, joined from the left, persona m.
const StandingColumns = `c.community_id, c.programme_id, c.visibility, c.join_policy, c.archived, c.sensitivity, c.rules_number,
	COALESCE(m.state, 'none') AS member_state, COALESCE(m.role, 'none') AS member_role`

// StandingFrom joins the actor's persona ($2) to the community ($1).
const StandingFrom = `FROM community c LEFT JOIN persona m ON m.community_id = c.community_id AND m.persona_id = $2`

// StandingFacts are trusted expressions for the facts of a Standing, for list filters.
func StandingFacts() authz.Columns {
	return authz.Columns{
		"community_visibility": "c.visibility",
		"join_policy":          "c.join_policy",
		"archived":             "c.archived",
		"sensitivity":          "c.sensitivity",
		"member_state":         "COALESCE(m.state, 'none')",
		"member_role":          "COALESCE(m.role, 'none')",
	}
}

// Facts are what policy may know, for one action.
func (s Standing) Facts(actor member.Actor, action, purpose string, now time.Time) authz.Facts {
	f := actor.FactsIn(s.Community, action, purpose, s.Programme, now)
	f.CommunityVisibility = s.Visibility
	f.JoinPolicy = s.JoinPolicy
	f.Archived = s.Archived
	f.Sensitivity = s.Sensitivity
	f.MemberState = s.MemberState
	f.MemberRole = s.MemberRole
	return f
}

const standingSQL = `SELECT ` + StandingColumns + ` ` + StandingFrom + ` WHERE c.community_id = $1`

// ReadStanding is the query of a Standing as it is now, for postgres.Read.
func ReadStanding(into *Standing, found *bool, community, persona uuid.UUID) postgres.Query {
	return postgres.One(into, found, standingSQL, community, persona)
}

// Whoever acts on a standing holds the community still until their transaction ends, so that nobody acts on what is being
// taken from them; any number may. Whoever changes what standings and topics are takes the community alone, and waits for
// those; where a program forgets, triggers on the tables take it. Locks on the rows would do the same and be written to
// disk by every post.
const (
	holdStill = `SELECT pg_advisory_xact_lock_shared($1)`
	takeAlone = `SELECT pg_advisory_xact_lock($1)`
)

func lockOf(community uuid.UUID) int64 { return int64(binary.BigEndian.Uint64(community[:8])) }

// HoldStill is the first query of a postgres.Write that acts on a standing.
func HoldStill(community uuid.UUID) postgres.Query {
	return postgres.Do(holdStill, lockOf(community))
}

// HoldStanding holds the community still and reads a Standing in it.
func HoldStanding(ctx context.Context, tx pgx.Tx, community, persona uuid.UUID) (Standing, error) {
	return lockedStanding(ctx, tx, holdStill, community, persona)
}

// takeStanding takes the community alone and reads a Standing in it.
func takeStanding(ctx context.Context, tx pgx.Tx, community, persona uuid.UUID) (Standing, error) {
	return lockedStanding(ctx, tx, takeAlone, community, persona)
}

func lockedStanding(ctx context.Context, tx pgx.Tx, lock string, community, persona uuid.UUID) (Standing, error) {
	if err := locked(ctx, tx, lock, community); err != nil {
		return Standing{}, err
	}
	standing, _, err := postgres.First[Standing](tx.Query(ctx, standingSQL, community, persona))
	if err != nil {
		return Standing{}, fmt.Errorf("community: standing: %w", err)
	}
	return standing, nil
}

// Hold is HoldStill in an open transaction.
func Hold(ctx context.Context, tx pgx.Tx, community uuid.UUID) error {
	return locked(ctx, tx, holdStill, community)
}

// Take waits until nobody holds the community still, and lets nobody until the transaction ends. It comes before the
// first read: what was read while waiting would be old.
func Take(ctx context.Context, tx pgx.Tx, community uuid.UUID) error {
	return locked(ctx, tx, takeAlone, community)
}

func locked(ctx context.Context, tx pgx.Tx, lock string, community uuid.UUID) error {
	if _, err := tx.Exec(ctx, lock, lockOf(community)); err != nil {
		return fmt.Errorf("community: lock: %w", err)
	}
	return nil
}
