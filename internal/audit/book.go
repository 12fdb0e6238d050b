package audit

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Book is the log as anybody may read it: signed words, hashes and proofs, and nothing of what was recorded.
type Book struct {
	db     *postgres.DB
	policy *authz.Engine
	key    string
}

// NewBook reads the log that a scribe with this verifier key writes.
func NewBook(db *postgres.DB, policy *authz.Engine, key string) *Book { return &Book{db, policy, key} }

// may asks policy; who are the facts of who asks, for authz.AuditReadProof.
func (b *Book) may(ctx context.Context, who authz.Facts) error {
	_, err := b.policy.Require(ctx, who)
	return err
}

// Key is the verifier key of the log.
func (b *Book) Key(ctx context.Context, who authz.Facts) (string, error) {
	return b.key, b.may(ctx, who)
}

// Checkpoint is the newest signed note with the cosignatures that it has so far; fault.NotFound where the log is empty.
func (b *Book) Checkpoint(ctx context.Context, who authz.Facts) (string, error) {
	if err := b.may(ctx, who); err != nil {
		return "", err
	}
	return postgres.InTx(ctx, b.db, postgres.Unscoped, func(tx pgx.Tx) (string, error) {
		newest, found, err := newestCheckpoint(ctx, tx)
		switch {
		case err != nil:
			return "", err
		case !found:
			return "", fault.New(fault.NotFound)
		}
		return cosigned(ctx, tx, newest)
	})
}

// cosigned is a note with the lines of its witnesses.
func cosigned(ctx context.Context, tx pgx.Tx, c checkpointRow) (string, error) {
	lines, err := postgres.Collect[struct{ Signature string }](tx.Query(ctx, `SELECT signature FROM audit_cosignature WHERE size = $1 ORDER BY witness`, c.Size))
	if err != nil {
		return "", fmt.Errorf("audit: read cosignatures: %w", err)
	}
	for _, line := range lines {
		c.Note += line.Signature
	}
	return c.Note, nil
}

// Inclusion proves that leaf is in the tree of a size, and gives its hash. A size that was never signed, or a leaf beyond
// it, is fault.Invalid.
func (b *Book) Inclusion(ctx context.Context, who authz.Facts, leaf, size int64) (proof tree.Inclusion, hash [32]byte, err error) {
	if err := b.may(ctx, who); err != nil {
		return proof, hash, err
	}
	return proof, hash, b.within(ctx, size, "size", func(tx pgx.Tx) error {
		if proof, err = tree.ProveInclusion(stored(ctx, tx), leaf, size); err != nil {
			return outOfRange("leaf", err)
		}
		var raw []byte
		if err := tx.QueryRow(ctx, `SELECT leaf FROM audit_leaf WHERE number = $1`, leaf).Scan(&raw); err != nil {
			return fmt.Errorf("audit: read a leaf: %w", err)
		}
		hash = [32]byte(raw)
		return nil
	})
}

// Consistency proves that the tree of a size holds that of an earlier size. Sizes that there were not are fault.Invalid.
func (b *Book) Consistency(ctx context.Context, who authz.Facts, from, to int64) (proof tree.Consistency, err error) {
	if err := b.may(ctx, who); err != nil {
		return proof, err
	}
	return proof, b.within(ctx, to, "to", func(tx pgx.Tx) error {
		proof, err = tree.ProveConsistency(stored(ctx, tx), from, to)
		return outOfRange("from", err)
	})
}

// within runs fn unless size is beyond the newest checkpoint.
func (b *Book) within(ctx context.Context, size int64, parameter string, fn func(tx pgx.Tx) error) error {
	_, err := postgres.InTx(ctx, b.db, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		newest, _, err := newestCheckpoint(ctx, tx)
		if err != nil {
			return struct{}{}, err
		}
		if size < 0 || size > newest.Size {
			return struct{}{}, fault.New(fault.Invalid).At(parameter, fault.OutOfRange)
		}
		return struct{}{}, fn(tx)
	})
	return err
}

func outOfRange(parameter string, err error) error {
	if errors.Is(err, tree.ErrOutOfRange) {
		return fault.New(fault.Invalid).At(parameter, fault.OutOfRange)
	}
	return err
}

// Leaves are up to limit leaves beginning with a number, and the size that was signed last. They are hashes alone.
func (b *Book) Leaves(ctx context.Context, who authz.Facts, from int64, limit int) (leaves [][32]byte, size int64, err error) {
	if err := b.may(ctx, who); err != nil {
		return nil, 0, err
	}
	var rows []struct {
		Leaf []byte
		Size int64
	}
	err = postgres.Read(ctx, b.db, postgres.Unscoped, postgres.Many(&rows, `SELECT l.leaf, c.size FROM (SELECT coalesce(max(size), 0) AS size FROM audit_checkpoint) c
		LEFT JOIN audit_leaf l ON l.number >= $1 AND l.number < c.size ORDER BY l.number LIMIT $2`, from, limit))
	if err != nil {
		return nil, 0, fmt.Errorf("audit: read leaves: %w", err)
	}
	for _, row := range rows {
		if size = row.Size; row.Leaf != nil { // there are none from there on
			leaves = append(leaves, [32]byte(row.Leaf))
		}
	}
	return leaves, size, nil
}
