package community

import (
	"context"
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
	f := actor.Facts(action, purpose, s.Programme, now)
	f.CommunityVisibility = s.Visibility
	f.JoinPolicy = s.JoinPolicy
	f.Archived = s.Archived
	f.Sensitivity = s.Sensitivity
	f.MemberState = s.MemberState
	f.MemberRole = s.MemberRole
	return f
}

// ReadStanding is the query of a Standing as it is now, for postgres.Read.
func ReadStanding(into *Standing, found *bool, community, persona uuid.UUID) postgres.Query {
	return postgres.One(into, found, "SELECT "+StandingColumns+" "+StandingFrom+" WHERE c.community_id = $1", community, persona)
}

// HoldStanding reads a Standing and keeps it from changing until the transaction ends, so that nobody acts on a
// standing that is being taken from them.
func HoldStanding(ctx context.Context, tx pgx.Tx, community, persona uuid.UUID) (Standing, error) {
	rows, err := tx.Query(ctx, `WITH c AS (SELECT community_id, programme_id, visibility, join_policy, archived, sensitivity, rules_number
			FROM community WHERE community_id = $1 FOR SHARE),
		m AS (SELECT state, role FROM persona WHERE community_id = $1 AND persona_id = $2 FOR SHARE)
		SELECT `+StandingColumns+` FROM c LEFT JOIN m ON true`, community, persona)
	if err != nil {
		return Standing{}, fmt.Errorf("community: standing: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[Standing])
	if err != nil {
		return Standing{}, fmt.Errorf("community: standing: %w", err)
	}
	if len(all) == 0 {
		return Standing{}, nil
	}
	return all[0], nil
}
