package attachment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres"
)

// Soon deletes the files whose rows have gone, now. Where that fails, Tidy does it: whoever took them back has been
// answered, and can't open them any more.
func (s *Shelf) Soon(ctx context.Context, in uuid.UUID) {
	ctx, done := afterwards(ctx)
	defer done()
	_, _ = s.Empty(ctx, in)
}

// Empty deletes the files of a community whose rows have gone, and says how many.
func (s *Shelf) Empty(ctx context.Context, in uuid.UUID) (gone int, err error) {
	var doomed []struct {
		ID uuid.UUID `db:"blob_id"`
	}
	scope := postgres.Communities(in)
	if err := postgres.Read(ctx, s.db, scope, postgres.Many(&doomed, `SELECT blob_id FROM attachment_doomed WHERE community_id = $1`, in)); err != nil {
		return 0, err
	}
	for _, d := range doomed {
		if err := s.store.Delete(ctx, d.ID, day(s.clock())); err != nil {
			return gone, err
		}
		_, err := postgres.InTx(ctx, s.db, scope, func(tx pgx.Tx) (struct{}, error) {
			_, err := tx.Exec(ctx, `DELETE FROM attachment_doomed WHERE community_id = $1 AND blob_id = $2`, in, d.ID)
			return struct{}{}, err
		})
		if err != nil {
			return gone, fmt.Errorf("attachment: empty: %w", err)
		}
		gone++
	}
	return gone, nil
}

// Tidy deletes what no post took within a day, the files whose rows have gone, and those that never had one because a crash
// came between. It says how many files went.
func (s *Shelf) Tidy(ctx context.Context) (gone int, err error) {
	var all []struct {
		ID uuid.UUID `db:"community_id"`
	}
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&all, `SELECT community_id FROM community`)); err != nil {
		return 0, err
	}
	communities := make([]uuid.UUID, len(all))
	yesterday := day(s.clock()).AddDate(0, 0, -1)
	for i, c := range all {
		communities[i] = c.ID
		if err := s.lapse(ctx, c.ID, yesterday); err != nil {
			return gone, err
		}
		n, err := s.Empty(ctx, c.ID)
		gone += n
		if err != nil {
			return gone, err
		}
	}
	if len(communities) == 0 {
		return gone, nil // an empty database next to a full store is a mistake of somebody's, and no reason to delete
	}
	n, err := s.strays(ctx, communities)
	return gone + n, err
}

// lapse deletes what waits for a post since before a day. What a backup holds of it ends with the keys that sealed it.
func (s *Shelf) lapse(ctx context.Context, in uuid.UUID, before time.Time) error {
	const waits = ` FROM attachment WHERE community_id = $1 AND post_id IS NULL AND uploaded_on < $2`
	var owners []struct {
		ID uuid.UUID `db:"persona_id"`
	}
	scope := postgres.Communities(in)
	if err := postgres.Read(ctx, s.db, scope, postgres.Many(&owners, `SELECT DISTINCT persona_id`+waits, in, before)); err != nil {
		return err
	}
	for _, owner := range owners {
		if err := s.keys.MarkDirty(ctx, owner.ID); err != nil {
			return err
		}
	}
	_, err := postgres.InTx(ctx, s.db, scope, func(tx pgx.Tx) (struct{}, error) {
		_, err := tx.Exec(ctx, `DELETE`+waits, in, before)
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("attachment: tidy: %w", err)
	}
	return nil
}

// strays deletes files that have lain for a day without a row.
func (s *Shelf) strays(ctx context.Context, communities []uuid.UUID) (gone int, err error) {
	err = s.store.Each(ctx, day(s.clock()).AddDate(0, 0, -1), func(names []uuid.UUID) error {
		var known []struct {
			ID uuid.UUID `db:"blob_id"`
		}
		err := postgres.Read(ctx, s.db, postgres.Communities(communities...), postgres.Many(&known, `SELECT blob_id FROM attachment
			WHERE community_id = ANY ($1) AND blob_id = ANY ($2)`, communities, names))
		if err != nil {
			return err
		}
		kept := make(map[uuid.UUID]bool, len(known))
		for _, k := range known {
			kept[k.ID] = true
		}
		for _, name := range names {
			if kept[name] {
				continue
			}
			if err := s.store.Delete(ctx, name, day(s.clock())); err != nil {
				return err
			}
			gone++
		}
		return nil
	})
	return gone, err
}
