package search

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Segments and their keys lie in two databases that share no transaction. A key comes before its segment and goes after
// it, so a crash leaves keys of nothing; a database that was put back may leave segments without a key. Whoever keeps the
// index finds both.

const keysAtOnce = 500

// reconcile does nothing where nothing can have been left since the last time.
func (x *Index) reconcile(ctx context.Context) error {
	if !x.lost.Swap(false) {
		return nil
	}
	if err := x.matched(ctx); err != nil {
		x.lost.Store(true)
		return err
	}
	return nil
}

func (x *Index) matched(ctx context.Context) error {
	keys, err := x.allKeys(ctx)
	if err != nil {
		return err
	}
	err = x.each(ctx, func(some []uuid.UUID) error {
		var rows []struct {
			Community uuid.UUID `db:"community_id"`
			Segment   uuid.UUID `db:"segment_id"`
		}
		err := postgres.Read(ctx, x.db, postgres.Communities(some...), postgres.Many(&rows,
			`SELECT community_id, segment_id FROM search_segment WHERE community_id = ANY ($1)`, some))
		if err != nil {
			return err
		}
		keyless := map[uuid.UUID][]uuid.UUID{}
		for _, row := range rows {
			if !keys[row.Segment] {
				keyless[row.Community] = append(keyless[row.Community], row.Segment)
			}
			delete(keys, row.Segment)
		}
		for in, segments := range keyless {
			if err := x.forget(ctx, in, segments...); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	orphans := make([]uuid.UUID, 0, len(keys))
	for id := range keys {
		orphans = append(orphans, id)
	}
	for some := range slices.Chunk(orphans, keysAtOnce) {
		if err := x.shred(ctx, some...); err != nil {
			return err
		}
	}
	return nil
}

func (x *Index) allKeys(ctx context.Context) (map[uuid.UUID]bool, error) {
	keys := map[uuid.UUID]bool{}
	var last uuid.UUID
	for {
		page, err := x.keys.SharedKeys(ctx, ofSegment, last, keysAtOnce)
		if err != nil || len(page) == 0 {
			return keys, err
		}
		for _, k := range page {
			keys[k.Owner] = true
		}
		last = page[len(page)-1].Owner
	}
}

// forget takes segments away; their posts wait for another.
func (x *Index) forget(ctx context.Context, in uuid.UUID, segments ...uuid.UUID) error {
	_, err := postgres.InTx(ctx, x.db, postgres.Communities(in), func(tx pgx.Tx) (none struct{}, err error) {
		if err := community.Take(ctx, tx, in); err != nil {
			return none, err
		}
		_, err = tx.Exec(ctx, `INSERT INTO search_changed (community_id, post_id) SELECT community_id, post_id FROM search_place
			WHERE community_id = $1 AND segment_id = ANY ($2) ON CONFLICT ON CONSTRAINT search_changed_primary DO NOTHING`, in, segments)
		if err != nil {
			return none, fmt.Errorf("search: forget segments: %w", err)
		}
		if _, err = tx.Exec(ctx, `DELETE FROM search_segment WHERE community_id = $1 AND segment_id = ANY ($2)`, in, segments); err != nil {
			return none, fmt.Errorf("search: forget segments: %w", err)
		}
		return none, nil
	})
	return err
}

// clear takes the whole index of a community away, where it is not searched any more.
func (x *Index) clear(ctx context.Context, in uuid.UUID, segments []uuid.UUID) error {
	gone, err := postgres.InTx(ctx, x.db, postgres.Communities(in), func(tx pgx.Tx) (gone bool, err error) {
		if err := community.Take(ctx, tx, in); err != nil {
			return false, err
		}
		if err := tx.QueryRow(ctx, `SELECT `+community.SearchSQL+` = 'off' FROM community c WHERE c.community_id = $1`, in).Scan(&gone); err != nil || !gone {
			return false, err
		}
		for _, sql := range []string{
			`DELETE FROM search_segment WHERE community_id = $1`,
			`DELETE FROM search_changed WHERE community_id = $1`,
			`UPDATE topic_tally SET indexed = 0 WHERE community_id = $1 AND indexed > 0`,
		} {
			if _, err := tx.Exec(ctx, sql, in); err != nil {
				return false, fmt.Errorf("search: clear: %w", err)
			}
		}
		return true, nil
	})
	if err != nil || !gone {
		return err
	}
	return x.shred(ctx, segments...)
}
