package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Verify opens the cards of all programmes, and the card, the ground rules and the names of every community, and reports
// by table how many opened and how many did not. It never says what stands in them.
func (d *Directory) Verify(ctx context.Context, report func(table string, opened, failed int)) error {
	var programmes []struct {
		ID      uuid.UUID `db:"programme_id"`
		Card    []byte
		Version int32 `db:"sealed_version"`
	}
	if err := postgres.Read(ctx, d.db, postgres.Unscoped, postgres.Many(&programmes, `SELECT programme_id, card, sealed_version FROM programme`)); err != nil {
		return fmt.Errorf("community: verify: %w", err)
	}
	for _, row := range programmes {
		ring, err := d.sharedOrNone(ctx, "programme", row.ID)
		if err != nil {
			return err
		}
		count(report, "programme", opens(ring, programmePlace(row.ID, row.Version), row.Card))
	}
	all, err := d.All(ctx)
	if err != nil {
		return err
	}
	for _, in := range all {
		if err := d.verifyCommunity(ctx, in, report); err != nil {
			return err
		}
		if err := d.verifyNames(ctx, in, report); err != nil {
			return err
		}
	}
	return nil
}

func (d *Directory) verifyCommunity(ctx context.Context, in uuid.UUID, report func(table string, opened, failed int)) error {
	var card cardRow
	var found bool
	var rules []rulesRow
	err := postgres.Read(ctx, d.db, postgres.Communities(in),
		postgres.One(&card, &found, `SELECT card, sealed_version FROM community WHERE community_id = $1`, in),
		postgres.Many(&rules, `SELECT number, day, words FROM ground_rules WHERE community_id = $1`, in))
	if err != nil {
		return fmt.Errorf("community: verify: %w", err)
	}
	ring, err := d.sharedOrNone(ctx, "community", in)
	if err != nil {
		return err
	}
	count(report, "community", opens(ring, cardPlace(in, card.Version), card.Card))
	for _, row := range rules {
		count(report, "ground_rules", opens(ring, rulesPlace(in, row.Number), row.Words))
	}
	return nil
}

func (d *Directory) verifyNames(ctx context.Context, in uuid.UUID, report func(table string, opened, failed int)) error {
	var names []nameRow
	err := postgres.Read(ctx, d.db, postgres.Communities(in), postgres.Many(&names,
		`SELECT persona_id, name, sealed_version FROM persona WHERE community_id = $1 AND name IS NOT NULL ORDER BY persona_id`, in))
	if err != nil {
		return fmt.Errorf("community: verify: %w", err)
	}
	ids, boxes := make([]uuid.UUID, len(names)), make([][]byte, len(names))
	for i, row := range names {
		ids[i], boxes[i] = row.ID, row.Name
	}
	rings, err := d.keys.PersonasFor(ctx, ids, boxes)
	if err != nil {
		return err
	}
	for i, row := range names {
		opened := false
		if rings[i] != nil {
			_, err := persona.OpenName(rings[i], in, row.ID, row.Version, row.Name)
			opened = err == nil
		}
		count(report, "persona", opened)
	}
	return nil
}

// sharedOrNone is nil where the key is gone, which is a failure to report and none to stop at.
func (d *Directory) sharedOrNone(ctx context.Context, kind string, id uuid.UUID) (*sealed.Ring, error) {
	ring, err := d.keys.Shared(ctx, kind, id)
	if fault.CodeOf(err) == fault.NotFound {
		return nil, nil
	}
	return ring, err
}

func opens(ring *sealed.Ring, place sealed.Place, box []byte) bool {
	if ring == nil {
		return false
	}
	words, err := ring.Open(place, box)
	clear(words)
	return err == nil
}

func count(report func(table string, opened, failed int), table string, opened bool) {
	if opened {
		report(table, 1, 0)
	} else {
		report(table, 0, 1)
	}
}
