package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Leave ends the actor's membership. What they wrote stays theirs: they can delete it, and come back under the same
// persona.
func (d *Directory) Leave(ctx context.Context, actor member.Actor, community uuid.UUID) error {
	self := actor.Persona(community)
	_, err := postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (struct{}, error) {
		standing, err := takeStanding(ctx, tx, community, self)
		if err != nil {
			return struct{}{}, err
		}
		decision, err := d.policy.Require(ctx, standing.Facts(actor, authz.CommunityLeave, purposeSupport, d.clock()))
		if err != nil {
			return struct{}{}, err
		}
		_, err = tx.Exec(ctx, `WITH gone AS (UPDATE persona SET state = 'left', role = 'member', version = version + 1
				WHERE community_id = $1 AND persona_id = $2 AND state = 'active' RETURNING 1)
			UPDATE community_tally SET members = members - (SELECT count(*) FROM gone) WHERE community_id = $1`, community, self)
		if err != nil {
			return struct{}{}, fmt.Errorf("community: leave: %w", err)
		}
		return struct{}{}, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.CommunityLeave, Community: community, Persona: self, Subject: self})
	})
	return err
}

// Appoint gives an active member of a community a role in it.
func (d *Directory) Appoint(ctx context.Context, actor member.Actor, community, who uuid.UUID, role string) error {
	_, err := postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (struct{}, error) {
		standing, err := takeStanding(ctx, tx, community, actor.Persona(community))
		if err != nil {
			return struct{}{}, err
		}
		decision, err := d.policy.Require(ctx, standing.Facts(actor, authz.CommunityAppoint, purposeSupport, d.clock()))
		if err != nil {
			return struct{}{}, err
		}
		done, err := tx.Exec(ctx, `UPDATE persona SET role = $3, version = version + 1 WHERE community_id = $1 AND persona_id = $2 AND state = 'active'`, community, who, role)
		if err != nil {
			return struct{}{}, fmt.Errorf("community: appoint: %w", err)
		}
		if done.RowsAffected() == 0 {
			return struct{}{}, fault.New(fault.NotFound)
		}
		return struct{}{}, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.CommunityAppoint, Community: community, Identity: actor.Identity, Subject: who})
	})
	return err
}
