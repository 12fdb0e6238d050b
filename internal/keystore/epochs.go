package keystore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// epochs are those that a process knows. A new set takes the place of the old
// one as a whole, so that the key of an epoch that ended leaves the memory.
type epochs struct {
	newest int32 // which wraps what is new
	kek    *sealed.Ring
	known  []uuid.UUID
}

// root is where the KMS is, which may be its key.
type root struct{ url string }

const selectEpochs = `SELECT number, key_id, fingerprint, kek, opened_on FROM epoch ORDER BY number`

func (s *Store) openEpochs(ctx context.Context, keeper *kms.Keeper, rows []epochRow) (*epochs, error) {
	keks := make(map[uint16][32]byte, len(rows))
	defer clear(keks)
	e := &epochs{}
	for _, row := range rows {
		kek, err := row.unwrap(ctx, keeper, s.deployment)
		if err != nil {
			return nil, err
		}
		keks[uint16(row.Number)], e.newest, e.known = kek, row.Number, append(e.known, row.KeyID)
	}
	var err error
	if e.kek, err = sealed.NewRing(s.deployment, s.suite, keks); err != nil {
		return nil, fmt.Errorf("keystore: the epochs: %w", err)
	}
	return e, nil
}

// learnEpochs goes to the KMS where the database has other epochs than those
// known here. Of many who need it at once, one goes.
func (s *Store) learnEpochs(ctx context.Context) error {
	answer := s.loading.DoChan("epochs", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
		defer cancel()
		return nil, s.readEpochs(ctx)
	})
	select {
	case a := <-answer:
		return a.Err
	case <-ctx.Done():
		return fault.Wrap(fault.Unavailable, ctx.Err())
	}
}

// readEpochs has a connection of its own: whoever waits for it may hold the last
// one of the pool.
func (s *Store) readEpochs(ctx context.Context) error {
	conn, err := pgx.ConnectConfig(ctx, s.db.Config().ConnConfig)
	if err != nil {
		return fault.Wrap(fault.Unavailable, err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := postgres.Collect[epochRow](conn.Query(ctx, selectEpochs))
	if err != nil {
		return fmt.Errorf("keystore: read the epochs: %w", err)
	}
	var there []uuid.UUID
	for _, row := range rows {
		there = append(there, row.KeyID)
	}
	if slices.Equal(there, s.epochs.Load().known) {
		return nil
	}
	keeper, err := kms.Open(ctx, s.kms.Load().url)
	if err != nil {
		return err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	learnt, err := s.openEpochs(ctx, keeper, rows)
	if errors.Is(err, kms.ErrUnavailable) {
		return fault.Wrap(fault.Unavailable, err)
	}
	if err != nil {
		return err
	}
	s.epochs.Store(learnt)
	return nil
}

// inTx runs a transaction that may wrap new keys. Where the newest epoch known
// here has ended meanwhile, it learns of the next and runs once more.
func inTx[T any](ctx context.Context, s *Store, fn func(tx pgx.Tx) (T, error)) (T, error) {
	result, err := postgres.InTx(ctx, s.db, postgres.Unscoped, fn)
	if !epochEnded(err) {
		return result, err
	}
	if err := s.learnEpochs(ctx); err != nil {
		return result, err
	}
	return postgres.InTx(ctx, s.db, postgres.Unscoped, fn)
}

func epochEnded(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "23503" && strings.HasSuffix(refused.ConstraintName, "_of_epoch")
}

func (e epochRow) insert(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, `INSERT INTO epoch (number, key_id, fingerprint, kek, opened_on) VALUES ($1, $2, $3, $4, $5)`,
		e.Number, e.KeyID, e.Fingerprint, e.KEK, e.OpenedOn); err != nil {
		return fmt.Errorf("keystore: insert an epoch: %w", err)
	}
	return nil
}
