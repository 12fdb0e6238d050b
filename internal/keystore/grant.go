package keystore

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// A grant breaks the glass before one community for one of the staff. This
// package sees that two people wanted it, that there is a reason, and that it is
// over in time; policy says who may ask and what a grant opens, and whoever calls
// writes each step into the log.

const (
	approveWithin = 24 * time.Hour
	longestGrant  = 24 // hours
)

// Wish is what somebody asks a grant for.
type Wish struct {
	Lifts  string      // the denial of policy that it lifts
	Hours  int         // for how long from its approval, 1 to 24
	Reason sealed.Text // 20 to 4,000 characters
}

// Grant is a wish that is open, and what became of it.
type Grant struct {
	ID uuid.UUID
	Wish
	Mine  bool      // whoever looks has asked for it
	Until time.Time // when it is over; before it is approved, until when it can be
	Holds bool      // it is approved
}

// wish is a Wish as it is sealed: bound to who asks, and where.
type wish struct {
	Community uuid.UUID
	By        locator
	At        time.Time
	Lifts     string
	Hours     int
	Reason    string
}

func (w wish) plain() Wish { return Wish{w.Lifts, w.Hours, sealed.NewText(w.Reason)} }

// approval is sealed, so that nobody makes one who has no keys.
type approval struct {
	By locator
	At time.Time
}

// AskGrant notes, under a new id, that somebody wants a grant in a community, and
// why.
func (s *Store) AskGrant(ctx context.Context, community, id, by uuid.UUID, w Wish) error {
	reason := strings.TrimSpace(w.Reason.Reveal())
	if err := checkWish(w.Hours, reason); err != nil {
		return err
	}
	at, place := s.locator(by), s.grantsOf(community)
	box, err := s.sealGrant(wishPlace(id), wish{community, at, s.clock(), w.Lifts, w.Hours, reason})
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if _, err := tx.Exec(ctx, `INSERT INTO break_glass (grant_id, place, wish, asked_by) VALUES ($1, $2, $3, $4)`, id, place[:], box, at[:]); err != nil {
			return none, fmt.Errorf("keystore: ask for a grant: %w", err)
		}
		return none, countDeed(ctx, tx, deedGrantAsked)
	})
	return err
}

func checkWish(hours int, reason string) error {
	switch n := utf8.RuneCountInString(reason); {
	case n < minReason:
		return fault.New(fault.Invalid).At("/reason", fault.TooShort)
	case n > maxReason:
		return fault.New(fault.Invalid).At("/reason", fault.TooLong)
	case hours < 1 || hours > longestGrant:
		return fault.New(fault.Invalid).At("/hours", fault.OutOfRange)
	}
	return nil
}

// ApproveGrant lets who asked hold it up from now on, at the word of somebody
// else (else fault.NotAllowed), within 24 hours of asking. One that isn't open, or
// is approved already, is fault.NotFound.
func (s *Store) ApproveGrant(ctx context.Context, community, id, by uuid.UUID) (Grant, error) {
	at := s.locator(by)
	return s.changeGrant(ctx, community, id, by, func(tx pgx.Tx, g Grant) (Grant, error) {
		if g.Holds {
			return Grant{}, fault.New(fault.NotFound)
		}
		if g.Mine {
			return Grant{}, fault.New(fault.NotAllowed)
		}
		now := s.clock()
		box, err := s.sealGrant(approvalPlace(id), approval{at, now})
		if err != nil {
			return Grant{}, err
		}
		if _, err := tx.Exec(ctx, `UPDATE break_glass SET approval = $2, approved_by = $3 WHERE grant_id = $1`, id, box, at[:]); err != nil {
			return Grant{}, fmt.Errorf("keystore: approve a grant: %w", err)
		}
		g.Holds, g.Until = true, g.over(now)
		return g, countDeed(ctx, tx, deedGrantApproved)
	})
}

// EndGrant ends one that is open, whoever asked for it, at once and for good.
func (s *Store) EndGrant(ctx context.Context, community, id, by uuid.UUID) error {
	_, err := s.changeGrant(ctx, community, id, by, func(tx pgx.Tx, g Grant) (Grant, error) {
		if _, err := tx.Exec(ctx, `UPDATE break_glass SET ended = true WHERE grant_id = $1`, id); err != nil {
			return Grant{}, fmt.Errorf("keystore: end a grant: %w", err)
		}
		return g, countDeed(ctx, tx, deedGrantEnded)
	})
	return err
}

// changeGrant does something with an open grant that nobody else changes
// meanwhile.
func (s *Store) changeGrant(ctx context.Context, community, id, by uuid.UUID, change func(pgx.Tx, Grant) (Grant, error)) (Grant, error) {
	place := s.grantsOf(community)
	return postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (Grant, error) {
		row, found, err := postgres.First[grantRow](tx.Query(ctx, selectGrants+` AND grant_id = $2 FOR UPDATE`, place[:], id))
		if err != nil {
			return Grant{}, fmt.Errorf("keystore: read a grant: %w", err)
		}
		if !found {
			return Grant{}, fault.New(fault.NotFound)
		}
		g, err := s.openGrant(row, community, by)
		if err != nil {
			return Grant{}, err
		}
		return change(tx, g)
	})
}

func (w Wish) over(approved time.Time) time.Time {
	return approved.Add(time.Duration(w.Hours) * time.Hour)
}

func (s *Store) sealGrant(at sealed.Place, words any) ([]byte, error) {
	plain, err := json.Marshal(words)
	if err != nil {
		return nil, fmt.Errorf("keystore: write a grant: %w", err)
	}
	box, err := s.audit.Seal(at, plain)
	if err != nil {
		return nil, fmt.Errorf("keystore: seal a grant: %w", err)
	}
	return box, nil
}

// grantsOf finds the grants of a community without naming it.
func (s *Store) grantsOf(community uuid.UUID) [32]byte {
	return s.locate.MAC("break glass", community[:])
}

func wishPlace(id uuid.UUID) sealed.Place {
	return sealed.Place{Table: "break_glass", Column: "wish", Row: id}
}

func approvalPlace(id uuid.UUID) sealed.Place {
	return sealed.Place{Table: "break_glass", Column: "approval", Row: id}
}
