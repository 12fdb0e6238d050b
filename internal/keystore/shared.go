package keystore

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const deedSharedErased = "keys.shared_erased"

// EraseShared deletes every generation of the keys of owners of one kind. What
// they sealed is noise from then on, on every machine. It can be repeated.
func (s *Store) EraseShared(ctx context.Context, kind string, owners ...uuid.UUID) error {
	about := make([]news, len(owners))
	for i, id := range owners {
		about[i] = aboutShared(kind, id)
	}
	_, err := changing(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		if _, err := tx.Exec(ctx, `DELETE FROM shared_key WHERE kind = $1 AND owner_id = ANY ($2)`, kind, owners); err != nil {
			return none, fmt.Errorf("keystore: erase shared keys: %w", err)
		}
		return none, countDeed(ctx, tx, deedSharedErased)
	}, about...)
	return err
}

// Remembers tells whether what others change is heard of, or there are no
// others: whoever keeps something that a key has opened keeps it only then.
func (s *Store) Remembers() bool { return !s.deaf.Load() }
