package audit

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Erase deletes the content of the log's first entries, up to the first that is of day or later. Their leaves stay, and
// the tree with them; the salt that would let somebody guess goes too. It is recorded itself, and the record is in the
// tree at once, so that no content is ever gone without it. From a log that is not the one that was signed, nothing is
// erased: ErrRewritten. It takes the worker's role.
func (s *Scribe) Erase(ctx context.Context, day time.Time) (int64, error) {
	return postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (int64, error) {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(oneHand)); err != nil {
			return 0, fmt.Errorf("audit: wait for the one who writes: %w", err)
		}
		var below int64
		if err := tx.QueryRow(ctx, `SELECT coalesce((SELECT min(l.number) FROM audit_leaf l JOIN audit_event e ON e.event_id = l.event_id WHERE e.day >= $1),
			(SELECT max(number) + 1 FROM audit_leaf), 0)`, day).Scan(&below); err != nil {
			return 0, fmt.Errorf("audit: find what is to be erased: %w", err)
		}
		gone, err := tx.Exec(ctx, `DELETE FROM audit_event e USING audit_leaf l WHERE l.event_id = e.event_id AND l.number < $1`, below)
		if err != nil {
			return 0, fmt.Errorf("audit: erase: %w", err)
		}
		if gone.RowsAffected() == 0 {
			return 0, nil
		}
		id, err := uuid.NewRandom()
		if err != nil {
			return 0, fmt.Errorf("audit: id: %w", err)
		}
		if err := record(ctx, tx, tree.Event{ID: id, Day: s.clock(), Action: tree.ContentErased, Count: below}); err != nil {
			return 0, err
		}
		for more := batch; more == batch; {
			if more, err = s.grow(ctx, tx); err != nil {
				return 0, err
			}
		}
		return gone.RowsAffected(), nil
	})
}

// erasedBelow is the number of the first entry that must have its content.
func erasedBelow(ctx context.Context, tx pgx.Tx) (number int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(e.times), 0) FROM audit_event e JOIN audit_leaf l ON l.event_id = e.event_id WHERE e.action = $1`, tree.ContentErased).Scan(&number); err != nil {
		return 0, fmt.Errorf("audit: read what was erased: %w", err)
	}
	return number, nil
}
