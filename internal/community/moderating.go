package community

import (
	"context"

	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Moderating is the standing of the actor where they look after a community, if they do so anywhere; else it is none.
func (d *Directory) Moderating(ctx context.Context, actor member.Actor) (state, role string, err error) {
	communities, personas := actor.Personas()
	var row struct{ State, Role string }
	var found bool
	err = postgres.Read(ctx, d.db, postgres.Communities(communities...), postgres.One(&row, &found,
		`SELECT state, role FROM persona WHERE community_id = ANY ($1) AND persona_id = ANY ($2) AND state = 'active' AND role = 'moderator' LIMIT 1`, communities, personas))
	return row.State, row.Role, err
}
