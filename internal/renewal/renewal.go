// Package renewal gives keys a new generation and seals everything under it, so that the old generation can be deleted, and
// ends epochs of the keystore.
//
// It protects what was taken back: words that an old backup still holds end with the key that sealed them. It must never
// delete a generation while a row that somebody may read is sealed under it, or while somebody may still write under it.
// What it has done stands in the rows, so that it can be stopped anywhere and begun again.
package renewal

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/keystore"
)

const (
	keysAtOnce = 500 // personas that are looked at together
	rowsAtOnce = 500 // rows that one transaction seals anew
)

// Renewal renews keys, one run at a time.
type Renewal struct {
	keys      *keystore.Store
	directory *community.Directory
	board     *forum.Board
	settled   time.Duration
}

// New renews the keys of an installation. settled is keystore.Settled, or less where a test knows that nobody else is there.
func New(keys *keystore.Store, directory *community.Directory, board *forum.Board, settled time.Duration) *Renewal {
	return &Renewal{keys, directory, board, settled}
}

// Everything gives a new generation to every persona, community, programme and member. One that an earlier run had begun
// with is finished as it is.
func (r *Renewal) Everything(ctx context.Context, tell func(Progress)) error {
	run := r.begin(tell)
	if err := run.personas(ctx, func(keystore.PersonaKeys) bool { return true }); err != nil {
		return err
	}
	if err := run.communities(ctx); err != nil {
		return err
	}
	if err := run.programmes(ctx); err != nil {
		return err
	}
	if err := run.members(ctx); err != nil {
		return err
	}
	return run.finish(ctx)
}

// Dirty gives a new generation to the personas of whom something was changed or taken back since their last one, and
// finishes what an earlier run had begun with.
func (r *Renewal) Dirty(ctx context.Context, tell func(Progress)) error {
	run := r.begin(tell)
	if err := run.personas(ctx, func(k keystore.PersonaKeys) bool { return k.Dirty }); err != nil {
		return err
	}
	return run.finish(ctx)
}

// Persona gives a new generation to one persona.
func (r *Renewal) Persona(ctx context.Context, persona uuid.UUID) error {
	run := r.begin(nil)
	before := persona
	for i := len(before) - 1; i >= 0; i-- { // the id just before this one, to list from
		before[i]--
		if before[i] != 0xff {
			break
		}
	}
	one, err := r.keys.PersonaKeys(ctx, before, 1)
	if err != nil {
		return err
	}
	if len(one) == 0 || one[0].Persona != persona {
		return fault.New(fault.NotFound)
	}
	if err := run.renew(ctx, one, func(keystore.PersonaKeys) bool { return true }); err != nil {
		return err
	}
	return run.finish(ctx)
}

// run is one renewal from its first new generation to the end of the last old one.
type run struct {
	*Renewal
	progress *progress
	begun    []fresh                          // personas that got a new generation
	shared   map[string][]keystore.SharedKeys // communities and programmes that did; Newest is the new one
}

// fresh is a persona whose words are to be sealed under a generation.
type fresh struct {
	persona, home uuid.UUID
	generation    int32
}

func (r *Renewal) begin(tell func(Progress)) *run {
	return &run{Renewal: r, progress: newProgress(tell), shared: map[string][]keystore.SharedKeys{}}
}

// personas goes through all personas. Their words are sealed anew at once, and once more at the end, because somebody may
// have been writing under the generation before.
func (r *run) personas(ctx context.Context, wanted func(keystore.PersonaKeys) bool) error {
	var last uuid.UUID
	for {
		page, err := r.keys.PersonaKeys(ctx, last, keysAtOnce)
		if err != nil || len(page) == 0 {
			return err
		}
		last = page[len(page)-1].Persona
		if err := r.renew(ctx, page, wanted); err != nil {
			return err
		}
	}
}

// members have their record in the row of their key: there is nothing to finish.
func (r *run) members(ctx context.Context) error {
	var last []byte
	for {
		done, next, err := r.keys.RenewMembers(ctx, last, keysAtOnce)
		r.progress.more(done)
		r.progress.done(done)
		if err != nil || next == nil {
			return err
		}
		last = next
	}
}

// renew begins with personas, where a community knows them: one that is joining in this moment has sealed nothing yet.
func (r *run) renew(ctx context.Context, page []keystore.PersonaKeys, wanted func(keystore.PersonaKeys) bool) error {
	page = slices.DeleteFunc(page, func(k keystore.PersonaKeys) bool { return k.Newest == 0 || k.Oldest == k.Newest && !wanted(k) })
	ids := make([]uuid.UUID, len(page))
	for i, k := range page {
		ids[i] = k.Persona
	}
	homes, err := r.directory.Homes(ctx, ids)
	if err != nil {
		return err
	}
	some := make([]fresh, 0, len(page))
	for _, k := range page {
		home, known := homes[k.Persona]
		if !known {
			continue
		}
		generation := k.Newest
		if k.Oldest == k.Newest || k.Dirty {
			if generation, err = r.keys.Renew(ctx, k.Persona); fault.CodeOf(err) == fault.NotFound {
				continue // erased just now
			} else if err != nil {
				return err
			}
		}
		some = append(some, fresh{k.Persona, home, generation})
	}
	r.begun = append(r.begun, some...)
	r.progress.more(len(some))
	return r.reseal(ctx, some)
}

// reseal seals names and then words, after nobody can write under an older generation any more.
func (r *run) reseal(ctx context.Context, some []fresh) error {
	byHome := map[uuid.UUID][]fresh{}
	for _, f := range some {
		byHome[f.home] = append(byHome[f.home], f)
	}
	for home, here := range byHome {
		ids, since := make([]uuid.UUID, len(here)), make([]int32, len(here))
		for i, f := range here {
			ids[i], since[i] = f.persona, f.generation
		}
		if err := r.directory.ResealNames(ctx, home, ids, since); err != nil {
			return err
		}
		for _, f := range here {
			if err := r.words(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *run) words(ctx context.Context, f fresh) error {
	for {
		done, err := r.board.Reseal(ctx, f.home, f.persona, uint16(f.generation), rowsAtOnce)
		if err != nil || done == 0 {
			return err
		}
		r.progress.sealed(done)
	}
}

// finish deletes the old generations, when nobody can be in the middle of reading or writing under them.
func (r *run) finish(ctx context.Context) error {
	if len(r.begun) == 0 && len(r.shared) == 0 {
		return nil
	}
	select {
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, ctx.Err())
	case <-time.After(r.settled):
	}
	for some := range slices.Chunk(r.begun, keysAtOnce) {
		if err := r.reseal(ctx, some); err != nil {
			return err
		}
		for _, f := range some {
			if err := r.keys.Retire(ctx, f.persona, f.generation); err != nil {
				return err
			}
			r.progress.done(1)
		}
	}
	return r.finishShared(ctx)
}

var errKinds = errors.New("renewal: a kind of shared key that nobody seals anew")
