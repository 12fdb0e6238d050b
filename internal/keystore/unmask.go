package keystore

import (
	"context"
	"encoding/binary"
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

// Whose a persona is, is told to one person at the word of another. This package
// sees that they are two, that there is a reason, and that it happens once and
// soon; whoever calls sees that they may, and writes both steps into the log.

const (
	minReason    = 20 // characters
	maxReason    = 4000
	unmaskWithin = 24 * time.Hour
)

// AskUnmasking notes that somebody wants to know whose a persona is, and why. It
// answers fault.NotFound where the persona is gone.
func (s *Store) AskUnmasking(ctx context.Context, persona, by uuid.UUID, reason string) (uuid.UUID, error) {
	reason = strings.TrimSpace(reason)
	switch n := utf8.RuneCountInString(reason); {
	case n < minReason:
		return uuid.Nil, fault.New(fault.Invalid).At("/reason", fault.TooShort)
	case n > maxReason:
		return uuid.Nil, fault.New(fault.Invalid).At("/reason", fault.TooLong)
	}
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, fmt.Errorf("keystore: name an unmasking: %w", err)
	}
	asked := binary.BigEndian.AppendUint64(nil, uint64(s.clock().UnixNano()))
	box, err := s.audit.Seal(reasonPlace(id, persona), append(asked, reason...))
	if err != nil {
		return uuid.Nil, fmt.Errorf("keystore: seal a reason: %w", err)
	}
	at := s.locator(by)
	_, err = postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if _, err = tx.Exec(ctx, `INSERT INTO unmasking (unmasking_id, persona_id, reason, asked_by) VALUES ($1, $2, $3, $4)`, id, persona, box, at[:]); err != nil {
			return none, err
		}
		return none, countDeed(ctx, tx, deedUnmaskAsked)
	})
	if err = (postgres.Constraints{"unmasking_of_persona": fault.NotFound}).Fault(err); err != nil {
		return uuid.Nil, err
	}
	return id, nil
}

// UnmaskingReason is what the one who is to approve reads, within the time in
// which they can; fault.NotFound otherwise.
func (s *Store) UnmaskingReason(ctx context.Context, id uuid.UUID) (persona uuid.UUID, reason string, err error) {
	var row unmaskingRow
	var found bool
	err = postgres.Read(ctx, s.db, postgres.Unscoped, postgres.One(&row, &found, selectUnmasking, id))
	if err != nil {
		return uuid.Nil, "", fmt.Errorf("keystore: read an unmasking: %w", err)
	}
	if !found {
		return uuid.Nil, "", fault.New(fault.NotFound)
	}
	reason, err = s.openReason(id, row)
	return row.PersonaID, reason, err
}

type unmaskingRow struct {
	PersonaID                uuid.UUID
	Reason, Account, AskedBy []byte
}

const selectUnmasking = `SELECT persona_id, reason, account, asked_by FROM unmasking JOIN persona USING (persona_id)
	WHERE unmasking_id = $1 AND approved_by IS NULL`

// openReason answers fault.NotFound to one that is too old.
func (s *Store) openReason(id uuid.UUID, row unmaskingRow) (string, error) {
	text, err := s.audit.Open(reasonPlace(id, row.PersonaID), row.Reason)
	if err != nil || len(text) < 8 {
		return "", fmt.Errorf("keystore: open a reason: %w", sealed.ErrOpen)
	}
	asked := time.Unix(0, int64(binary.BigEndian.Uint64(text)))
	if age := s.clock().Sub(asked); age < 0 || age >= unmaskWithin {
		return "", fault.New(fault.NotFound)
	}
	return string(text[8:]), nil
}

// ApproveUnmasking returns whose the persona is, once, to somebody other than
// who asked (else fault.NotAllowed), within 24 hours (else fault.NotFound).
func (s *Store) ApproveUnmasking(ctx context.Context, id, by uuid.UUID) (identity uuid.UUID, err error) {
	at := s.locator(by)
	return postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (uuid.UUID, error) {
		row, found, err := postgres.First[unmaskingRow](tx.Query(ctx, selectUnmasking+` FOR UPDATE OF unmasking`, id))
		if err != nil {
			return uuid.Nil, fmt.Errorf("keystore: read an unmasking: %w", err)
		}
		if !found {
			return uuid.Nil, fault.New(fault.NotFound)
		}
		if _, err := s.openReason(id, row); err != nil {
			return uuid.Nil, err
		}
		if locator(row.AskedBy) == at {
			return uuid.Nil, fault.New(fault.NotAllowed)
		}
		if _, err := tx.Exec(ctx, `UPDATE unmasking SET approved_by = $2 WHERE unmasking_id = $1`, id, at[:]); err != nil {
			return uuid.Nil, fmt.Errorf("keystore: approve an unmasking: %w", err)
		}
		identity, _, err := s.account(row.PersonaID, row.Account)
		if err != nil {
			return uuid.Nil, err
		}
		return identity, countDeed(ctx, tx, deedUnmaskApproved)
	})
}

func reasonPlace(id, persona uuid.UUID) sealed.Place {
	return sealed.Place{Table: "unmasking", Column: "reason", Row: id, Persona: persona}
}
