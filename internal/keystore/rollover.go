package keystore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
)

// A rollover is NewEpoch, Rewrap until nothing is left, DestroyEpochs. It goes on
// where it was left: as long as there are two epochs, it is not over, and begins
// with Rewrap. These three are the keeper's, whose role reads nothing that the
// keys seal.

// NewEpoch makes the next epoch and says its number. From then on it wraps what
// is new. kmsURL is empty for the same KMS. Another KMS also wraps the epochs
// that there are, all or none; every process is then to be started anew with
// that URL, and until then goes on with the epochs that it knows. Of two at once,
// one answers fault.AlreadyExists.
func (s *Store) NewEpoch(ctx context.Context, kmsURL string) (int32, error) {
	held := *s.kms.Load()
	if kmsURL == "" {
		kmsURL = held.url
	}
	from, err := kms.Open(ctx, held.url)
	if err != nil {
		return 0, err
	}
	defer from.Close() //nolint:errcheck // nothing is pending in a keeper
	to, err := kms.Open(ctx, kmsURL)
	if err != nil {
		return 0, err
	}
	defer to.Close() //nolint:errcheck // nothing is pending in a keeper
	var rows []epochRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectEpochs)); err != nil {
		return 0, fmt.Errorf("keystore: read the epochs: %w", err)
	}
	next, _, err := newEpoch(ctx, to, s.deployment, rows[len(rows)-1].Number+1, s.clock())
	if err != nil {
		return 0, err
	}
	if kmsURL == held.url {
		rows = nil // which stay as they are
	}
	for i := range rows {
		if err := rows[i].move(ctx, from, to, s); err != nil {
			return 0, err
		}
	}
	if err := s.openEpoch(ctx, next, rows); err != nil {
		return 0, err
	}
	s.kms.Store(&root{kmsURL})
	return next.Number, s.learnEpochs(ctx)
}

// move wraps an epoch's key with another KMS.
func (e *epochRow) move(ctx context.Context, from, to *kms.Keeper, s *Store) error {
	kek, err := e.unwrap(ctx, from, s.deployment)
	if err != nil {
		return err
	}
	defer clear(kek[:])
	if e.KEK, err = to.Wrap(ctx, e.card(s.deployment, kek)); err != nil {
		return fmt.Errorf("keystore: the KMS does not wrap: %w", err)
	}
	return nil
}

func (s *Store) openEpoch(ctx context.Context, next epochRow, moved []epochRow) error {
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		for _, e := range moved {
			if _, err := tx.Exec(ctx, `UPDATE epoch SET kek = $2 WHERE key_id = $1`, e.KeyID, e.KEK); err != nil {
				return none, fmt.Errorf("keystore: move an epoch: %w", err)
			}
		}
		if err := next.insert(ctx, tx); err != nil {
			return none, err
		}
		if len(moved) > 0 {
			if err := noteDeed(ctx, tx, deedEpochsMoved, int32(len(moved)), 0); err != nil {
				return none, err
			}
		}
		return none, noteDeed(ctx, tx, deedEpochOpened, 1, next.Number)
	}, aboutEpochs)
	return postgres.Constraints{"epoch_primary": fault.AlreadyExists}.Fault(err)
}

// oldRow is a wrap of an older epoch.
type oldRow struct {
	Kind       string
	Owner      []byte
	Generation int32
	Epoch      int32
	Secret     []byte
}

// wraps are the tables that hold wrapped keys. purpose is that of their wraps.
var wraps = []struct {
	table, columns, match string
	purpose               func(kind string) string
}{
	{"root_key", `purpose AS kind, convert_to(purpose, 'UTF8') AS owner`, `k.purpose = n.kind AND k.generation = n.generation`, rootPurpose},
	{"member", `'' AS kind, locator AS owner`, `k.locator = n.owner AND k.generation = n.generation`, func(string) string { return memberPurpose }},
	{"persona_key", `'' AS kind, uuid_send(persona_id) AS owner`, `k.persona_id = encode(n.owner, 'hex')::uuid AND k.generation = n.generation`, func(string) string { return personaPurpose }},
	{"shared_key", `kind, uuid_send(owner_id) AS owner`, `k.kind = n.kind AND k.owner_id = encode(n.owner, 'hex')::uuid AND k.generation = n.generation`, sharedPurpose},
}

