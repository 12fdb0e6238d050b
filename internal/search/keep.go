package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

const (
	// enough posts that are in no segment are worth one. Fewer are read through faster than a segment is made.
	enough = 100

	keeperLock        = 0x68616d7961725f73 // of this installation's forum database
	communitiesAtOnce = 50
)

// Keep brings the index of every community up to date, and says how many segments it wrote. Of several who keep one index
// at the same time, one does and the others return at once.
func (x *Index) Keep(ctx context.Context) (written int, err error) {
	return postgres.InTx(ctx, x.db, postgres.Unscoped, func(tx pgx.Tx) (written int, err error) {
		var alone bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, keeperLock).Scan(&alone); err != nil {
			return 0, fmt.Errorf("search: keep: %w", err)
		}
		if !alone {
			return 0, nil
		}
		return x.keepAll(ctx, enough)
	})
}

// alone waits until nobody else keeps the index, and does something until which nobody else will.
func (x *Index) alone(ctx context.Context, do func() error) error {
	_, err := postgres.InTx(ctx, x.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, keeperLock); err != nil {
			return none, fmt.Errorf("search: keep: %w", err)
		}
		return none, do()
	})
	return err
}

// keepAll makes segments of as many posts that wait as are least.
func (x *Index) keepAll(ctx context.Context, least int) (written int, err error) {
	if err := x.mend(ctx); err != nil {
		return 0, err
	}
	if err := x.reconcile(ctx); err != nil {
		return 0, err
	}
	err = x.each(ctx, func(some []uuid.UUID) error {
		due, err := x.due(ctx, some, least)
		if err != nil {
			return err
		}
		for _, in := range due {
			n, err := x.bring(ctx, in, least)
			written += n
			if err != nil {
				return err
			}
		}
		return nil
	})
	return written, err
}

// each goes through all communities, some at a time.
func (x *Index) each(ctx context.Context, do func(some []uuid.UUID) error) error {
	var rows []struct {
		ID uuid.UUID `db:"community_id"`
	}
	if err := postgres.Read(ctx, x.db, postgres.Unscoped, postgres.Many(&rows, `SELECT community_id FROM community ORDER BY community_id`)); err != nil {
		return err
	}
	ids := make([]uuid.UUID, len(rows))
	for i, row := range rows {
		ids[i] = row.ID
	}
	for some := range slices.Chunk(ids, communitiesAtOnce) {
		if err := do(some); err != nil {
			return err
		}
	}
	return nil
}

// due are those of some communities where there is something to do.
func (x *Index) due(ctx context.Context, some []uuid.UUID, least int) ([]uuid.UUID, error) {
	var rows []struct {
		ID       uuid.UUID `db:"community_id"`
		Search   string
		Waiting  int
		Changed  int
		Dirty    bool
		Outdated bool
		Any      bool
	}
	err := postgres.Read(ctx, x.db, postgres.Communities(some...), postgres.Many(&rows, `SELECT c.community_id, `+community.SearchSQL+` AS search,
			COALESCE((SELECT sum(y.last_number - y.indexed) FROM topic_tally y WHERE y.community_id = c.community_id AND y.indexed < y.last_number), 0)::integer AS waiting,
			(SELECT count(*) FROM search_changed x WHERE x.community_id = c.community_id)::integer AS changed,
			EXISTS (SELECT FROM search_changed x WHERE x.community_id = c.community_id AND x.segment_id IS NOT NULL) AS dirty,
			EXISTS (SELECT FROM search_segment s WHERE s.community_id = c.community_id AND (s.analysis <> $2 OR s.form <> `+community.SearchSQL+`)) AS outdated,
			EXISTS (SELECT FROM search_segment s WHERE s.community_id = c.community_id) AS any
		FROM community c WHERE c.community_id = ANY ($1)`, some, words.Version))
	if err != nil {
		return nil, err
	}
	var due []uuid.UUID
	for _, row := range rows {
		switch {
		case row.Search == off && (row.Any || row.Changed > 0),
			row.Search != off && (row.Dirty || row.Outdated || row.Waiting+row.Changed >= least):
			due = append(due, row.ID)
		}
	}
	return due, nil
}

