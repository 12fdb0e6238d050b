package community

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// joinTimeout bounds a joining, so that the reconciler can tell one that is slow from one that died.
const joinTimeout = 20 * time.Second

// Joining is what somebody brings to the door.
type Joining struct {
	Name          persona.Name
	AcceptedRules int    // number of the ground rules that they read and accept
	Invitation    string // a code, where they have one
}

// Join makes the actor a member under a persona of this community alone, or lets them back in under the one that they
// had. Joining again changes the name and accepts newer rules; it is safe to repeat.
//
// Two databases share no transaction, so the order is: key row as pending → forum transaction → into the member's list.
// A crash between leaves a pending row, which the next joining or the reconciler completes or deletes.
func (d *Directory) Join(ctx context.Context, actor member.Actor, community uuid.UUID, in Joining) error {
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	if err := d.mayJoin(ctx, actor, community, in); err != nil {
		return err
	}
	p, err := d.keys.BeginPersona(ctx, actor.Identity, community)
	if err != nil {
		return err
	}
	if err := d.at("pending"); err != nil {
		return err
	}
	if err := d.enter(ctx, actor, community, p.ID, in); err != nil {
		return err // the pending key stays for another try; unused, the reconciler deletes it
	}
	if err := d.at("entered"); err != nil {
		return err
	}
	return d.keys.CompletePersona(ctx, actor.Identity, community, p.ID)
}

// mayJoin asks policy before any key is made. An invitation is only looked at here; entering uses it up. Whoever entered
// and crashed before it was on their list is a member already, and needs no second place.
func (d *Directory) mayJoin(ctx context.Context, actor member.Actor, community uuid.UUID, in Joining) error {
	_, err := postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (struct{}, error) {
		// The invitation comes first: where it was used up by this very person a moment ago, their standing, read after
		// it, tells so.
		place, err := HoldStanding(ctx, tx, community, uuid.Nil)
		if err != nil {
			return struct{}{}, err
		}
		invited, err := d.invited(ctx, tx, place, in.Invitation, invitationLook)
		if err != nil {
			return struct{}{}, err
		}
		self, err := d.keys.FindPersona(ctx, actor.Identity, community)
		if err != nil {
			return struct{}{}, err
		}
		standing, err := HoldStanding(ctx, tx, community, self)
		if err != nil {
			return struct{}{}, err
		}
		_, err = d.policy.Require(ctx, d.joining(standing, actor, in, invited))
		return struct{}{}, err
	})
	return err
}

func (d *Directory) joining(standing Standing, actor member.Actor, in Joining, invited bool) authz.Facts {
	f := standing.Facts(actor, authz.CommunityJoin, purposeSupport, d.clock())
	f.RulesAccepted = standing.RulesNumber > 0 && in.AcceptedRules == standing.RulesNumber
	f.Invited = invited
	return f
}

// enter is the forum's half of joining.
func (d *Directory) enter(ctx context.Context, actor member.Actor, community, self uuid.UUID, in Joining) error {
	shared, err := d.keys.Shared(ctx, "community", community)
	if err != nil {
		return err
	}
	own, err := d.keys.Persona(ctx, self)
	if err != nil {
		return err
	}
	defer d.names.Evict(self)
	_, err = postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (struct{}, error) {
		if err := oneAtATime(ctx, tx, self); err != nil {
			return struct{}{}, err
		}
		standing, err := HoldStanding(ctx, tx, community, self)
		if err != nil {
			return struct{}{}, err
		}
		use := invitationUse
		if standing.MemberState == "active" {
			use = invitationLook // they are in: a repeat must not use up a second place
		}
		invited, err := d.invited(ctx, tx, standing, in.Invitation, use)
		if err != nil {
			return struct{}{}, err
		}
		decision, err := d.policy.Require(ctx, d.joining(standing, actor, in, invited))
		if err != nil {
			return struct{}{}, err
		}
		if err := d.writePersona(ctx, tx, shared, own, standing, self, in); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.CommunityJoin, Community: community, Persona: self, Subject: self})
	})
	return err
}

// oneAtATime lets the joinings of one persona wait for each other until the transaction ends: a row that is not there yet
// can't be locked, and somebody who sends a request twice must not be counted twice or use up two places.
func oneAtATime(ctx context.Context, tx pgx.Tx, persona uuid.UUID) error {
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(binary.BigEndian.Uint64(persona[:8]))); err != nil {
		return fmt.Errorf("community: join: %w", err)
	}
	return nil
}

func (d *Directory) writePersona(ctx context.Context, tx pgx.Tx, shared, own *sealed.Ring, standing Standing, self uuid.UUID, in Joining) error {
	var version int32
	err := tx.QueryRow(ctx, `SELECT sealed_version FROM persona WHERE community_id = $1 AND persona_id = $2 FOR UPDATE`, standing.Community, self).Scan(&version)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("community: join: %w", err)
	}
	version++ // 1 for a new persona, the next for a new name
	if err := notTaken(ctx, tx, shared, standing.Community, self, in.Name); err != nil {
		return err
	}
	box, err := persona.SealName(own, standing.Community, self, version, in.Name)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO persona (community_id, persona_id, name, name_mac, rules_accepted, joined_on, sealed_version)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT ON CONSTRAINT persona_primary DO UPDATE
		SET name = EXCLUDED.name, name_mac = EXCLUDED.name_mac, state = 'active', sealed_version = EXCLUDED.sealed_version, version = persona.version + 1,
			rules_accepted = CASE WHEN EXCLUDED.rules_accepted = $8 THEN $8 ELSE persona.rules_accepted END`,
		standing.Community, self, box, persona.NameMAC(shared, in.Name), in.AcceptedRules, d.clock(), version, standing.RulesNumber)
	if err != nil {
		return constraints.Fault(err)
	}
	if standing.MemberState == "active" {
		return nil
	}
	if _, err := tx.Exec(ctx, `UPDATE community_tally SET members = members + 1 WHERE community_id = $1`, standing.Community); err != nil {
		return fmt.Errorf("community: join: %w", err)
	}
	return nil
}

// notTaken looks for a name that was hashed under an older generation of the community's key, which the constraint on the
// newest doesn't see.
func notTaken(ctx context.Context, tx pgx.Tx, shared *sealed.Ring, in, self uuid.UUID, name persona.Name) error {
	macs := persona.NameMACs(shared, name)
	if len(macs) == 1 {
		return nil
	}
	var taken bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM persona WHERE community_id = $1 AND persona_id <> $2 AND name_mac = ANY ($3))`, in, self, macs[1:]).Scan(&taken)
	if err != nil {
		return fmt.Errorf("community: join: %w", err)
	}
	if taken {
		return fault.New(fault.NameTaken)
	}
	return nil
}

func (d *Directory) at(step string) error {
	if d.crash == nil {
		return nil
	}
	return d.crash(step)
}
