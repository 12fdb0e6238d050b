package community

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/recent"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Names are kept as they stand in the database, sealed. A new name is known here at once, and elsewhere within nameAge.
const (
	nameAge  = 2 * time.Minute
	maxNames = 50_000 // about 20 MB
)

type names = recent.Cache[uuid.UUID, persona.SealedName]

func newNames(clock func() time.Time) *names {
	return recent.NewCache[uuid.UUID, persona.SealedName](maxNames, nameAge, clock)
}

// Cast returns who wrote the rows of a page of a community, with what opens their words, the boxes, and their names. One
// whose key or whose row is gone is missing from it.
func (d *Directory) Cast(ctx context.Context, community uuid.UUID, personas []uuid.UUID, boxes [][]byte) (*persona.Cast, error) {
	rings, err := d.keys.PersonasFor(ctx, personas, boxes)
	if err != nil {
		return nil, err
	}
	names, err := d.sealedNames(ctx, community, personas)
	if err != nil {
		return nil, err
	}
	if d.forgetOld(personas, rings, names) {
		if names, err = d.sealedNames(ctx, community, personas); err != nil {
			return nil, err
		}
		own := make([][]byte, len(names))
		for i, name := range names {
			own[i] = name.Box
		}
		if rings, err = d.keys.PersonasFor(ctx, personas, own); err != nil {
			return nil, err
		}
		for i, ring := range rings {
			if ring.Outlived(names[i].Box) {
				names[i].Box = nil // a backup brought it back after its key was gone
			}
		}
	}
	return persona.NewCast(community, personas, rings, names), nil
}

// forgetOld drops the names that were sealed under a generation of a key which is not there any more.
func (d *Directory) forgetOld(personas []uuid.UUID, rings []*sealed.Ring, names []persona.SealedName) (some bool) {
	for i, ring := range rings {
		if ring != nil && names[i].Box != nil && !ring.Has(names[i].Box) {
			d.names.Evict(personas[i])
			some = true
		}
	}
	return some
}

type nameRow struct {
	ID      uuid.UUID `db:"persona_id"`
	Name    []byte
	Version int32 `db:"sealed_version"`
}

// sealedNames are in the order of the personas.
func (d *Directory) sealedNames(ctx context.Context, community uuid.UUID, personas []uuid.UUID) ([]persona.SealedName, error) {
	found := make([]persona.SealedName, len(personas))
	d.names.Each(personas, func(i int, name persona.SealedName) { found[i] = name })
	var missing []uuid.UUID
	for i, id := range personas {
		if found[i].Box == nil {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return found, nil
	}
	before := d.names.Ticket()
	var rows []nameRow
	err := postgres.Read(ctx, d.db, postgres.Communities(community), postgres.Many(&rows,
		`SELECT persona_id, name, sealed_version FROM persona WHERE community_id = $1 AND persona_id = ANY ($2)`, community, missing))
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		name := persona.SealedName{Box: row.Name, Version: row.Version}
		d.names.Keep(before, row.ID, name)
		for i, id := range personas {
			if id == row.ID {
				found[i] = name
			}
		}
	}
	return found, nil
}
