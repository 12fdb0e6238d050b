package community

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Invitation lets people in. The code is shown once, to who made it.
type Invitation struct {
	ID      uuid.UUID
	Code    string
	Uses    int
	LastDay time.Time // the last day on which it works, UTC
}

// Invite makes an invitation for so many people and days.
func (d *Directory) Invite(ctx context.Context, actor member.Actor, community uuid.UUID, uses, days int) (Invitation, error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(community), func(tx pgx.Tx) (Invitation, error) {
		standing, err := HoldStanding(ctx, tx, community, actor.Persona(community))
		if err != nil {
			return Invitation{}, err
		}
		decision, err := d.policy.Require(ctx, standing.Facts(actor, authz.CommunityInvite, purposeSupport, d.clock()))
		if err != nil {
			return Invitation{}, err
		}
		ring, err := d.keys.Shared(ctx, "community", community)
		if err != nil {
			return Invitation{}, err
		}
		code, id := make([]byte, 15), uuid.New()
		if _, err := rand.Read(code); err != nil {
			return Invitation{}, fmt.Errorf("community: invite: %w", err)
		}
		invitation := Invitation{ID: id, Code: base32.StdEncoding.EncodeToString(code), Uses: uses, LastDay: d.clock().AddDate(0, 0, days)}
		_, err = tx.Exec(ctx, `INSERT INTO invitation (community_id, invitation_id, code_mac, uses_left, last_day) VALUES ($1, $2, $3, $4, $5)`,
			community, id, invitationMACs(ring, invitation.Code)[0], uses, invitation.LastDay)
		if err != nil {
			return Invitation{}, fmt.Errorf("community: invite: %w", err)
		}
		return invitation, d.log.Append(ctx, tx, decision, audit.Event{Action: authz.CommunityInvite, Community: community, Identity: actor.Identity, Subject: id})
	})
}

type invitationMode string

const (
	invitationLook invitationMode = `SELECT true FROM invitation WHERE community_id = $1 AND code_mac = ANY ($2) AND uses_left > 0 AND last_day >= $3 LIMIT 1`
	invitationUse  invitationMode = `UPDATE invitation SET uses_left = uses_left - 1 WHERE community_id = $1 AND code_mac = ANY ($2) AND uses_left > 0 AND last_day >= $3 RETURNING true`
)

// invited tells whether a code is good here, and uses one place of it up where the mode says so. The place comes back
// when the transaction is refused.
func (d *Directory) invited(ctx context.Context, tx pgx.Tx, standing Standing, code string, mode invitationMode) (bool, error) {
	if code == "" || standing.Community == uuid.Nil {
		return false, nil
	}
	ring, err := d.keys.Shared(ctx, "community", standing.Community)
	if err != nil {
		return false, err
	}
	rows, err := tx.Query(ctx, string(mode), standing.Community, invitationMACs(ring, code), d.clock())
	if err != nil {
		return false, fmt.Errorf("community: invitation: %w", err)
	}
	good, err := pgx.CollectRows(rows, pgx.RowTo[bool])
	if err != nil {
		return false, fmt.Errorf("community: invitation: %w", err)
	}
	return len(good) > 0, nil
}

// holdsInvitation looks at a code without using it up.
func (d *Directory) holdsInvitation(ctx context.Context, standing Standing, code string) (bool, error) {
	return postgres.InTx(ctx, d.db, postgres.Communities(standing.Community), func(tx pgx.Tx) (bool, error) {
		return d.invited(ctx, tx, standing, code, invitationLook)
	})
}

// invitationMACs are of each generation of the community's key, the newest first.
func invitationMACs(ring *sealed.Ring, code string) [][]byte {
	return ring.MACs("invitation", []byte(strings.ToUpper(strings.TrimSpace(code))))
}
