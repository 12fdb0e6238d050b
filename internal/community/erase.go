package community

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/postgres"
)

// afterAll is a generation that no key reaches: a persona that takes words since then takes none.
const afterAll = 65536

// Erase takes the name of a persona away and leaves its id, which the order of a conversation needs; nothing is written
// under it from then on, whoever holds its key. It waits for whoever is writing in the community just now, and can be
// repeated.
func (d *Directory) Erase(ctx context.Context, in, persona uuid.UUID) error {
	defer d.names.Evict(persona)
	_, err := postgres.InTx(ctx, d.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		if err := Take(ctx, tx, in); err != nil {
			return struct{}{}, err
		}
		_, err := tx.Exec(ctx, `WITH
				found AS (SELECT state FROM persona WHERE community_id = $1 AND persona_id = $2 AND state <> 'erased' FOR UPDATE),
				gone AS (UPDATE persona SET state = 'erased', role = 'member', name = NULL, name_mac = NULL, rules_accepted = 0, joined_on = 'epoch',
					sealed_since = $3, version = version + 1
					WHERE community_id = $1 AND persona_id = $2 AND state <> 'erased')
			UPDATE community_tally SET members = members - (SELECT count(*) FROM found WHERE state = 'active') WHERE community_id = $1`, in, persona, afterAll)
		if err != nil {
			return struct{}{}, fmt.Errorf("community: erase: %w", err)
		}
		return struct{}{}, nil
	})
	return err
}

// Erased tells of which personas of a community nothing is left but the id.
func (d *Directory) Erased(ctx context.Context, in, persona uuid.UUID) (bool, error) {
	var row struct{ State string }
	var found bool
	err := postgres.Read(ctx, d.db, postgres.Communities(in), postgres.One(&row, &found,
		`SELECT state FROM persona WHERE community_id = $1 AND persona_id = $2`, in, persona))
	return found && row.State == "erased", err
}
