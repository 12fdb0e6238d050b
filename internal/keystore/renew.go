package keystore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
)

// A key is renewed in three steps, and what was done stands in the rows, so that
// a crash between any two loses nothing: Renew adds a generation, with which
// everything is sealed from then on; whoever has rows seals them anew; Retire
// deletes the older generations, which ends whatever they still sealed.

// Settled is how long after Renew a request on any machine may still be sealing
// with the generation before: one that read the ring just before, or on a
// machine that doesn't know yet that its connection was lost. Seal the rows
// anew once more after this time, and only then Retire.
const Settled = 30 * time.Second

// PersonaKeys says which generations a persona's key has. One whose Oldest is
// not its Newest is in the middle of being renewed.
type PersonaKeys struct {
	Persona        uuid.UUID
	Oldest, Newest int32
	Dirty          bool // something of it was changed or removed since its key was last renewed
}

// SharedKeys says the same of an owner of one kind.
type SharedKeys struct {
	Owner          uuid.UUID
	Oldest, Newest int32
}

// PersonaKeys lists personas in the order of their ids, beginning after one.
func (s *Store) PersonaKeys(ctx context.Context, after uuid.UUID, limit int) ([]PersonaKeys, error) {
	var all []PersonaKeys
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&all, `
		SELECT page.persona_id AS persona, coalesce(min(generation), 0) AS oldest, coalesce(max(generation), 0) AS newest, page.dirty
		FROM (SELECT persona_id, dirty FROM persona WHERE persona_id > $1 ORDER BY persona_id LIMIT $2) AS page
		LEFT JOIN persona_key USING (persona_id) GROUP BY page.persona_id, page.dirty ORDER BY page.persona_id`, after, limit))
	if err != nil {
		return nil, fmt.Errorf("keystore: list the keys of personas: %w", err)
	}
	return all, nil
}

// SharedKeys lists owners of a kind in the order of their ids.
func (s *Store) SharedKeys(ctx context.Context, kind string, after uuid.UUID, limit int) ([]SharedKeys, error) {
	var all []SharedKeys
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&all, `
		SELECT owner_id AS owner, min(generation) AS oldest, max(generation) AS newest FROM shared_key
		WHERE kind = $1 AND owner_id > $2 GROUP BY owner_id ORDER BY owner_id LIMIT $3`, kind, after, limit))
	if err != nil {
		return nil, fmt.Errorf("keystore: list shared keys: %w", err)
	}
	return all, nil
}

// MarkDirty says that something which the persona's key has sealed is about to
// go. Renew takes the mark away, and nothing else does: what goes afterwards
// marks it again.
func (s *Store) MarkDirty(ctx context.Context, persona uuid.UUID) error {
	_, err := postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (pgconn.CommandTag, error) {
		return tx.Exec(ctx, `UPDATE persona SET dirty = true WHERE persona_id = $1 AND NOT dirty`, persona)
	})
	if err != nil {
		return fmt.Errorf("keystore: mark a persona: %w", err)
	}
	return nil
}

// Renew adds a generation to a persona's key, under the newest epoch, and says
// which. It answers fault.NotFound where the key is gone.
func (s *Store) Renew(ctx context.Context, persona uuid.UUID) (generation int32, err error) {
	return changing(ctx, s, func(tx pgx.Tx) (int32, error) {
		if _, err := tx.Exec(ctx, `UPDATE persona SET dirty = false WHERE persona_id = $1`, persona); err != nil { // and holds it still
			return 0, fmt.Errorf("keystore: renew a persona's key: %w", err)
		}
		newest, err := newest(ctx, tx, `SELECT max(generation) FROM persona_key WHERE persona_id = $1`, persona)
		if err != nil {
			return 0, err
		}
		key, err := s.newKey(personaPurpose, persona[:], newest+1)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO persona_key (persona_id, generation, epoch, secret) VALUES ($1, $2, $3, $4)`,
			persona, key.Generation, key.Epoch, key.Secret); err != nil {
			return 0, fmt.Errorf("keystore: renew a persona's key: %w", err)
		}
		return key.Generation, countDeed(ctx, tx, deedPersonaRenewed)
	}, aboutPersona(persona))
}

// RenewShared does for a shared key what Renew does for a persona's. Of two at
// once one answers fault.Unavailable.
func (s *Store) RenewShared(ctx context.Context, kind string, id uuid.UUID) (generation int32, err error) {
	generation, err = changing(ctx, s, func(tx pgx.Tx) (int32, error) {
		newest, err := newest(ctx, tx, `SELECT max(generation) FROM shared_key WHERE kind = $1 AND owner_id = $2`, kind, id)
		if err != nil {
			return 0, err
		}
		key, err := s.newKey(sharedPurpose(kind), id[:], newest+1)
		if err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO shared_key (kind, owner_id, generation, epoch, secret) VALUES ($1, $2, $3, $4, $5)`,
			kind, id, key.Generation, key.Epoch, key.Secret); err != nil {
			return 0, fmt.Errorf("keystore: renew a shared key: %w", err)
		}
		return key.Generation, countDeed(ctx, tx, deedSharedRenewed)
	}, aboutShared(kind, id))
	return generation, postgres.Constraints{"shared_key_primary": fault.Unavailable}.Fault(err)
}

