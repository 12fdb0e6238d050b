package keystore

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// ErrEmpty says that the keystore has no keys yet; Init makes them.
var ErrEmpty = errors.New("keystore: no keys yet")

// rootPurposes are the keys of the installation itself, and what Init makes.
var rootPurposes = []string{"locate", "ban", "audit", "route", "rate"}

// Init makes the deployment, its first epoch and its root keys, all or none of
// them. Where they exist it changes nothing and answers fault.AlreadyExists.
func Init(ctx context.Context, db *postgres.DB, kmsURL string, clock func() time.Time) error {
	keeper, err := kms.Open(ctx, kmsURL)
	if err != nil {
		return err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	deployment, err := uuid.NewRandom()
	if err != nil {
		return fmt.Errorf("keystore: name the deployment: %w", err)
	}
	first, kek, err := newEpoch(ctx, keeper, deployment, 1, clock())
	if err != nil {
		return err
	}
	ring, err := sealed.NewRing(deployment, sealed.XChaCha20Poly1305, map[uint16][32]byte{1: kek})
	if err != nil {
		return fmt.Errorf("keystore: the first epoch: %w", err)
	}
	_, err = postgres.InTx(ctx, db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		return none, insertFirst(ctx, tx, deployment, first, ring)
	})
	return once.Fault(err)
}

var once = postgres.Constraints{"deployment_primary": fault.AlreadyExists}

func insertFirst(ctx context.Context, tx pgx.Tx, deployment uuid.UUID, first epochRow, kek *sealed.Ring) error {
	if _, err := tx.Exec(ctx, `INSERT INTO deployment (deployment_id, suite) VALUES ($1, $2)`, deployment, int32(sealed.XChaCha20Poly1305)); err != nil {
		return fmt.Errorf("keystore: insert the deployment: %w", err)
	}
	if err := first.insert(ctx, tx); err != nil {
		return err
	}
	if err := noteDeed(ctx, tx, deedMade, 1, first.Number); err != nil {
		return err
	}
	for _, purpose := range rootPurposes {
		secret, err := newSecret()
		if err != nil {
			return err
		}
		box, err := kek.Wrap(rootPurpose(purpose), wrapped([]byte(purpose), 1, first.Number), secret)
		if err != nil {
			return fmt.Errorf("keystore: wrap a root key: %w", err)
		}
		if _, err := tx.Exec(ctx, `INSERT INTO root_key (purpose, generation, epoch, secret) VALUES ($1, 1, $2, $3)`, purpose, first.Number, box); err != nil {
			return fmt.Errorf("keystore: insert a root key: %w", err)
		}
	}
	return nil
}

func rootPurpose(purpose string) string { return "root/" + purpose }

type rootRow struct {
	Purpose           string
	Generation, Epoch int32
	Secret            []byte
}

// Open unwraps the keys of all epochs through the KMS, once, and the root keys
// under them. If any of it doesn't open, nothing does: ErrEmpty where there is
// nothing yet, ErrKMS where the KMS isn't the right one.
func Open(ctx context.Context, db *postgres.DB, kmsURL string, clock func() time.Time) (*Store, error) {
	keeper, err := kms.Open(ctx, kmsURL)
	if err != nil {
		return nil, err
	}
	defer keeper.Close() //nolint:errcheck // nothing is pending in a keeper
	var deployment deploymentRow
	var found bool
	var rows []epochRow
	var roots []rootRow
	err = postgres.Read(ctx, db, postgres.Unscoped,
		postgres.One(&deployment, &found, `SELECT deployment_id, suite FROM deployment`),
		postgres.Many(&rows, selectEpochs),
		postgres.Many(&roots, `SELECT purpose, generation, epoch, secret FROM root_key`))
	switch {
	case err != nil:
		return nil, fmt.Errorf("keystore: read the roots: %w", err)
	case !found:
		return nil, ErrEmpty
	}
	s := newStore(db, kmsURL, clock, deployment)
	opened, err := s.openEpochs(ctx, keeper, rows)
	if err != nil {
		return nil, err
	}
	s.epochs.Store(opened)
	if err := s.openRoots(ctx, roots); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Store) openRoots(ctx context.Context, rows []rootRow) error {
	byPurpose := map[string][]keyRow{}
	for _, row := range rows {
		byPurpose[row.Purpose] = append(byPurpose[row.Purpose], keyRow{row.Generation, row.Epoch, row.Secret})
	}
	rings := make(map[string]*sealed.Ring, len(rootPurposes))
	for _, purpose := range slices.Sorted(maps.Keys(byPurpose)) {
		ring, err := s.ring(ctx, rootPurpose(purpose), []byte(purpose), byPurpose[purpose]...)
		if err != nil {
			return err
		}
		rings[purpose] = ring
	}
	for _, purpose := range rootPurposes {
		if rings[purpose] == nil {
			return fmt.Errorf("keystore: the root key for %s is missing", purpose)
		}
	}
	s.locate, s.route, s.rate, s.audit = rings["locate"], rings["route"], rings["rate"], rings["audit"]
	return nil
}
