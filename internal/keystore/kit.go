package keystore

import (
	"bytes"
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
)

// A recovery kit is for operators who lose their KMS: the keys of the epochs
// there are, in the open, in one age file. It opens this keystore and every
// backup of it that is not older than its oldest epoch, so it is kept as the KMS
// itself is, and an old one is destroyed with the epochs in it.

// None of these errors tells what is in a kit.
var (
	// ErrKit: the file is whole, and of another keystore or of other epochs.
	ErrKit = errors.New("keystore: this recovery kit does not fit this keystore")

	errNobody    = errors.New("keystore: name at least one recipient for the recovery kit")
	errKitClosed = errors.New("keystore: this recovery kit opens for other people, or for more of them together")
	errKitForm   = errors.New("keystore: this is not a whole recovery kit")
)

const (
	kitFormat = "hamyar/kit/v1"
	kitLimit  = 16 << 20 // as many epochs as there can be
)

type kit struct {
	Format     string
	Deployment uuid.UUID
	Epochs     []kitEpoch
}

type kitEpoch struct {
	Number      int32
	KeyID       uuid.UUID
	Fingerprint []byte
	Key         []byte
}

// forget wipes the keys.
func (k *kit) forget() {
	for _, e := range k.Epochs {
		clear(e.Key)
	}
}

// ExportKit writes the keys of all epochs, as they are in the database now, for
// these people, of whom each opens the kit alone; kms.Shares stand for several
// who open it together.
func (s *Store) ExportKit(ctx context.Context, w io.Writer, recipients []age.Recipient) error {
	if len(recipients) == 0 {
		return errNobody
	}
	if err := s.noteAlone(ctx, deedKitExported); err != nil { // first: there is no kit that nobody knows of
		return err
	}
	all, err := s.packKit(ctx)
	defer all.forget()
	if err != nil {
		return err
	}
	text, err := json.Marshal(all)
	defer clear(text)
	if err != nil {
		return errKitForm
	}
	file, err := age.Encrypt(w, recipients...)
	if err != nil {
		return fmt.Errorf("keystore: seal the recovery kit: %w", err)
	}
	if _, err := file.Write(text); err != nil {
		return fmt.Errorf("keystore: write the recovery kit: %w", err)
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("keystore: write the recovery kit: %w", err)
	}
	return nil
}

func (s *Store) packKit(ctx context.Context) (all kit, err error) {
	all = kit{Format: kitFormat, Deployment: s.deployment}
	var rows []epochRow
	if err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&rows, selectEpochs)); err != nil {
		return all, fmt.Errorf("keystore: read the epochs: %w", err)
	}
	keeper, err := kms.Open(ctx, s.kms.Load().url)
	if err != nil {
		return all, err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	for _, row := range rows {
		kek, err := row.unwrap(ctx, keeper, s.deployment)
		if err != nil {
			return all, err
		}
		all.Epochs = append(all.Epochs, kitEpoch{row.Number, row.KeyID, row.Fingerprint, bytes.Clone(kek[:])})
		clear(kek[:])
	}
	return all, nil
}

// RestoreKit wraps the keys of a kit with a new KMS and puts them in the place of
// those that the lost one had wrapped, all or none. It changes nothing unless the
// kit has the key of every epoch in the database, by deployment, number, id and
// fingerprint; epochs of the kit that were destroyed since stay destroyed.
func RestoreKit(ctx context.Context, db *postgres.DB, file io.Reader, identities []age.Identity, kmsURL string) error {
	all, err := readKit(file, identities)
	defer all.forget()
	if err != nil {
		return err
	}
	keeper, err := kms.Open(ctx, kmsURL)
	if err != nil {
		return err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	_, err = postgres.InTx(ctx, db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if err := all.restore(ctx, tx, keeper); err != nil {
			return none, err
		}
		return none, noteDeed(ctx, tx, deedKitRestored, 1, 0)
	})
	return err
}

func readKit(file io.Reader, identities []age.Identity) (all kit, err error) {
	if len(identities) == 0 {
		return all, errKitClosed
	}
	r, err := age.Decrypt(file, identities...)
	if err != nil {
		return all, errKitClosed
	}
	text, err := io.ReadAll(io.LimitReader(r, kitLimit))
	defer clear(text)
	if err != nil {
		return all, errKitForm
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&all); err != nil || all.Format != kitFormat || decoder.More() {
		return all, errKitForm
	}
	return all, nil
}

func (k *kit) restore(ctx context.Context, tx pgx.Tx, keeper *kms.Keeper) error {
	if _, err := tx.Exec(ctx, `LOCK TABLE epoch IN SHARE ROW EXCLUSIVE MODE`); err != nil { // no epoch comes or goes meanwhile
		return fmt.Errorf("keystore: hold the epochs: %w", err)
	}
	deployment, found, err := postgres.First[deploymentRow](tx.Query(ctx, `SELECT deployment_id, suite FROM deployment`))
	switch {
	case err != nil:
		return fmt.Errorf("keystore: read the deployment: %w", err)
	case !found:
		return ErrEmpty
	case deployment.DeploymentID != k.Deployment:
		return ErrKit
	}
	rows, err := postgres.Collect[epochRow](tx.Query(ctx, selectEpochs))
	if err != nil {
		return fmt.Errorf("keystore: read the epochs: %w", err)
	}
	for _, row := range rows {
		if err := k.rewrap(ctx, tx, keeper, row); err != nil {
			return err
		}
	}
	return nil
}

func (k *kit) rewrap(ctx context.Context, tx pgx.Tx, keeper *kms.Keeper, row epochRow) error {
	kek, ok := k.key(row)
	if !ok {
		return ErrKit
	}
	defer clear(kek[:])
	box, err := keeper.Wrap(ctx, row.card(k.Deployment, kek))
	if err != nil {
		return fmt.Errorf("keystore: the KMS does not wrap: %w", err)
	}
	row.KEK = box
	if _, err := row.unwrap(ctx, keeper, k.Deployment); err != nil {
		return fmt.Errorf("keystore: the KMS does not unwrap what it wrapped: %w", err)
	}
	done, err := tx.Exec(ctx, `UPDATE epoch SET kek = $2 WHERE number = $1`, row.Number, row.KEK)
	if err != nil || done.RowsAffected() != 1 {
		return fmt.Errorf("keystore: update an epoch: %w", errors.Join(err, ctx.Err()))
	}
	return nil
}

// key is what the kit has for an epoch, if everything that both say agrees.
func (k *kit) key(row epochRow) (kek [32]byte, ok bool) {
	for _, e := range k.Epochs {
		if e.Number != row.Number || e.KeyID != row.KeyID || len(e.Key) != len(kek) {
			continue
		}
		copy(kek[:], e.Key)
		same := subtle.ConstantTimeCompare(e.Fingerprint, row.Fingerprint) & subtle.ConstantTimeCompare(row.Fingerprint, fingerprint(kek))
		return kek, same == 1
	}
	return kek, false
}
