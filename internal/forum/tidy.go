package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres"
)

// rememberDays is for how many whole days a repeated request is recognised.
const rememberDays = 2

// Tidy forgets requests that nobody repeats any more, in every community, and says how many. It also tells the directory
// how busy each community is: now and then, because whoever watched the directory closely could see when somebody posts.
func (b *Board) Tidy(ctx context.Context) (forgotten int64, err error) {
	var all []struct {
		ID uuid.UUID `db:"community_id"`
	}
	if err := postgres.Read(ctx, b.db, postgres.Unscoped, postgres.Many(&all, `SELECT community_id FROM community`)); err != nil {
		return 0, err
	}
	before := day(b.clock()).AddDate(0, 0, -rememberDays)
	for _, c := range all {
		n, err := postgres.InTx(ctx, b.db, postgres.Communities(c.ID), func(tx pgx.Tx) (int64, error) {
			done, err := tx.Exec(ctx, `DELETE FROM answered_request WHERE community_id = $1 AND answered_on < $2`, c.ID, before)
			if err != nil {
				return 0, fmt.Errorf("forum: tidy: %w", err)
			}
			_, err = tx.Exec(ctx, `UPDATE community_tally SET activity = latest.activity
				FROM (SELECT max(activity) AS activity FROM topic_tally WHERE community_id = $1) latest
				WHERE community_id = $1 AND community_tally.activity < latest.activity`, c.ID)
			if err != nil {
				return 0, fmt.Errorf("forum: tidy: %w", err)
			}
			return done.RowsAffected(), nil
		})
		if err != nil {
			return forgotten, err
		}
		forgotten += n
	}
	return forgotten, nil
}
