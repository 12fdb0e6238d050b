package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// All are the ids of every community, for work that goes through all of them.
func (d *Directory) All(ctx context.Context) ([]uuid.UUID, error) {
	var rows []struct {
		ID uuid.UUID `db:"community_id"`
	}
	err := postgres.Read(ctx, d.db, postgres.Unscoped, postgres.Many(&rows, `SELECT community_id FROM community ORDER BY community_id`))
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	return ids, err
}

// Homes tells of which community each persona is. One that no community knows is missing: it never came in.
func (d *Directory) Homes(ctx context.Context, personas []uuid.UUID) (map[uuid.UUID]uuid.UUID, error) {
	all, err := d.All(ctx)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		Community uuid.UUID `db:"community_id"`
		Persona   uuid.UUID `db:"persona_id"`
	}
	err = postgres.Read(ctx, d.db, postgres.Communities(all...), postgres.Many(&rows,
		`SELECT community_id, persona_id FROM persona WHERE community_id = ANY ($1) AND persona_id = ANY ($2)`, all, personas))
	homes := make(map[uuid.UUID]uuid.UUID, len(rows))
	for _, row := range rows {
		homes[row.Persona] = row.Community
	}
	return homes, err
}

// ResealNames seals the names of personas of a community under the newest generation of their keys, and keeps their new
// words from the generations before: since says, in the order of the personas, which is the oldest that may still seal. It
// waits for whoever is writing there just now; from then on, who holds an older key is told to try again.
func (d *Directory) ResealNames(ctx context.Context, in uuid.UUID, personas []uuid.UUID, since []int32) error {
	rings, err := d.keys.Personas(ctx, personas)
	if err != nil {
		return err
	}
	ringOf := make(map[uuid.UUID]*sealed.Ring, len(rings))
	for i, ring := range rings {
		ringOf[personas[i]] = ring
	}
	defer func() {
		for _, persona := range personas {
			d.names.Evict(persona)
		}
	}()
	_, err = postgres.InTx(ctx, d.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		if err := Take(ctx, tx, in); err != nil {
			return struct{}{}, err
		}
		_, err := tx.Exec(ctx, `UPDATE persona SET sealed_since = fresh.since FROM unnest($2::uuid[], $3::integer[]) AS fresh (persona_id, since)
			WHERE persona.community_id = $1 AND persona.persona_id = fresh.persona_id AND sealed_since < fresh.since`, in, personas, since)
		if err != nil {
			return struct{}{}, fmt.Errorf("community: reseal names: %w", err)
		}
		return struct{}{}, resealNames(ctx, tx, in, ringOf, personas, since)
	})
	return err
}

func resealNames(ctx context.Context, tx pgx.Tx, in uuid.UUID, ringOf map[uuid.UUID]*sealed.Ring, personas []uuid.UUID, since []int32) error {
	old, err := postgres.Collect[nameRow](tx.Query(ctx, `SELECT p.persona_id, p.name, p.sealed_version FROM persona p
		JOIN unnest($2::uuid[], $3::integer[]) AS fresh (persona_id, since) ON fresh.persona_id = p.persona_id
		WHERE p.community_id = $1 AND p.name IS NOT NULL AND generation_of(p.name) < fresh.since FOR NO KEY UPDATE OF p`, in, personas, since))
	if err != nil {
		return fmt.Errorf("community: reseal names: %w", err)
	}
	ids, boxes, versions := make([]uuid.UUID, 0, len(old)), make([][]byte, 0, len(old)), make([]int32, 0, len(old))
	for _, row := range old {
		ring := ringOf[row.ID]
		if !ring.Has(row.Name) {
			continue // erased in the meantime, or brought back by a backup after its key was gone
		}
		name, err := persona.OpenName(ring, in, row.ID, row.Version, row.Name)
		if err != nil {
			return err
		}
		box, err := persona.SealName(ring, in, row.ID, row.Version+1, name)
		if err != nil {
			return err
		}
		ids, boxes, versions = append(ids, row.ID), append(boxes, box), append(versions, row.Version+1)
	}
	_, err = tx.Exec(ctx, `UPDATE persona SET name = anew.name, sealed_version = anew.version
		FROM unnest($2::uuid[], $3::bytea[], $4::integer[]) AS anew (persona_id, name, version)
		WHERE persona.community_id = $1 AND persona.persona_id = anew.persona_id`, in, ids, boxes, versions)
	if err != nil {
		return fmt.Errorf("community: reseal names: %w", err)
	}
	return nil
}
