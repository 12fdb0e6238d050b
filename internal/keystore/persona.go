package keystore

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Joining writes to two databases that share no transaction. It goes: begin
// here (the persona is pending, and its key is there), then the forum, then
// complete here. What a crash leaves is pending, and a reconciler completes it
// if the forum knows the persona, and abandons it if not.

// PersonaState tells how far joining has come.
type PersonaState uint8

// A persona is pending until it is on the member's list.
const (
	PersonaPending PersonaState = iota + 1
	PersonaActive
)

// Persona is who a member is in one community.
type Persona struct {
	ID    uuid.UUID
	State PersonaState
}

// BeginPersona returns the member's persona of a community: the one there is,
// or a new one, pending, with a key. However many ask at once, there is one.
// Asking again for a pending persona renews it, so that a reconciler that looked
// before doesn't abandon it.
func (s *Store) BeginPersona(ctx context.Context, identity, community uuid.UUID) (Persona, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return Persona{}, fmt.Errorf("keystore: name a persona: %w", err)
	}
	account, err := s.route.Seal(accountPlace(id), slices.Concat(identity[:], community[:]))
	if err != nil {
		return Persona{}, fmt.Errorf("keystore: seal an account: %w", err)
	}
	claim := s.claim(identity, community)
	return inTx(ctx, s, func(tx pgx.Tx) (Persona, error) {
		key, err := s.newKey(personaPurpose, id[:], 1)
		if err != nil {
			return Persona{}, err
		}
		if p, err := s.beginPersona(ctx, tx, id, claim, account, key); !errors.Is(err, pgx.ErrNoRows) {
			return p, err
		}
		return s.activePersona(ctx, tx, claim)
	})
}

// beginPersona inserts or renews in one statement; for an active persona it
// finds no row.
func (s *Store) beginPersona(ctx context.Context, tx pgx.Tx, id uuid.UUID, claim [32]byte, account []byte, key keyRow) (Persona, error) {
	p := Persona{State: PersonaPending}
	err := tx.QueryRow(ctx, `
		WITH pending AS (
			INSERT INTO persona (persona_id, claim, account, pending_since) VALUES ($1, $2, $3, $4)
			ON CONFLICT ON CONSTRAINT persona_once_per_community DO UPDATE
				SET pending_since = greatest(excluded.pending_since, persona.pending_since + interval '1 microsecond')
				WHERE persona.pending_since IS NOT NULL
			RETURNING persona_id
		), key AS (
			INSERT INTO persona_key (persona_id, generation, epoch, secret)
			SELECT persona_id, $5, $6, $7 FROM pending WHERE persona_id = $1
		)
		SELECT persona_id FROM pending`,
		id, claim[:], account, s.clock().UTC(), key.Generation, key.Epoch, key.Secret).Scan(&p.ID)
	if err != nil {
		return Persona{}, fmt.Errorf("keystore: begin a persona: %w", err)
	}
	return p, nil
}

func (s *Store) activePersona(ctx context.Context, tx pgx.Tx, claim [32]byte) (Persona, error) {
	p := Persona{State: PersonaActive}
	err := tx.QueryRow(ctx, `SELECT persona_id FROM persona WHERE claim = $1 AND pending_since IS NULL`, claim[:]).Scan(&p.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return Persona{}, fault.New(fault.Unavailable).After(time.Second) // erased or abandoned in this very moment
	}
	if err != nil {
		return Persona{}, fmt.Errorf("keystore: find a persona: %w", err)
	}
	return p, nil
}

// FindPersona returns the member's persona of a community, pending or active;
// the zero id where there is none. It asks the database, not the member's list,
// which learns of a persona last.
func (s *Store) FindPersona(ctx context.Context, identity, community uuid.UUID) (uuid.UUID, error) {
	var row struct{ PersonaID uuid.UUID }
	var found bool
	claim := s.claim(identity, community)
	err := postgres.Read(ctx, s.db, postgres.Unscoped,
		postgres.One(&row, &found, `SELECT persona_id FROM persona WHERE claim = $1`, claim[:]))
	if err != nil {
		return uuid.Nil, fmt.Errorf("keystore: find a persona: %w", err)
	}
	return row.PersonaID, nil
}

