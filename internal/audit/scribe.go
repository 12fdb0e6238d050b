package audit

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"golang.org/x/mod/sumdb/note"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
)

// ErrRewritten says that the tree in the database is not the one that was signed: somebody took from it, put into it or
// changed it. Nothing is added to it until it is put right.
var ErrRewritten = errors.New("audit: the log in the database is not the one that was signed")

const (
	batch   = 1000
	oneHand = 0x68616d79_61756469 // the lock that the one who writes the tree holds
)

// Scribe takes what was recorded into the tree and signs it. Any number may be at work, one at a time.
type Scribe struct {
	forum    *postgres.DB
	keys     *keystore.Store
	clock    func() time.Time
	origin   string
	signer   note.Signer
	verifier note.Verifier
	key      string

	crash func(step string) error // tests stop the scribe at a step, as a crash would; nil in the program
}

// Origin is the name of the log of a deployment.
func Origin(deployment uuid.UUID) string { return "hamyar/audit/" + deployment.String() }

// NewScribe signs with a key that is derived from the audit key of the keystore.
func NewScribe(forum *postgres.DB, keys *keystore.Store, clock func() time.Time) (*Scribe, error) {
	s := &Scribe{forum: forum, keys: keys, clock: clock, origin: Origin(keys.Deployment())}
	var err error
	if s.signer, s.key, err = tree.NewSigner(keys.AuditRing().MAC("hamyar/audit/sign/v1"), s.origin); err != nil {
		return nil, fmt.Errorf("audit: signing key: %w", err)
	}
	if s.verifier, err = tree.NewVerifier(s.key); err != nil {
		return nil, fmt.Errorf("audit: verifier key: %w", err)
	}
	return s, nil
}

// Key is the verifier key of the log, for whoever checks it.
func (s *Scribe) Key() string { return s.key }

// Seal takes everything that waits, here and in the keystore, into the tree, signs it, and says how much it was. A crash
// at any point leaves a whole tree, and what still waits is taken the next time.
func (s *Scribe) Seal(ctx context.Context) (sealed int, err error) {
	for {
		deeds, err := s.keys.TakeDeeds(ctx)
		if err != nil {
			return sealed, err
		}
		if err := s.at("taken"); err != nil {
			return sealed, err
		}
		n, err := s.sealBatch(ctx, deeds)
		if err != nil {
			return sealed, err
		}
		sealed += n
		if err := s.at("committed"); err != nil {
			return sealed, err
		}
		if len(deeds) > 0 {
			if err := s.keys.DropDeeds(ctx, deeds); err != nil {
				return sealed, err
			}
		}
		if n < batch && len(deeds) == 0 {
			return sealed, nil
		}
	}
}

// sealBatch is one transaction: what waits leaves the outbox, enters the tree and is signed, or nothing of it.
func (s *Scribe) sealBatch(ctx context.Context, deeds []keystore.Deed) (int, error) {
	if len(deeds) == 0 {
		if waits, err := s.waits(ctx); err != nil || !waits {
			return 0, err
		}
	}
	return postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (int, error) {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(oneHand)); err != nil {
			return 0, fmt.Errorf("audit: wait for the one who writes: %w", err)
		}
		if err := s.recordDeeds(ctx, tx, deeds); err != nil {
			return 0, err
		}
		return s.grow(ctx, tx)
	})
}

func (s *Scribe) waits(ctx context.Context) (waits bool, err error) {
	var none struct{ Event uuid.UUID }
	err = postgres.Read(ctx, s.forum, postgres.Unscoped, postgres.One(&none, &waits, `SELECT event_id AS event FROM audit_pending LIMIT 1`))
	if err != nil {
		return false, fmt.Errorf("audit: look for what waits: %w", err)
	}
	return waits, nil
}

// recordDeeds writes down what was done upon keys, unless a run that was stopped has done so already.
func (s *Scribe) recordDeeds(ctx context.Context, tx pgx.Tx, deeds []keystore.Deed) error {
	ids := make([]uuid.UUID, 0, len(deeds))
	for _, d := range deeds {
		ids = append(ids, d.ID)
	}
	known := map[uuid.UUID]bool{}
	rows, err := postgres.Collect[struct{ ID uuid.UUID }](tx.Query(ctx, `SELECT event_id AS id FROM audit_leaf WHERE event_id = ANY ($1)
		UNION ALL SELECT event_id FROM audit_pending WHERE event_id = ANY ($1)`, ids))
	if err != nil {
		return fmt.Errorf("audit: look for what is recorded: %w", err)
	}
	for _, row := range rows {
		known[row.ID] = true
	}
	for _, d := range deeds {
		if known[d.ID] {
			continue
		}
		if err := record(ctx, tx, tree.Event{ID: d.ID, Day: s.clock(), Action: d.Action, Version: d.Epoch, Count: int64(d.Times)}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Scribe) at(step string) error {
	if s.crash == nil {
		return nil
	}
	return s.crash(step)
}
