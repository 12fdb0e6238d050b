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
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// unmaskRead is written down where the reason is only read: policy judges it as approving, and it is not that.
const unmaskRead = "persona.unmask_read"

// Unmasking is the wish of one of the staff to know whose a persona is.
type Unmasking struct {
	Persona uuid.UUID
	Reason  sealed.Text
}

// AskUnmasking notes why the actor wants to know whose a persona of this community is. Another of the staff has a day
// to approve it; a persona that isn't of this community is fault.NotFound.
func (d *Directory) AskUnmasking(ctx context.Context, actor member.Actor, community, persona uuid.UUID, reason sealed.Text) (uuid.UUID, error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (uuid.UUID, error) {
		decision, err := d.mayUnmask(ctx, tx, actor, community, authz.PersonaUnmaskAsk)
		if err != nil {
			return uuid.Nil, err
		}
		if err := d.noteUnmasking(ctx, tx, decision, actor, authz.PersonaUnmaskAsk, community, persona); err != nil {
			return uuid.Nil, err
		}
		// Should the commit fail, nobody has heard the id without which there is nothing to approve.
		return d.keys.AskUnmasking(ctx, persona, actor.Identity, reason.Reveal())
	})
}

// Unmasking is what the one who is to approve reads. One that is unknown, of another community, too old or used is
// fault.NotFound.
func (d *Directory) Unmasking(ctx context.Context, actor member.Actor, community, id uuid.UUID) (Unmasking, error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (Unmasking, error) {
		asked, _, err := d.openUnmasking(ctx, tx, actor, community, id, unmaskRead)
		return asked, err
	})
}

// ApproveUnmasking tells the actor whose the persona is, once, and leaves the member a notice. Who asked is told
// fault.NotAllowed; otherwise it refuses as Unmasking does.
func (d *Directory) ApproveUnmasking(ctx context.Context, actor member.Actor, community, id uuid.UUID) (identity uuid.UUID, err error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (uuid.UUID, error) {
		asked, decision, err := d.openUnmasking(ctx, tx, actor, community, id, authz.PersonaUnmaskApprove)
		if err != nil {
			return uuid.Nil, err
		}
		act := notice.Act{
			Kind: notice.Unmasked, Community: community, By: actor.Persona(community), Sort: notice.Persona,
			Things: []notice.Thing{{ID: asked.Persona, Owner: asked.Persona}},
		}
		if err := d.notices.Tell(ctx, tx, decision, act); err != nil {
			return uuid.Nil, err
		}
		// Should the commit fail, the approval is spent and nobody is told.
		return d.keys.ApproveUnmasking(ctx, id, actor.Identity)
	})
}

// openUnmasking reads one for who may approve it, and writes the act down.
func (d *Directory) openUnmasking(ctx context.Context, tx pgx.Tx, actor member.Actor, community, id uuid.UUID, act string) (Unmasking, authz.Decision, error) {
	decision, err := d.mayUnmask(ctx, tx, actor, community, authz.PersonaUnmaskApprove)
	if err != nil {
		return Unmasking{}, authz.Decision{}, err
	}
	persona, reason, err := d.keys.UnmaskingReason(ctx, id)
	if err != nil {
		return Unmasking{}, authz.Decision{}, err
	}
	return Unmasking{persona, sealed.NewText(reason)}, decision, d.noteUnmasking(ctx, tx, decision, actor, act, community, persona)
}

func (d *Directory) mayUnmask(ctx context.Context, tx pgx.Tx, actor member.Actor, community uuid.UUID, action string) (authz.Decision, error) {
	standing, err := HoldStanding(ctx, tx, community, actor.Persona(community))
	if err != nil {
		return authz.Decision{}, err
	}
	return d.policy.Require(ctx, standing.Facts(actor, action, purposeBreakGlass, d.clock()))
}

// noteUnmasking writes an act about a persona of this community down.
func (d *Directory) noteUnmasking(ctx context.Context, tx pgx.Tx, decision authz.Decision, actor member.Actor, act string, community, persona uuid.UUID) error {
	var here bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM persona WHERE community_id = $1 AND persona_id = $2)`, community, persona).Scan(&here)
	if err != nil {
		return fmt.Errorf("community: find a persona: %w", err)
	}
	if !here {
		return fault.New(fault.NotFound)
	}
	return d.log.Append(ctx, tx, decision, audit.Event{Action: act, Community: community, Identity: actor.Identity, Subject: persona})
}
