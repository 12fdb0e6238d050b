package keystore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// ErasePersona deletes a persona with its keys, and from its member's list. On
// every machine its words are noise from then on. It can be repeated. What keys
// under an epoch have sealed in old backups ends with the epoch.
func (s *Store) ErasePersona(ctx context.Context, persona uuid.UUID) error {
	at, err := s.memberOf(ctx, persona)
	if err != nil {
		return err
	}
	about := []news{aboutPersona(persona)}
	if at != nil {
		about = append(about, aboutMember(*at))
	}
	_, err = changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		tag, err := tx.Exec(ctx, `DELETE FROM persona WHERE persona_id = $1`, persona)
		if err != nil {
			return none, fmt.Errorf("keystore: erase a persona: %w", err)
		}
		if err := s.unlistPersona(ctx, tx, at, persona); err != nil || tag.RowsAffected() == 0 {
			return none, err
		}
		return none, countDeed(ctx, tx, deedPersonaErased)
	}, about...)
	return err
}

// unlistPersona takes a persona off its member's list.
func (s *Store) unlistPersona(ctx context.Context, tx pgx.Tx, at *locator, persona uuid.UUID) error {
	if at == nil {
		return nil
	}
	_, err := s.changeMember(ctx, tx, *at, func(r *Record) error {
		r.Personas = slices.DeleteFunc(r.Personas, func(ref PersonaRef) bool { return ref.Persona == persona })
		return nil
	})
	if errors.Is(err, fault.New(fault.NotFound)) || errors.Is(err, sealed.ErrOpen) {
		return nil // a list that is gone or can't be read must not keep it alive either
	}
	return err
}

// memberOf finds whose a persona is; nil where it is gone, or where its account
// was tampered with and nobody can say: that must not keep it alive.
func (s *Store) memberOf(ctx context.Context, persona uuid.UUID) (*locator, error) {
	var row struct{ Account []byte }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.One(&row, &found, `SELECT account FROM persona WHERE persona_id = $1`, persona))
	if err != nil {
		return nil, fmt.Errorf("keystore: find a persona's account: %w", err)
	}
	identity, _, err := s.account(persona, row.Account)
	if !found || err != nil {
		return nil, nil //nolint:nilerr // see above
	}
	at := s.locator(identity)
	return &at, nil
}

// MemberRef finds a member's row without naming them. It outlives the row and
// the identity, so a tombstone may hold it.
func (s *Store) MemberRef(identity uuid.UUID) [32]byte { return s.locator(identity) }

// EraseMember deletes a member: their record, their recovery secrets, and every
// persona of theirs, whose list it returns. It can be repeated, and then returns
// what had come since. The same identity can come again, as somebody new.
func (s *Store) EraseMember(ctx context.Context, identity uuid.UUID) ([]PersonaRef, error) {
	pending, err := s.pendingOf(ctx, identity)
	if err != nil {
		return nil, err
	}
	return s.eraseMember(ctx, s.locator(identity), pending)
}

// EraseMemberRef does what EraseMember does for a member of whom only a
// tombstone is left.
func (s *Store) EraseMemberRef(ctx context.Context, ref [32]byte) ([]PersonaRef, error) {
	return s.eraseMember(ctx, ref, nil)
}

// pendingOf lists what was begun and is on no list yet.
func (s *Store) pendingOf(ctx context.Context, identity uuid.UUID) (all []PersonaRef, err error) {
	var rows []struct {
		PersonaID uuid.UUID
		Account   []byte
	}
	err = postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, `SELECT persona_id, account FROM persona WHERE pending_since IS NOT NULL`))
	if err != nil {
		return nil, fmt.Errorf("keystore: read pending personas: %w", err)
	}
	for _, row := range rows {
		if whose, community, err := s.account(row.PersonaID, row.Account); err == nil && whose == identity {
			all = append(all, PersonaRef{Community: community, Persona: row.PersonaID})
		}
	}
	return all, nil
}

// eraseMember tells of the personas once it knows them, inside the transaction;
// here they go when it has committed.
func (s *Store) eraseMember(ctx context.Context, at locator, pending []PersonaRef) ([]PersonaRef, error) {
	about := []news{aboutMember(at)}
	erased, err := inTx(ctx, s, func(tx pgx.Tx) ([]PersonaRef, error) {
		m, err := s.lockMember(ctx, tx, at)
		if err != nil && !errors.Is(err, fault.New(fault.NotFound)) {
			return nil, err
		}
		all := append(slices.Clone(m.record.Personas), pending...)
		ids := make([]uuid.UUID, 0, len(all))
		for _, ref := range all {
			ids, about = append(ids, ref.Persona), append(about, aboutPersona(ref.Persona))
		}
		if _, err := tx.Exec(ctx, `DELETE FROM persona WHERE persona_id = ANY ($1)`, ids); err != nil {
			return nil, fmt.Errorf("keystore: erase a member's personas: %w", err)
		}
		if _, err := tx.Exec(ctx, `DELETE FROM break_glass WHERE asked_by = $1`, at[:]); err != nil {
			return nil, fmt.Errorf("keystore: erase a member's grants: %w", err)
		}
		tag, err := tx.Exec(ctx, `DELETE FROM member WHERE locator = $1`, at[:])
		if err != nil {
			return nil, fmt.Errorf("keystore: erase a member: %w", err)
		}
		if tag.RowsAffected() > 0 || len(all) > 0 {
			if err := countDeed(ctx, tx, deedMemberErased); err != nil {
				return nil, err
			}
		}
		return all, tell(ctx, tx, about...)
	})
	s.hear(about...)
	return erased, err
}
