package search

import (
	"context"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search/words"
)

// Renew writes every segment anew, under keys of their own, and destroys the old keys. tell, which may be nil, learns after
// each how many are done, of how many.
func (x *Index) Renew(ctx context.Context, tell func(done, of int)) error {
	return x.anew(ctx, enough, tell)
}

// Rebuild does what Renew does, and also takes in whatever waits, however few.
func (x *Index) Rebuild(ctx context.Context, tell func(done, of int)) error {
	return x.anew(ctx, 1, tell)
}

func (x *Index) anew(ctx context.Context, least int, tell func(done, of int)) error {
	return x.alone(ctx, func() error {
		x.lost.Store(true) // a repair may be why
		if _, err := x.keepAll(ctx, least); err != nil {
			return err
		}
		all, err := x.segments(ctx)
		if err != nil {
			return err
		}
		for i, s := range all {
			if err := x.renew(ctx, s); err != nil {
				return err
			}
			if tell != nil {
				tell(i+1, len(all))
			}
		}
		return nil
	})
}

// Settle waits for its turn and then does what Keep does: when it returns, nothing that was taken back before is left in a
// segment.
func (x *Index) Settle(ctx context.Context) error {
	return x.alone(ctx, func() error {
		_, err := x.keepAll(ctx, enough)
		return err
	})
}

// placed is a segment with where it is.
type placed struct {
	Community uuid.UUID `db:"community_id"`
	Segment   uuid.UUID `db:"segment_id"`
	Form      string
}

func (x *Index) segments(ctx context.Context) (all []placed, err error) {
	err = x.each(ctx, func(some []uuid.UUID) error {
		var rows []placed
		err := postgres.Read(ctx, x.db, postgres.Communities(some...), postgres.Many(&rows,
			`SELECT community_id, segment_id, form FROM search_segment WHERE community_id = ANY ($1)`, some))
		all = append(all, rows...)
		return err
	})
	return all, err
}

// renew tries again where somebody changed a post meanwhile.
func (x *Index) renew(ctx context.Context, s placed) error {
	for range patience {
		done, err := x.build(ctx, s.Community, s.Form, []uuid.UUID{s.Segment})
		if done || err != nil {
			return err
		}
	}
	return nil // so much is changed there that Keep has replaced it, or will
}

// Status counts.
type Status struct {
	Communities int // that have segments
	Segments    int
	Posts       int // that are in segments
	Waiting     int // posts that are in none, and are read through
	Replace     int // segments that hold something that was changed or taken back, or were made by another analysis
	Off         int // communities that are not searched
}

// Status says how the index is. It tells of nobody.
func (x *Index) Status(ctx context.Context) (s Status, err error) {
	err = x.each(ctx, func(some []uuid.UUID) error {
		for _, in := range some {
			now, err := x.stock(ctx, in)
			if err != nil {
				return err
			}
			s.add(now)
		}
		return nil
	})
	return s, err
}

func (s *Status) add(now stock) {
	if now.search == off {
		s.Off++
	} else {
		s.Waiting += now.waiting
	}
	if len(now.segments) > 0 {
		s.Communities++
	}
	for _, one := range now.segments {
		s.Segments++
		s.Posts += one.Docs
		if one.Dirty || one.Form != now.search || one.Analysis != words.Version {
			s.Replace++
		}
	}
}

// Verify opens the directory and every page of every segment, and reports by table how many opened and how many did not. It
// never says what stands in them.
func (x *Index) Verify(ctx context.Context, report func(table string, opened, failed int)) error {
	all, err := x.segments(ctx)
	if err != nil {
		return err
	}
	for _, s := range all {
		if err := x.verify(ctx, s, report); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) verify(ctx context.Context, s placed, report func(table string, opened, failed int)) error {
	var directory []struct{ Directory []byte }
	var pages []struct {
		Page int
		Box  []byte
	}
	err := postgres.Read(ctx, x.db, postgres.Communities(s.Community),
		postgres.Many(&directory, `SELECT directory FROM search_segment WHERE community_id = $1 AND segment_id = $2`, s.Community, s.Segment),
		postgres.Many(&pages, `SELECT page, box FROM search_page WHERE community_id = $1 AND segment_id = $2`, s.Community, s.Segment))
	if err != nil {
		return fmt.Errorf("search: verify: %w", err)
	}
	rings, err := x.rings(ctx, []uuid.UUID{s.Segment})
	if err != nil || len(directory) == 0 { // replaced meanwhile
		return err
	}
	check := func(table string, place sealed.Place, box []byte) {
		plain, err := rings[0].OpenInPlace(place, box)
		clear(plain)
		if err != nil {
			report(table, 0, 1)
		} else {
			report(table, 1, 0)
		}
	}
	check("search_segment", directoryPlace(s.Community, s.Segment), directory[0].Directory)
	for _, row := range pages {
		check("search_page", pagePlace(s.Community, s.Segment, row.Page), row.Box)
	}
	return nil
}