// CompletePersona puts a persona on its member's list and makes it active, both
// or neither. It can be repeated. It answers fault.NotFound where the persona or
// its key is gone, or is somebody else's: then what the forum wrote for it can't
// be read and must go.
func (s *Store) CompletePersona(ctx context.Context, identity, community, persona uuid.UUID) error {
	at := s.locator(identity)
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		if err := s.lockPersona(ctx, tx, persona, s.claim(identity, community)); err != nil {
			return none, err
		}
		if err := s.insertMember(ctx, tx, at); err != nil {
			return none, err
		}
		if err := s.listPersona(ctx, tx, at, PersonaRef{Community: community, Persona: persona}); err != nil {
			return none, err
		}
		if _, err := tx.Exec(ctx, `UPDATE persona SET pending_since = NULL WHERE persona_id = $1 AND pending_since IS NOT NULL`, persona); err != nil {
			return none, fmt.Errorf("keystore: complete a persona: %w", err)
		}
		return none, nil
	}, aboutMember(at))
	return err
}

func (s *Store) lockPersona(ctx context.Context, tx pgx.Tx, persona uuid.UUID, claim [32]byte) error {
	var held []byte
	err := tx.QueryRow(ctx, `SELECT claim FROM persona WHERE persona_id = $1
		AND EXISTS (SELECT FROM persona_key WHERE persona_id = $1) FOR UPDATE`, persona).Scan(&held)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return fmt.Errorf("keystore: lock a persona: %w", err)
	}
	if subtle.ConstantTimeCompare(held, claim[:]) != 1 {
		return fault.New(fault.NotFound)
	}
	return nil
}

func (s *Store) listPersona(ctx context.Context, tx pgx.Tx, at locator, ref PersonaRef) error {
	_, err := s.changeMember(ctx, tx, at, func(r *Record) error {
		if !slices.Contains(r.Personas, ref) {
			r.Personas = slices.DeleteFunc(r.Personas, func(old PersonaRef) bool { return old.Community == ref.Community })
			r.Personas = append(r.Personas, ref)
		}
		return nil
	})
	return err
}

// Pending is a persona that was begun and not completed, and whose it is. It
// joins a person to a persona, so it can't be printed.
type Pending struct {
	Persona, Community, Identity uuid.UUID
	since                        time.Time
}

// Format masks, whatever the verb.
func (Pending) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

type pendingRow struct {
	PersonaID    uuid.UUID
	Account      []byte
	PendingSince time.Time
}

// PendingPersonas lists, oldest first, personas that were begun or renewed
// before a time. Give those that are being made just now a few minutes.
func (s *Store) PendingPersonas(ctx context.Context, before time.Time, limit int) ([]Pending, error) {
	var rows []pendingRow
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows,
		`SELECT persona_id, account, pending_since FROM persona WHERE pending_since < $1 ORDER BY pending_since LIMIT $2`, before.UTC(), limit))
	if err != nil {
		return nil, fmt.Errorf("keystore: read pending personas: %w", err)
	}
	all := make([]Pending, 0, len(rows))
	for _, row := range rows {
		identity, community, err := s.account(row.PersonaID, row.Account)
		if err != nil {
			return nil, err
		}
		all = append(all, Pending{row.PersonaID, community, identity, row.PendingSince})
	}
	return all, nil
}

// AbandonPersona deletes a pending persona with its key, as it was listed: one
// that was completed or renewed since then stays.
func (s *Store) AbandonPersona(ctx context.Context, p Pending) error {
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		_, err = tx.Exec(ctx, `DELETE FROM persona WHERE persona_id = $1 AND pending_since = $2`, p.Persona, p.since)
		return none, err
	}, aboutPersona(p.Persona))
	if err != nil {
		return fmt.Errorf("keystore: abandon a persona: %w", err)
	}
	return nil
}

func (s *Store) claim(identity, community uuid.UUID) [32]byte {
	return s.locate.MAC("persona", identity[:], community[:])
}

// account opens whose a persona is.
func (s *Store) account(persona uuid.UUID, box []byte) (identity, community uuid.UUID, err error) {
	account, err := s.route.Open(accountPlace(persona), box)
	if err != nil || len(account) != 32 {
		return uuid.Nil, uuid.Nil, fmt.Errorf("keystore: open the account of a persona: %w", sealed.ErrOpen)
	}
	return uuid.UUID(account[:16]), uuid.UUID(account[16:]), nil
}

func accountPlace(persona uuid.UUID) sealed.Place {
	return sealed.Place{Table: "persona", Column: "account", Row: persona, Persona: persona}
}
