package keystore

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// MaxAPIKeys is how many keys one member has at the most.
const MaxAPIKeys = 20

const selectAPIKeys = `SELECT key_id, card FROM api_key WHERE locator = $1`

type apiKeyRow struct {
	KeyID uuid.UUID
	Card  []byte
}

// NewAPIKey makes a key of an identity and returns the text of it, which nobody
// sees again. Keys that are over go first; whoever has MaxAPIKeys others is
// answered fault.TooManyKeys.
func (s *Store) NewAPIKey(ctx context.Context, k APIKey) (made APIKey, text string, err error) {
	held, err := newKeyText()
	if err != nil {
		return APIKey{}, "", err
	}
	k.ID = held.id
	at, hash := s.locator(k.Owner), s.keyHash(held)
	_, err = inTx(ctx, s, func(tx pgx.Tx) (none struct{}, err error) {
		if err := s.insertMember(ctx, tx, at); err != nil {
			return none, err
		}
		m, err := s.lockMember(ctx, tx, at)
		if err != nil {
			return none, err
		}
		if err := s.roomForKey(ctx, tx, m.ring, at); err != nil {
			return none, err
		}
		box, err := k.seal(m.ring)
		if err != nil {
			return none, err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO api_key (key_id, locator, hash, card) VALUES ($1, $2, $3, $4)`, k.ID, at[:], hash[:], box); err != nil {
			return none, fmt.Errorf("keystore: insert an API key: %w", err)
		}
		return none, countDeed(ctx, tx, deedAPIKeyMade)
	})
	if err != nil {
		return APIKey{}, "", err
	}
	return k, held.text, nil
}

// roomForKey deletes a member's keys that are over, and sees whether another may be.
func (s *Store) roomForKey(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, at locator) error {
	rows, err := postgres.Collect[apiKeyRow](tx.Query(ctx, selectAPIKeys, at[:]))
	if err != nil {
		return fmt.Errorf("keystore: read API keys: %w", err)
	}
	over := []uuid.UUID{}
	for _, row := range rows {
		k, err := openAPIKey(ring, row)
		if err != nil {
			return err
		}
		if k.over(s.clock()) {
			over = append(over, k.ID)
		}
	}
	if len(rows)-len(over) >= MaxAPIKeys {
		return fault.New(fault.TooManyKeys)
	}
	if _, err := tx.Exec(ctx, `DELETE FROM api_key WHERE key_id = ANY ($1)`, over); err != nil {
		return fmt.Errorf("keystore: delete API keys that are over: %w", err)
	}
	return nil
}

// APIKeys lists an identity's keys by name, those that are over as well.
func (s *Store) APIKeys(ctx context.Context, identity uuid.UUID) ([]APIKey, error) {
	at := s.locator(identity)
	var rows []heldRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectHeld+`locator = $1`, at[:])); err != nil {
		return nil, fmt.Errorf("keystore: read API keys: %w", err)
	}
	all := make([]APIKey, 0, len(rows))
	for _, row := range rows {
		k, _, err := s.openHeld(ctx, row)
		if err != nil {
			return nil, err
		}
		all = append(all, k)
	}
	slices.SortFunc(all, byName)
	return all, nil
}

// RevokeAPIKey ends a key of an identity, everywhere and at once: keys are read
// anew at each use. It answers fault.NotFound for one that is gone or another's.
func (s *Store) RevokeAPIKey(ctx context.Context, identity, key uuid.UUID) error {
	at := s.locator(identity)
	_, err := postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		tag, err := tx.Exec(ctx, `DELETE FROM api_key WHERE key_id = $1 AND locator = $2`, key, at[:])
		if err != nil {
			return none, fmt.Errorf("keystore: revoke an API key: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return none, fault.New(fault.NotFound)
		}
		return none, countDeed(ctx, tx, deedAPIKeyRevoked)
	})
	return err
}

// resealAPIKeys seals a member's keys under their new secret, in the transaction
// that gives it to them.
func (s *Store) resealAPIKeys(ctx context.Context, tx pgx.Tx, at locator, from, to *sealed.Ring) error {
	rows, err := postgres.Collect[apiKeyRow](tx.Query(ctx, selectAPIKeys+` FOR UPDATE`, at[:]))
	if err != nil {
		return fmt.Errorf("keystore: read API keys: %w", err)
	}
	for _, row := range rows {
		k, err := openAPIKey(from, row)
		if err != nil {
			return err
		}
		box, err := k.seal(to)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `UPDATE api_key SET card = $2 WHERE key_id = $1`, row.KeyID, box); err != nil {
			return fmt.Errorf("keystore: seal an API key anew: %w", err)
		}
	}
	return nil
}
