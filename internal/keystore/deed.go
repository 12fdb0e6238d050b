package keystore

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres"
)

// What is done upon keys is written down in the transaction that does it, for
// the audit log, which is in another database. No deed names a member or a
// persona, and deeds of one kind are counted together, so that none of them
// marks when somebody came or went.
const (
	deedMade           = "keys.made"
	deedEpochOpened    = "keys.epoch_opened" // its number is the epoch's
	deedEpochsMoved    = "keys.epochs_moved" // to another KMS
	deedEpochDestroyed = "keys.epoch_destroyed"
	deedRewrapped      = "keys.rewrapped"
	deedPersonaRenewed = "keys.persona_renewed"
	deedPersonaRetired = "keys.persona_retired"
	deedPersonaErased  = "keys.persona_erased"
	deedSharedRenewed  = "keys.shared_renewed"
	deedSharedRetired  = "keys.shared_retired"
	deedMemberRenewed  = "keys.member_renewed"
	deedMemberErased   = "keys.member_erased"
	deedUnmaskAsked    = "keys.unmask_asked"
	deedUnmaskApproved = "keys.unmask_approved"
	deedGrantAsked     = "keys.grant_asked"
	deedGrantApproved  = "keys.grant_approved"
	deedGrantEnded     = "keys.grant_ended"
	deedKitExported    = "keys.kit_exported"
	deedKitRestored    = "keys.kit_restored"
	deedStaffChanged   = "staff.changed"        // a role of the installation was given or taken
	deedEverythingRead = "keys.everything_read" // opened to see that it opens, and shown to nobody
	deedAPIKeyMade     = "keys.api_key_made"
	deedAPIKeyRevoked  = "keys.api_key_revoked"
	deedsAtOnce        = 1000
)

// Deed is something that was done upon keys, so many times; zero is no epoch in
// particular.
type Deed struct {
	ID     uuid.UUID `db:"event_id"`
	Action string
	Times  int32
	Epoch  int32
}

// noteDeed writes down a deed by itself.
func noteDeed(ctx context.Context, tx pgx.Tx, action string, times, epoch int32) error {
	_, err := tx.Exec(ctx, `INSERT INTO audit_outbox (event_id, action, times, epoch, counted) VALUES (gen_random_uuid(), $1, $2, $3, false)`, action, times, epoch)
	if err != nil {
		return fmt.Errorf("keystore: note what was done: %w", err)
	}
	return nil
}

// countDeed counts one more deed of its kind. It comes last in a transaction,
// but for the news: whoever counts the same waits until it ends.
func countDeed(ctx context.Context, tx pgx.Tx, action string) error {
	_, err := tx.Exec(ctx, `INSERT INTO audit_outbox AS o (event_id, action, times, epoch, counted) VALUES (gen_random_uuid(), $1, 1, 0, true)
		ON CONFLICT (action) WHERE counted AND NOT taken DO UPDATE SET times = o.times + 1`, action)
	if err != nil {
		return fmt.Errorf("keystore: note what was done: %w", err)
	}
	return nil
}

// noteAlone writes down a deed that changes nothing in this database.
func (s *Store) noteAlone(ctx context.Context, action string) error {
	_, err := postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		return none, countDeed(ctx, tx, action)
	})
	return err
}

// TakeDeeds returns what the audit log is to have, and counts no further what it
// returned. It returns the same again until DropDeeds. A deed is named when it is
// taken: one that a backup brings back untaken, though the log has it, counts
// once more with what was done since, and nothing is lost. Erased keys of segments
// wait for another deed: they follow upon what members take back, and by themselves
// would mark when.
func (s *Store) TakeDeeds(ctx context.Context) ([]Deed, error) {
	var waiting []struct{ Some bool }
	err := postgres.Read(ctx, s.db, postgres.Unscoped, postgres.Many(&waiting, `SELECT true AS some FROM audit_outbox WHERE taken OR action <> $1 LIMIT 1`, deedSharedErased))
	if err != nil {
		return nil, fmt.Errorf("keystore: read what was done: %w", err)
	}
	if len(waiting) == 0 {
		return nil, nil
	}
	return postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) ([]Deed, error) {
		if _, err := tx.Exec(ctx, `WITH untaken AS (DELETE FROM audit_outbox WHERE NOT taken RETURNING action, times, epoch, counted)
			INSERT INTO audit_outbox (event_id, action, times, epoch, counted, taken)
			SELECT gen_random_uuid(), action, times, epoch, counted, true FROM untaken`); err != nil {
			return nil, fmt.Errorf("keystore: take over what was done: %w", err)
		}
		deeds, err := postgres.Collect[Deed](tx.Query(ctx, `SELECT event_id, action, times, epoch FROM audit_outbox WHERE taken ORDER BY event_id LIMIT $1`, deedsAtOnce))
		if err != nil {
			return nil, fmt.Errorf("keystore: read what was done: %w", err)
		}
		return deeds, nil
	})
}

// DropDeeds forgets deeds that the audit log has.
func (s *Store) DropDeeds(ctx context.Context, deeds []Deed) error {
	ids := make([]uuid.UUID, 0, len(deeds))
	for _, d := range deeds {
		ids = append(ids, d.ID)
	}
	_, err := postgres.InTx(ctx, s.db, postgres.Unscoped, func(tx pgx.Tx) (none struct{}, err error) {
		if _, err := tx.Exec(ctx, `DELETE FROM audit_outbox WHERE event_id = ANY ($1) AND taken`, ids); err != nil {
			return none, fmt.Errorf("keystore: forget what the log has: %w", err)
		}
		return none, nil
	})
	return err
}
