package keystore

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

type grantRow struct {
	GrantID                             uuid.UUID
	Wish, AskedBy, Approval, ApprovedBy []byte
}

// selectGrants are those of a community that nobody has ended.
const selectGrants = `SELECT grant_id, wish, asked_by, approval, approved_by FROM break_glass WHERE place = $1 AND NOT ended`

// Grant is what the one who is to approve reads, and who ends it. One that is
// unknown, of another community, over or ended is fault.NotFound.
func (s *Store) Grant(ctx context.Context, community, id, by uuid.UUID) (Grant, error) {
	all, err := s.grants(ctx, community, by, ` AND grant_id = $2`, id)
	if err != nil {
		return Grant{}, err
	}
	if len(all) == 0 {
		return Grant{}, fault.New(fault.NotFound)
	}
	return all[0], nil
}

// Grants lists those of a community that are open, without their reasons.
func (s *Store) Grants(ctx context.Context, community, by uuid.UUID) ([]Grant, error) {
	all, err := s.grants(ctx, community, by, ` ORDER BY grant_id`)
	for i := range all {
		all[i].Reason = sealed.Text{}
	}
	return all, err
}

// HeldGrant is the grant that somebody holds up in a community: their own,
// approved, not ended and not over. Whatever else it is, it is
// fault.GrantInvalid.
func (s *Store) HeldGrant(ctx context.Context, community, id, by uuid.UUID) (Grant, error) {
	g, err := s.Grant(ctx, community, id, by)
	if errors.Is(err, fault.New(fault.NotFound)) || err == nil && !(g.Mine && g.Holds) {
		return Grant{}, fault.New(fault.GrantInvalid)
	}
	g.Reason = sealed.Text{}
	return g, err
}

func (s *Store) grants(ctx context.Context, community, by uuid.UUID, which string, args ...any) ([]Grant, error) {
	place := s.grantsOf(community)
	var rows []grantRow
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectGrants+which, append([]any{place[:]}, args...)...))
	if err != nil {
		return nil, fmt.Errorf("keystore: read grants: %w", err)
	}
	all := make([]Grant, 0, len(rows))
	for _, row := range rows {
		switch g, err := s.openGrant(row, community, by); {
		case err == nil:
			all = append(all, g)
		case !errors.Is(err, fault.New(fault.NotFound)):
			return nil, err
		}
	}
	return all, nil
}

// openGrant answers fault.NotFound to one that is over.
func (s *Store) openGrant(row grantRow, community, by uuid.UUID) (Grant, error) {
	w, a, err := s.openWish(row)
	if err != nil {
		return Grant{}, err
	}
	if w.Community != community {
		return Grant{}, fmt.Errorf("keystore: a grant of another community: %w", sealed.ErrOpen)
	}
	at := s.locator(by)
	g := Grant{ID: row.GrantID, Wish: w.plain(), Mine: subtle.ConstantTimeCompare(w.By[:], at[:]) == 1, Until: w.At.Add(approveWithin)}
	begun := w.At
	if a != nil {
		begun, g.Holds, g.Until = a.At, true, g.over(a.At)
	}
	if now := s.clock(); now.Before(begun) || !now.Before(g.Until) {
		return Grant{}, fault.New(fault.NotFound)
	}
	return g, nil
}

// openWish opens what is sealed in a row, and sees that the rest of it says the
// same.
func (s *Store) openWish(row grantRow) (w wish, a *approval, err error) {
	if err := s.openInto(&w, wishPlace(row.GrantID), row.Wish); err != nil || w.By != locator(row.AskedBy) {
		return wish{}, nil, fmt.Errorf("keystore: open a grant: %w", sealed.ErrOpen)
	}
	if row.Approval == nil {
		return w, nil, nil
	}
	a = new(approval)
	if err := s.openInto(a, approvalPlace(row.GrantID), row.Approval); err != nil || a.By != locator(row.ApprovedBy) || a.By == w.By {
		return wish{}, nil, fmt.Errorf("keystore: open the approval of a grant: %w", sealed.ErrOpen)
	}
	return w, a, nil
}

func (s *Store) checkGrants() check {
	return check{
		"break_glass", `SELECT '' AS kind, uuid_send(grant_id) AS owner, 0 AS generation, 0 AS epoch, 0 AS version, approval AS secret, wish AS box
			FROM break_glass WHERE grant_id > $1 ORDER BY grant_id LIMIT $2`,
		func(after verified) []any { return []any{uuid.UUID(after.Owner)} },
		func(_ context.Context, row verified) error {
			id := uuid.UUID(row.Owner)
			if err := s.openInto(new(wish), wishPlace(id), row.Box); err != nil || row.Secret == nil {
				return err
			}
			return s.openInto(new(approval), approvalPlace(id), row.Secret)
		},
	}
}

func (s *Store) openInto(what any, at sealed.Place, box []byte) error {
	plain, err := s.audit.Open(at, box)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, what)
}