func newest(ctx context.Context, tx pgx.Tx, sql string, args ...any) (int32, error) {
	var generation *int32
	if err := tx.QueryRow(ctx, sql, args...).Scan(&generation); err != nil {
		return 0, fmt.Errorf("keystore: find the newest generation: %w", err)
	}
	if generation == nil {
		return 0, fault.New(fault.NotFound)
	}
	return *generation, nil
}

// Retire deletes the generations of a persona's key below one that it has. What
// they sealed and nobody sealed anew is lost.
func (s *Store) Retire(ctx context.Context, persona uuid.UUID, below int32) error {
	return s.retire(ctx, aboutPersona(persona), deedPersonaRetired, `DELETE FROM persona_key WHERE persona_id = $1 AND generation < $2
		AND EXISTS (SELECT FROM persona_key WHERE persona_id = $1 AND generation >= $2)`, persona, below)
}

// RetireShared deletes the generations of a shared key below one that it has.
func (s *Store) RetireShared(ctx context.Context, kind string, id uuid.UUID, below int32) error {
	return s.retire(ctx, aboutShared(kind, id), deedSharedRetired, `DELETE FROM shared_key WHERE kind = $1 AND owner_id = $2 AND generation < $3
		AND EXISTS (SELECT FROM shared_key WHERE kind = $1 AND owner_id = $2 AND generation >= $3)`, kind, id, below)
}

func (s *Store) retire(ctx context.Context, about news, deed, sql string, args ...any) error {
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		if tag, err := tx.Exec(ctx, sql, args...); err != nil || tag.RowsAffected() == 0 {
			return none, err
		}
		return none, countDeed(ctx, tx, deed)
	}, about)
	if err != nil {
		return fmt.Errorf("keystore: retire generations: %w", err)
	}
	return nil
}

// RenewMembers gives members a new secret, sealing their records and API keys anew, in the
// order of their references and beginning after one; nil for the first. It says
// how many, and after whom to go on; nil where that was the last. What was made
// with MemberMAC before is not found any more.
func (s *Store) RenewMembers(ctx context.Context, after []byte, limit int) (done int, last []byte, err error) {
	var rows []struct{ Locator []byte }
	err = postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows,
		`SELECT locator FROM member WHERE locator > $1 ORDER BY locator LIMIT $2`, append([]byte{}, after...), limit))
	if err != nil {
		return 0, nil, fmt.Errorf("keystore: list members: %w", err)
	}
	for _, row := range rows {
		err := s.renewMember(ctx, locator(row.Locator))
		switch {
		case errors.Is(err, fault.New(fault.NotFound)): // erased since
		case err != nil:
			return done, last, err
		default:
			done++
		}
		last = row.Locator
	}
	if len(rows) < limit {
		last = nil
	}
	return done, last, nil
}

// renewMember changes key and record in one statement, of the row as it was read,
// after what else the key seals.
func (s *Store) renewMember(ctx context.Context, at locator) error {
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		m, err := s.lockMember(ctx, tx, at)
		if err != nil {
			return none, err
		}
		key, err := s.newKey(memberPurpose, at[:], m.generation+1)
		if err != nil {
			return none, err
		}
		ring, err := s.ring(ctx, memberPurpose, at[:], key)
		if err != nil {
			return none, err
		}
		box, err := sealRecord(ring, at, m.record, m.version+1)
		if err != nil {
			return none, err
		}
		if err := s.resealAPIKeys(ctx, tx, at, m.ring, ring); err != nil {
			return none, err
		}
		tag, err := tx.Exec(ctx, `UPDATE member SET generation = $3, epoch = $4, secret = $5, record = $6, version = version + 1
			WHERE locator = $1 AND version = $2`, at[:], m.version, key.Generation, key.Epoch, key.Secret, box)
		switch {
		case err != nil:
			return none, err
		case tag.RowsAffected() != 1:
			return none, fault.New(fault.Unavailable)
		}
		return none, countDeed(ctx, tx, deedMemberRenewed)
	}, aboutMember(at))
	return err
}
