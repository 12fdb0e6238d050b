package keystore

import (
	"context"
	"crypto/subtle"
	"encoding/hex"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// heldRow is a key with the secret of its owner, as they are in one moment.
type heldRow struct {
	KeyID               uuid.UUID
	Hash, Card, Locator []byte
	Generation, Epoch   int32
	Secret              []byte
}

const selectHeld = `SELECT key_id, hash, card, locator, generation, epoch, secret FROM api_key JOIN member USING (locator) WHERE `

// APIKey tells which key a text is, and notes that it was used today. It answers
// fault.KeyInvalid, after the same work, for one that is mistyped, unknown,
// revoked or over. Whether its owner may still sign in, the caller asks.
func (s *Store) APIKey(ctx context.Context, text string) (APIKey, error) {
	held, ok := readKeyText(text)
	if !ok {
		return APIKey{}, fault.New(fault.KeyInvalid)
	}
	var row heldRow
	var found bool
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.One(&row, &found, selectHeld+`key_id = $1`, held.id)); err != nil {
		return APIKey{}, fmt.Errorf("keystore: read an API key: %w", err)
	}
	hash := s.keyHash(held)
	if subtle.ConstantTimeCompare(hash[:], row.Hash) != 1 {
		return APIKey{}, fault.New(fault.KeyInvalid)
	}
	k, ring, err := s.openHeld(ctx, row)
	if err != nil {
		return APIKey{}, err
	}
	if k.over(s.clock()) {
		return APIKey{}, fault.New(fault.KeyInvalid)
	}
	return k, s.noteUse(ctx, k, ring, row.Card)
}

func (s *Store) openHeld(ctx context.Context, row heldRow) (APIKey, *sealed.Ring, error) {
	ring, err := s.ring(ctx, memberPurpose, row.Locator, keyRow{row.Generation, row.Epoch, row.Secret})
	if err != nil {
		return APIKey{}, nil, err
	}
	k, err := openAPIKey(ring, apiKeyRow{row.KeyID, row.Card})
	if err == nil && s.locator(k.Owner) != locator(row.Locator) {
		err = errCard // a row that was moved to another member
	}
	return k, ring, err
}

// noteUse writes the day down, once: of many who use a key at once, one does. Who
// comes second, or after the owner's secret was renewed, leaves it as it is.
func (s *Store) noteUse(ctx context.Context, k APIKey, ring *sealed.Ring, before []byte) error {
	today := dayOf(s.clock())
	if !k.UsedOn.Before(today) {
		return nil
	}
	k.UsedOn = today
	after, err := k.seal(ring)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		_, err = tx.Exec(ctx, `UPDATE api_key SET card = $3 WHERE key_id = $1 AND card = $2`, k.ID, before, after)
		return none, err
	})
	if err != nil {
		return fmt.Errorf("keystore: note that an API key was used: %w", err)
	}
	return nil
}

func (s *Store) keyHash(k keyText) [32]byte { return s.locate.MAC("api_key", []byte(k.text)) }

func (s *Store) checkAPIKeys() check {
	return check{
		"api_key", `SELECT encode(locator, 'hex') AS kind, uuid_send(key_id) AS owner, generation, epoch, 0 AS version, secret, card AS box
			FROM api_key JOIN member USING (locator) WHERE key_id > $1 ORDER BY key_id LIMIT $2`,
		func(after verified) []any { return []any{uuid.UUID(after.Owner)} },
		func(ctx context.Context, row verified) error {
			at, err := hex.DecodeString(row.Kind)
			if err != nil {
				return errCard
			}
			_, _, err = s.openHeld(ctx, heldRow{
				KeyID: uuid.UUID(row.Owner), Card: row.Box, Locator: at, Generation: row.Generation, Epoch: row.Epoch, Secret: row.Secret,
			})
			return err
		},
	}
}