// Rewrap wraps up to limit keys of older epochs under the newest, and says how
// many. None means that nothing is left. Several may work at once; the keys
// themselves stay the same, so nobody notices.
func (s *Store) Rewrap(ctx context.Context, limit int) (done int, err error) {
	for _, wait := range []string{` SKIP LOCKED`, ``} { // the second time it waits for what others hold
		for i := range wraps {
			n, err := s.rewrap(ctx, i, limit-done, wait)
			if done += n; err != nil || done >= limit {
				return done, err
			}
		}
		if done > 0 {
			return done, nil
		}
	}
	return 0, nil
}

func (s *Store) rewrap(ctx context.Context, table, limit int, wait string) (int, error) {
	w, to := wraps[table], s.epochs.Load()
	return postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (int, error) {
		rows, err := postgres.Collect[oldRow](tx.Query(ctx, `SELECT `+w.columns+`, generation, epoch, secret FROM `+w.table+`
			WHERE epoch < $1 LIMIT $2 FOR UPDATE`+wait, to.newest, limit))
		if err != nil {
			return 0, fmt.Errorf("keystore: read keys of older epochs: %w", err)
		}
		if len(rows) == 0 {
			return 0, nil
		}
		var kinds []string
		var owners, before, after [][]byte
		var generations []int32
		for _, row := range rows {
			secret, err := s.unwrap(ctx, w.purpose(row.Kind), row.Owner, keyRow{row.Generation, row.Epoch, row.Secret})
			if err != nil {
				return 0, err
			}
			key, err := to.wrap(w.purpose(row.Kind), row.Owner, row.Generation, secret)
			if err != nil {
				return 0, err
			}
			kinds, owners, generations = append(kinds, row.Kind), append(owners, row.Owner), append(generations, row.Generation)
			before, after = append(before, row.Secret), append(after, key.Secret)
		}
		tag, err := tx.Exec(ctx, `UPDATE `+w.table+` k SET epoch = $1, secret = n.after
			FROM unnest($2::text[], $3::bytea[], $4::integer[], $5::bytea[], $6::bytea[]) AS n (kind, owner, generation, before, after)
			WHERE k.secret = n.before AND `+w.match, to.newest, kinds, owners, generations, before, after)
		if err != nil {
			return 0, fmt.Errorf("keystore: wrap keys anew: %w", err)
		}
		return int(tag.RowsAffected()), noteDeed(ctx, tx, deedRewrapped, int32(len(rows)), to.newest)
	})
}

// DestroyEpochs deletes the epochs before the newest that wrap nothing any more,
// and says which. What only their keys opened, in whatever backup of this
// database, stays shut from the moment that the KMS forgets its own key or that
// no backup of these rows is left.
func (s *Store) DestroyEpochs(ctx context.Context) (destroyed []int32, err error) {
	var rows []epochRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectEpochs)); err != nil {
		return nil, fmt.Errorf("keystore: read the epochs: %w", err)
	}
	for _, row := range rows[:len(rows)-1] {
		gone, err := s.destroyEpoch(ctx, row.Number)
		if err != nil {
			return destroyed, err
		}
		if gone {
			destroyed = append(destroyed, row.Number)
		}
	}
	if len(destroyed) == 0 {
		return nil, nil
	}
	return slices.Clip(destroyed), s.learnEpochs(ctx)
}

// destroyEpoch leaves an epoch that still wraps something, also something that
// is just being written: the reference to it refuses.
func (s *Store) destroyEpoch(ctx context.Context, number int32) (gone bool, err error) {
	gone, err = postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (bool, error) {
		tag, err := tx.Exec(ctx, `DELETE FROM epoch WHERE number = $1`, number)
		if err != nil {
			return false, fmt.Errorf("keystore: destroy an epoch: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return false, nil
		}
		if err := noteDeed(ctx, tx, deedEpochDestroyed, 1, number); err != nil {
			return false, err
		}
		return true, tell(ctx, tx, aboutEpochs)
	})
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23503" {
		return false, nil
	}
	return gone, err
}
