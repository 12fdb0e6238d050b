package community

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
)

// abandonedAfter is far beyond joinTimeout: a pending key of that age belongs to a joining that died.
const abandonedAfter = 30 * joinTimeout

// Reconcile completes or deletes what a crash in the middle of joining left, and says how many of each.
func (d *Directory) Reconcile(ctx context.Context) (completed, deleted int, err error) {
	pending, err := d.keys.PendingPersonas(ctx, d.clock().Add(-abandonedAfter), 1000)
	if err != nil {
		return 0, 0, err
	}
	var failed []error
	for _, p := range pending {
		entered, err := d.entered(ctx, p)
		switch {
		case err != nil:
		case entered:
			err = d.keys.CompletePersona(ctx, p.Identity, p.Community, p.Persona)
			completed++
		default:
			err = d.keys.AbandonPersona(ctx, p)
			deleted++
		}
		if err != nil {
			failed = append(failed, err)
		}
	}
	return completed, deleted, errors.Join(failed...)
}

func (d *Directory) entered(ctx context.Context, p keystore.Pending) (bool, error) {
	var row struct {
		ID uuid.UUID `db:"persona_id"`
	}
	var found bool
	err := postgres.Read(ctx, d.db, postgres.Communities(p.Community), postgres.One(&row, &found,
		`SELECT persona_id FROM persona WHERE community_id = $1 AND persona_id = $2`, p.Community, p.Persona))
	return found, err
}
