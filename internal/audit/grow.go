package audit

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/postgres"
)

// pending is a leaf that waits. They enter in the order of their days, and of their random ids within a day's batch, so
// that the tree tells little of the order in which things happened.
type pending struct {
	ID   uuid.UUID `db:"event_id"`
	Leaf []byte
}

// grow adds a batch to the tree and signs what the tree is then.
func (s *Scribe) grow(ctx context.Context, tx pgx.Tx) (int, error) {
	waiting, err := postgres.Collect[pending](tx.Query(ctx, `SELECT event_id, leaf FROM audit_pending ORDER BY day, event_id LIMIT $1`, batch))
	if err != nil {
		return 0, fmt.Errorf("audit: read what waits: %w", err)
	}
	if len(waiting) == 0 {
		return 0, nil
	}
	frontier, err := s.frontier(ctx, tx)
	if err != nil {
		return 0, err
	}
	if err := s.at("read"); err != nil {
		return 0, err
	}
	if err := add(ctx, tx, frontier, waiting); err != nil {
		return 0, err
	}
	if err := s.at("added"); err != nil {
		return 0, err
	}
	signed, err := tree.Checkpoint{Origin: s.origin, Size: frontier.Size(), Root: frontier.Root()}.Sign(s.signer)
	if err != nil {
		return 0, fmt.Errorf("audit: sign: %w", err)
	}
	if _, err := tx.Exec(ctx, `INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2)`, frontier.Size(), string(signed)); err != nil {
		return 0, fmt.Errorf("audit: keep a checkpoint: %w", err)
	}
	return len(waiting), s.at("signed")
}

// frontier is where the tree grows. It is ErrRewritten unless that is where the newest checkpoint left it.
func (s *Scribe) frontier(ctx context.Context, tx pgx.Tx) (*tree.Frontier, error) {
	size, err := sizeOf(ctx, tx)
	if err != nil {
		return nil, err
	}
	newest, found, err := newestCheckpoint(ctx, tx)
	switch {
	case err != nil:
		return nil, err
	case !found && size == 0:
		return &tree.Frontier{}, nil
	}
	signed, _, err := tree.OpenCheckpoint([]byte(newest.Note), s.verifier, s.origin)
	if err != nil || signed.Size != newest.Size || signed.Size != size {
		return nil, ErrRewritten
	}
	frontier, err := tree.ReadFrontier(size, stored(ctx, tx))
	if err != nil {
		return nil, err
	}
	if frontier.Root() != signed.Root {
		return nil, ErrRewritten
	}
	return frontier, nil
}

// Check is ErrRewritten unless the tree ends where the newest checkpoint says, under the root that was signed. It looks
// at the edge of the tree alone: tree.VerifyArchive looks at every leaf.
func (s *Scribe) Check(ctx context.Context) error {
	_, err := postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (*tree.Frontier, error) {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(oneHand)); err != nil {
			return nil, fmt.Errorf("audit: wait for the one who writes: %w", err)
		}
		return s.frontier(ctx, tx)
	})
	return err
}

type checkpointRow struct {
	Size int64
	Note string
}

func newestCheckpoint(ctx context.Context, tx pgx.Tx) (checkpointRow, bool, error) {
	row, found, err := postgres.First[checkpointRow](tx.Query(ctx, `SELECT size, note FROM audit_checkpoint ORDER BY size DESC LIMIT 1`))
	if err != nil {
		return row, false, fmt.Errorf("audit: read a checkpoint: %w", err)
	}
	return row, found, nil
}

func sizeOf(ctx context.Context, tx pgx.Tx) (size int64, err error) {
	if err := tx.QueryRow(ctx, `SELECT coalesce(max(number), -1) + 1 FROM audit_leaf`).Scan(&size); err != nil {
		return 0, fmt.Errorf("audit: read the size: %w", err)
	}
	return size, nil
}

// stored reads the hashes of the tree.
func stored(ctx context.Context, tx pgx.Tx) tlog.HashReader {
	return tlog.HashReaderFunc(func(numbers []int64) ([]tlog.Hash, error) {
		rows, err := postgres.Collect[struct {
			Number int64
			Hash   []byte
		}](tx.Query(ctx, `SELECT number, hash FROM audit_node WHERE number = ANY ($1)`, numbers))
		if err != nil {
			return nil, fmt.Errorf("audit: read the tree: %w", err)
		}
		found := make(map[int64]tlog.Hash, len(rows))
		for _, row := range rows {
			found[row.Number] = tlog.Hash(row.Hash)
		}
		hashes := make([]tlog.Hash, len(numbers))
		for i, number := range numbers {
			hash, there := found[number]
			if !there {
				return nil, ErrRewritten
			}
			hashes[i] = hash
		}
		return hashes, nil
	})
}

// add stores leaves and the hashes that they complete, and empties the outbox of them.
func add(ctx context.Context, tx pgx.Tx, frontier *tree.Frontier, waiting []pending) error {
	first, at := frontier.Size(), tlog.StoredHashCount(frontier.Size())
	ids, leaves, nodes := make([]uuid.UUID, len(waiting)), make([][]byte, len(waiting)), make([][]byte, 0, 2*len(waiting))
	for i, w := range waiting {
		ids[i], leaves[i] = w.ID, w.Leaf
		for _, hash := range frontier.Add([32]byte(w.Leaf)) {
			nodes = append(nodes, hash[:])
		}
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`INSERT INTO audit_leaf (number, event_id, leaf)
			SELECT $1 + place - 1, id, leaf FROM unnest($2::uuid[], $3::bytea[]) WITH ORDINALITY AS l (id, leaf, place)`, []any{first, ids, leaves}},
		{`INSERT INTO audit_node (number, hash)
			SELECT $1 + place - 1, hash FROM unnest($2::bytea[]) WITH ORDINALITY AS n (hash, place)`, []any{at, nodes}},
		{`DELETE FROM audit_pending WHERE event_id = ANY ($1)`, []any{ids}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("audit: add to the tree: %w", err)
		}
	}
	return nil
}
