package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// AskGrant notes why the actor wants to read for some hours what only members of this community read. Another of the
// staff has a day to approve it.
func (d *Directory) AskGrant(ctx context.Context, actor member.Actor, community uuid.UUID, wish keystore.Wish) (uuid.UUID, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, fmt.Errorf("community: name a grant: %w", err)
	}
	return onGrant(ctx, d, actor, authz.GrantAsk, community, id, func() (uuid.UUID, error) {
		return id, d.keys.AskGrant(ctx, community, id, actor.Identity, wish)
	})
}

// Grant is what the one who is to approve reads. One that is unknown, of another community, over or ended is
// fault.NotFound.
func (d *Directory) Grant(ctx context.Context, actor member.Actor, community, id uuid.UUID) (keystore.Grant, error) {
	return onGrant(ctx, d, actor, authz.GrantRead, community, id, func() (keystore.Grant, error) {
		return d.keys.Grant(ctx, community, id, actor.Identity)
	})
}

// ApproveGrant lets who asked hold it up from now on. Who asked is told fault.NotAllowed; one that is approved already is
// fault.NotFound, and so is what Grant doesn't find.
func (d *Directory) ApproveGrant(ctx context.Context, actor member.Actor, community, id uuid.UUID) (keystore.Grant, error) {
	return onGrant(ctx, d, actor, authz.GrantApprove, community, id, func() (keystore.Grant, error) {
		return d.keys.ApproveGrant(ctx, community, id, actor.Identity)
	})
}

// EndGrant ends one that is open, at once and for good, whoever of the staff asked for it.
func (d *Directory) EndGrant(ctx context.Context, actor member.Actor, community, id uuid.UUID) error {
	_, err := onGrant(ctx, d, actor, authz.GrantEnd, community, id, func() (none struct{}, err error) {
		return none, d.keys.EndGrant(ctx, community, id, actor.Identity)
	})
	return err
}

// Grants lists those of a community that are open, without their reasons. It doesn't tell who asked, but for the actor.
func (d *Directory) Grants(ctx context.Context, actor member.Actor, community uuid.UUID) ([]keystore.Grant, error) {
	return onGrant(ctx, d, actor, authz.GrantList, community, uuid.Nil, func() ([]keystore.Grant, error) {
		return d.keys.Grants(ctx, community, actor.Identity)
	})
}

// onGrant does something with a grant where policy lets the actor, and writes it down before. Should the commit fail, the
// keystore has done what the log doesn't say; it notes that by itself, and each page that is read by a grant is written
// down anew.
func onGrant[T any](ctx context.Context, d *Directory, actor member.Actor, action string, community, id uuid.UUID, do func() (T, error)) (T, error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (none T, err error) {
		standing, err := HoldStanding(ctx, tx, community, actor.Persona(community))
		if err != nil {
			return none, err
		}
		decision, err := d.policy.Require(ctx, standing.Facts(actor, action, purposeBreakGlass, d.clock()))
		if err != nil {
			return none, err
		}
		event := audit.Event{Action: action, Community: community, Identity: actor.Identity, Subject: id}
		if err := d.log.Append(ctx, tx, decision, event); err != nil {
			return none, err
		}
		return do()
	})
}
