package keystore

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// owner is what a ring belongs to; the purpose is that of its wraps.
type owner struct {
	purpose string
	id      uuid.UUID
}

// ownedRow is one generation of one owner's key.
type ownedRow struct {
	OwnerID           uuid.UUID
	Generation, Epoch int32
	Secret            []byte
}

const (
	personaPurpose = "persona"

	selectPersonaKeys = `SELECT persona_id AS owner_id, generation, epoch, secret FROM persona_key WHERE persona_id = ANY($1)`
	selectSharedKeys  = `SELECT owner_id, generation, epoch, secret FROM shared_key WHERE owner_id = ANY($1) AND kind = $2`
)

func sharedPurpose(kind string) string { return "shared/" + kind }

// Personas returns the rings of personas in the order of their ids, with one
// query for those that are not at hand. Where a persona's key is gone there is
// none (nil): its words can't be read.
func (s *Store) Personas(ctx context.Context, ids []uuid.UUID) ([]*sealed.Ring, error) {
	return s.rings(ctx, personaPurpose, ids, selectPersonaKeys)
}

// PersonasFor is Personas for whoever is about to open a box of each. Where a
// ring lacks the generation that its box names, the key was renewed a moment ago,
// and is read again.
func (s *Store) PersonasFor(ctx context.Context, ids []uuid.UUID, boxes [][]byte) ([]*sealed.Ring, error) {
	rings, err := s.Personas(ctx, ids)
	if err != nil {
		return nil, err
	}
	old := s.outdated(personaPurpose, ids, rings, boxes)
	if len(old) == 0 {
		return rings, nil
	}
	return s.Personas(ctx, ids)
}

// SharedFor is Shared for whoever is about to open a box.
func (s *Store) SharedFor(ctx context.Context, kind string, id uuid.UUID, box []byte) (*sealed.Ring, error) {
	ring, err := s.Shared(ctx, kind, id)
	if err != nil {
		return nil, err
	}
	if old := s.outdated(sharedPurpose(kind), []uuid.UUID{id}, []*sealed.Ring{ring}, [][]byte{box}); len(old) == 0 {
		return ring, nil
	}
	return s.Shared(ctx, kind, id)
}

// outdated forgets rings that lack the generation of their box. No ring at all
// is not outdated: it was looked for a moment ago.
func (s *Store) outdated(purpose string, ids []uuid.UUID, rings []*sealed.Ring, boxes [][]byte) (old []uuid.UUID) {
	for i, id := range ids {
		if rings[i] != nil && boxes[i] != nil && !rings[i].Has(boxes[i]) {
			s.keys.Evict(owner{purpose, id})
			old = append(old, id)
		}
	}
	return old
}

// Persona returns the ring of one persona; fault.NotFound where its key is gone.
func (s *Store) Persona(ctx context.Context, id uuid.UUID) (*sealed.Ring, error) {
	rings, err := s.Personas(ctx, []uuid.UUID{id})
	return only(rings, err)
}

// SharedMany does for owners of one kind ("community", "programme") what
// Personas does for personas.
func (s *Store) SharedMany(ctx context.Context, kind string, ids []uuid.UUID) ([]*sealed.Ring, error) {
	return s.rings(ctx, sharedPurpose(kind), ids, selectSharedKeys, kind)
}

// Shared returns the ring of one owner; fault.NotFound where it has none.
func (s *Store) Shared(ctx context.Context, kind string, id uuid.UUID) (*sealed.Ring, error) {
	rings, err := s.SharedMany(ctx, kind, []uuid.UUID{id})
	return only(rings, err)
}

func only(rings []*sealed.Ring, err error) (*sealed.Ring, error) {
	if err != nil {
		return nil, err
	}
	if rings[0] == nil {
		return nil, fault.New(fault.NotFound)
	}
	return rings[0], nil
}

// CreateShared returns the ring of an owner, and makes its first key where it
// has none.
func (s *Store) CreateShared(ctx context.Context, kind string, id uuid.UUID) (*sealed.Ring, error) {
	_, err := inTx(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		key, err := s.newKey(sharedPurpose(kind), id[:], 1)
		if err != nil {
			return none, err
		}
		_, err = tx.Exec(ctx, `
			INSERT INTO shared_key (kind, owner_id, generation, epoch, secret) SELECT $1, $2, $3, $4, $5
			WHERE NOT EXISTS (SELECT FROM shared_key WHERE kind = $1 AND owner_id = $2)
			ON CONFLICT ON CONSTRAINT shared_key_primary DO NOTHING`, kind, id, key.Generation, key.Epoch, key.Secret)
		return none, err
	})
	if err != nil {
		return nil, fmt.Errorf("keystore: insert a shared key: %w", err)
	}
	return s.Shared(ctx, kind, id)
}

func (s *Store) rings(ctx context.Context, purpose string, ids []uuid.UUID, query string, args ...any) ([]*sealed.Ring, error) {
	found, owners := make([]*sealed.Ring, len(ids)), make([]owner, len(ids))
	for i, id := range ids {
		owners[i] = owner{purpose, id}
	}
	if !s.deaf.Load() {
		s.keys.Each(owners, func(i int, ring *sealed.Ring) { found[i] = ring })
	}
	missing := without(ids, found)
	if len(missing) == 0 {
		return found, nil
	}
	before := s.keys.Ticket()
	var rows []ownedRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, query, append([]any{missing}, args...)...)); err != nil {
		return nil, fmt.Errorf("keystore: read keys: %w", err)
	}
	generations := make(map[uuid.UUID][]keyRow, len(missing))
	for _, row := range rows {
		generations[row.OwnerID] = append(generations[row.OwnerID], keyRow{row.Generation, row.Epoch, row.Secret})
	}
	read := make(map[uuid.UUID]*sealed.Ring, len(generations))
	for id, keys := range generations {
		ring, err := s.ring(ctx, purpose, id[:], keys...)
		if err != nil {
			return nil, err
		}
		if !s.deaf.Load() {
			s.keys.Keep(before, owner{purpose, id}, ring)
		}
		read[id] = ring
	}
	for i, id := range ids {
		if found[i] == nil {
			found[i] = read[id]
		}
	}
	return found, nil
}

// without lists the ids that have no ring yet.
func without(ids []uuid.UUID, found []*sealed.Ring) (missing []uuid.UUID) {
	for i, id := range ids {
		if found[i] == nil {
			missing = append(missing, id)
		}
	}
	return missing
}