// bring one community up to date.
func (x *Index) bring(ctx context.Context, in uuid.UUID, least int) (written int, err error) {
	for refused := 0; refused < patience; {
		now, err := x.stock(ctx, in)
		if err != nil {
			return written, err
		}
		if now.search == off {
			return written, x.clear(ctx, in, now.ids())
		}
		if misfit, is := now.misfit(); is && now.waiting < enough {
			if err := x.forget(ctx, in, misfit); err != nil {
				return written, err
			}
			if err := x.shred(ctx, misfit); err != nil {
				return written, err
			}
			continue
		}
		bases, needed := now.next(least)
		if !needed {
			return written, nil
		}
		done, err := x.build(ctx, in, now.search, bases)
		if err != nil {
			return written, err
		}
		if done {
			written++
		} else {
			refused++
		}
	}
	return written, nil // somebody is changing what is being read; the next round comes soon
}

// stock is what there is of one community's index.
type stock struct {
	search   string
	segments []stocked
	waiting  int // posts that are in no segment
}

type stocked struct {
	ID       uuid.UUID `db:"segment_id"`
	Form     string
	Analysis int
	Docs     int
	Dirty    bool
}

func (x *Index) stock(ctx context.Context, in uuid.UUID) (stock, error) {
	var setting struct {
		Search  string
		Waiting int
	}
	var found bool
	var s stock
	err := postgres.Read(ctx, x.db, postgres.Communities(in),
		postgres.One(&setting, &found, `SELECT `+community.SearchSQL+` AS search,
			COALESCE((SELECT sum(y.last_number - y.indexed) FROM topic_tally y WHERE y.community_id = $1 AND y.indexed < y.last_number), 0)::integer +
			(SELECT count(*) FROM search_changed x WHERE x.community_id = $1)::integer AS waiting FROM community c WHERE c.community_id = $1`, in),
		postgres.Many(&s.segments, `SELECT s.segment_id, s.form, s.analysis, s.docs,
			EXISTS (SELECT FROM search_changed x WHERE x.community_id = $1 AND x.segment_id = s.segment_id) AS dirty
			FROM search_segment s WHERE s.community_id = $1 ORDER BY s.docs, s.segment_id`, in))
	if err == nil && !found {
		return stock{search: off}, nil
	}
	s.search, s.waiting = setting.Search, setting.Waiting
	return s, err
}

func (s stock) ids() []uuid.UUID {
	ids := make([]uuid.UUID, len(s.segments))
	for i, one := range s.segments {
		ids[i] = one.ID
	}
	return ids
}

// mostOf is how many posts a segment of a form has at most.
func mostOf(form string) int {
	if form == byTags {
		return segment.MostTagged
	}
	return segment.MostDocs
}

// misfit is a segment of another form than the community asks for: its posts are to wait for segments of that form, which
// may hold fewer.
func (s stock) misfit() (id uuid.UUID, is bool) {
	i := slices.IndexFunc(s.segments, func(one stocked) bool { return one.Form != s.search })
	if i < 0 {
		return uuid.Nil, false
	}
	return s.segments[i].ID, true
}

// next are the segments to be replaced by one that also takes what waits: one that must be, or small ones of which there
// are many. needed is false where everything is as it should be.
//
// Small segments wait until there are enough for a large one, so that a post is indexed twice, and not again with each
// that comes after it.
func (s stock) next(least int) (bases []uuid.UUID, needed bool) {
	for _, one := range s.segments {
		if one.Form == s.search && (one.Dirty || one.Analysis != words.Version) {
			return []uuid.UUID{one.ID}, true
		}
	}
	most := mostOf(s.search)
	room, together := most-min(s.waiting, most), most/enough
	for _, one := range s.segments { // the smallest first
		if one.Form == s.search && one.Docs <= most/2 && one.Docs <= room {
			bases, room = append(bases, one.ID), room-one.Docs
		}
	}
	switch {
	case len(bases) >= together-1 && (s.waiting >= least || len(bases) > together):
		return bases, true
	case s.waiting < least:
		return nil, false
	}
	return nil, true
}
