package keystore

import (
	"context"
	"crypto/subtle"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres"
)

const recoverySecrets = 10

// NewRecoverySecrets makes ten secrets that each let the identity back in once,
// and ends earlier ones. They are printed for the member and kept only as
// Argon2id hashes: nobody sees them again.
func (s *Store) NewRecoverySecrets(ctx context.Context, identity uuid.UUID) ([]string, error) {
	printed, hashes, err := s.makeCodes(ctx)
	if err != nil {
		return nil, err
	}
	at := s.locator(identity)
	return inTx(ctx, s, func(tx pgx.Tx) ([]string, error) {
		if err := s.insertMember(ctx, tx, at); err != nil {
			return nil, err
		}
		if _, err := s.lockMember(ctx, tx, at); err != nil {
			return nil, err
		}
		if _, err := tx.Exec(ctx, `DELETE FROM recovery_secret WHERE locator = $1`, at[:]); err != nil {
			return nil, fmt.Errorf("keystore: end recovery secrets: %w", err)
		}
		_, err := tx.Exec(ctx, `INSERT INTO recovery_secret (locator, number, hash)
			SELECT $1, number, hash FROM unnest($2::text[]) WITH ORDINALITY AS made (hash, number)`, at[:], hashes)
		if err != nil {
			return nil, fmt.Errorf("keystore: insert recovery secrets: %w", err)
		}
		return printed, nil
	})
}

func (s *Store) makeCodes(ctx context.Context) (printed, hashes []string, err error) {
	for number := int32(1); number <= recoverySecrets; number++ {
		c, err := newCode(number)
		if err != nil {
			return nil, nil, err
		}
		cost, err := newCost()
		if err != nil {
			return nil, nil, err
		}
		hash, err := s.hash(ctx, c.text, cost)
		if err != nil {
			return nil, nil, err
		}
		printed, hashes = append(printed, c.print()), append(hashes, hash)
	}
	return printed, hashes, nil
}

// RedeemRecoverySecret tells whether the secret is one of the identity's, and
// ends it if so: of two who redeem it at once, one succeeds. The work is the
// same for an identity, a number or a secret that doesn't exist. Callers
// throttle.
func (s *Store) RedeemRecoverySecret(ctx context.Context, identity uuid.UUID, secret string) (bool, error) {
	typed, _ := parseCode(secret) // what doesn't parse has number 0, which no row has
	at := s.locator(identity)
	var row struct{ Hash string }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped,
		postgres.One(&row, &found, `SELECT hash FROM recovery_secret WHERE locator = $1 AND number = $2`, at[:], typed.number))
	if err != nil {
		return false, fmt.Errorf("keystore: read a recovery secret: %w", err)
	}
	hash, err := s.hash(ctx, typed.text, costOf(row.Hash))
	if err != nil {
		return false, err
	}
	if subtle.ConstantTimeCompare([]byte(hash), []byte(row.Hash)) != 1 {
		return false, nil
	}
	return s.spend(ctx, at, typed.number, row.Hash)
}

func (s *Store) spend(ctx context.Context, at locator, number int32, hash string) (bool, error) {
	return postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (bool, error) {
		done, err := tx.Exec(ctx, `DELETE FROM recovery_secret WHERE locator = $1 AND number = $2 AND hash = $3`, at[:], number, hash)
		if err != nil {
			return false, fmt.Errorf("keystore: spend a recovery secret: %w", err)
		}
		return done.RowsAffected() == 1, nil
	})
}

// RecoverySecretsLeft counts the secrets that the identity hasn't used.
func (s *Store) RecoverySecretsLeft(ctx context.Context, identity uuid.UUID) (int, error) {
	at := s.locator(identity)
	var row struct{ Remaining int }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped,
		postgres.One(&row, &found, `SELECT count(*) AS remaining FROM recovery_secret WHERE locator = $1`, at[:]))
	if err != nil {
		return 0, fmt.Errorf("keystore: count recovery secrets: %w", err)
	}
	return row.Remaining, nil
}
