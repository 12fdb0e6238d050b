package search

import (
	"context"
	"maps"
	"slices"
	"sync"

	"github.com/google/uuid"
)

// damaged are segments of which something was missing or didn't open, with their communities. Questions do without them
// until Keep has made them anew from their posts.
type damaged struct {
	mu  sync.Mutex
	met map[uuid.UUID]uuid.UUID
}

func (d *damaged) add(in uuid.UUID, segments map[uuid.UUID]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.met == nil {
		d.met = map[uuid.UUID]uuid.UUID{}
	}
	for id := range segments {
		d.met[id] = in
	}
}

func (d *damaged) take() map[uuid.UUID]uuid.UUID {
	d.mu.Lock()
	defer d.mu.Unlock()
	met := d.met
	d.met = nil
	return met
}

// OnDamage has tell called when segments are to be made anew because something of them was missing or didn't open: somebody
// or something writes into the database. It is to be set before Keep is called.
func (x *Index) OnDamage(tell func(segments int)) { x.told = tell }

// mend takes away what is damaged, so that its posts wait for another segment.
func (x *Index) mend(ctx context.Context) error {
	met := x.damaged.take()
	if len(met) == 0 {
		return nil
	}
	if x.told != nil {
		x.told(len(met))
	}
	for id, in := range met {
		if err := x.forget(ctx, in, id); err != nil {
			x.lost.Store(true) // keys of those that are gone already
			return err         // who asks next meets the others again
		}
	}
	return x.shred(ctx, slices.Collect(maps.Keys(met))...)
}
