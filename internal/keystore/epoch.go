package keystore

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/sealed"
)

// ErrKMS says that the KMS at hand doesn't open this keystore: another key, or
// an epoch that was swapped or altered.
var ErrKMS = errors.New("keystore: this KMS key does not open this keystore")

type deploymentRow struct {
	DeploymentID uuid.UUID
	Suite        int32
}

type epochRow struct {
	Number      int32
	KeyID       uuid.UUID
	Fingerprint []byte
	KEK         []byte
	OpenedOn    time.Time
}

// card is the plaintext that the KMS wraps: everything that the row and the
// deployment say about the key, and the key. KMS have no portable way to
// authenticate it beside the plaintext, so it stands inside.
func (e epochRow) card(deployment uuid.UUID, kek [32]byte) []byte {
	card := append(make([]byte, 0, 128), "hamyar/kek/v1\x00"...)
	card = append(card, deployment[:]...)
	card = binary.BigEndian.AppendUint32(card, uint32(e.Number))
	card = append(card, e.KeyID[:]...)
	card = append(card, e.Fingerprint...)
	return append(card, kek[:]...)
}

// fingerprint names a key without telling anything about it.
func fingerprint(kek [32]byte) []byte {
	sum := sha256.Sum256(append([]byte("hamyar/fingerprint/v1\x00"), kek[:]...))
	return sum[:16]
}

func newEpoch(ctx context.Context, keeper *kms.Keeper, deployment uuid.UUID, number int32, today time.Time) (epochRow, [32]byte, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return epochRow{}, [32]byte{}, fmt.Errorf("keystore: name an epoch's key: %w", err)
	}
	kek, err := newSecret()
	if err != nil {
		return epochRow{}, kek, err
	}
	e := epochRow{Number: number, KeyID: id, Fingerprint: fingerprint(kek), OpenedOn: today.UTC()}
	if e.KEK, err = keeper.Wrap(ctx, e.card(deployment, kek)); err != nil {
		return epochRow{}, kek, fmt.Errorf("keystore: the KMS does not wrap: %w", err)
	}
	return e, kek, nil
}

// unwrap returns the epoch's key if everything inside agrees with the row.
func (e epochRow) unwrap(ctx context.Context, keeper *kms.Keeper, deployment uuid.UUID) (kek [32]byte, err error) {
	card, err := keeper.Unwrap(ctx, e.KEK)
	switch {
	case errors.Is(err, kms.ErrUnavailable):
		return kek, fmt.Errorf("keystore: open an epoch: %w", err)
	case err != nil || len(card) < len(kek):
		return kek, ErrKMS
	}
	defer clear(card)
	copy(kek[:], card[len(card)-len(kek):])
	same := subtle.ConstantTimeCompare(card, e.card(deployment, kek)) & subtle.ConstantTimeCompare(e.Fingerprint, fingerprint(kek))
	if same != 1 {
		return [32]byte{}, ErrKMS
	}
	return kek, nil
}

func newSecret() (secret [32]byte, err error) {
	if _, err = rand.Read(secret[:]); err != nil {
		return secret, fmt.Errorf("keystore: make a key: %w", err)
	}
	return secret, nil
}

// wrapped is the row key of a wrap: whose key, which generation, which epoch.
func wrapped(owner []byte, generation, epoch int32) []byte {
	row := append(make([]byte, 0, len(owner)+8), owner...)
	row = binary.BigEndian.AppendUint32(row, uint32(generation))
	return binary.BigEndian.AppendUint32(row, uint32(epoch))
}

// keyRow is one generation of a key, wrapped.
type keyRow struct {
	Generation, Epoch int32
	Secret            []byte
}

// newKey makes one generation of a key, under the newest epoch.
func (s *Store) newKey(purpose string, ownerID []byte, generation int32) (keyRow, error) {
	secret, err := newSecret()
	if err != nil {
		return keyRow{}, err
	}
	return s.epochs.Load().wrap(purpose, ownerID, generation, secret)
}

func (e *epochs) wrap(purpose string, ownerID []byte, generation int32, secret [32]byte) (keyRow, error) {
	box, err := e.kek.Wrap(purpose, wrapped(ownerID, generation, e.newest), secret)
	if err != nil {
		return keyRow{}, fmt.Errorf("keystore: wrap a key (%s): %w", purpose, err)
	}
	return keyRow{generation, e.newest, box}, nil
}

// unwrap learns of an epoch that it doesn't know.
func (s *Store) unwrap(ctx context.Context, purpose string, ownerID []byte, row keyRow) ([32]byte, error) {
	e := s.epochs.Load()
	if !e.kek.Has(row.Secret) {
		if err := s.learnEpochs(ctx); err != nil {
			return [32]byte{}, err
		}
		e = s.epochs.Load()
	}
	secret, err := e.kek.Unwrap(purpose, wrapped(ownerID, row.Generation, row.Epoch), row.Secret)
	if err != nil {
		return secret, fmt.Errorf("keystore: unwrap a key (%s): %w", purpose, err)
	}
	return secret, nil
}

// ring unwraps the generations of one key.
func (s *Store) ring(ctx context.Context, purpose string, ownerID []byte, rows ...keyRow) (*sealed.Ring, error) {
	generations := make(map[uint16][32]byte, len(rows))
	for _, row := range rows {
		secret, err := s.unwrap(ctx, purpose, ownerID, row)
		if err != nil {
			return nil, err
		}
		generations[uint16(row.Generation)] = secret
	}
	ring, err := sealed.NewRing(s.deployment, s.suite, generations)
	if err != nil {
		return nil, fmt.Errorf("keystore: a key (%s): %w", purpose, err)
	}
	return ring, nil
}
