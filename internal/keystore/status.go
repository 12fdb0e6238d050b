package keystore

import (
	"context"
	"fmt"
	"time"

	"github.com/hamyar/hamyar/internal/postgres"
)

// Status counts what the keystore holds. It tells of nobody.
type Status struct {
	Epochs      []Epoch // oldest first; more than one while a rollover isn't over
	Members     int
	Personas    int
	Pending     int // of the personas, those that a join has not yet completed
	Dirty       int // those whose key is to be renewed before the epoch ends
	Renewing    int // those with more than one generation
	Generations int // of the keys of all personas
}

// Epoch counts the keys that an epoch wraps, and its age.
type Epoch struct {
	Number int32
	Keys   int
	Days   int
}

// Status needs no key and no KMS.
func (s *Store) Status(ctx context.Context) (Status, error) {
	var epochs []struct {
		Number   int32
		OpenedOn time.Time
		Keys     int
	}
	var count struct{ Members, Personas, Pending, Dirty, Renewing, Generations int }
	var found bool
	err := postgres.Read(ctx, s.db, postgres.Unscoped,
		postgres.Many(&epochs, `SELECT number, opened_on,
			(SELECT count(*) FROM root_key WHERE epoch = number) + (SELECT count(*) FROM member WHERE epoch = number) +
			(SELECT count(*) FROM persona_key WHERE epoch = number) + (SELECT count(*) FROM shared_key WHERE epoch = number) AS keys
			FROM epoch ORDER BY number`),
		postgres.One(&count, &found, `SELECT (SELECT count(locator) FROM member) AS members, count(persona_id) AS personas,
			count(pending_since) AS pending, count(*) FILTER (WHERE dirty) AS dirty,
			(SELECT count(*) FROM (SELECT FROM persona_key GROUP BY persona_id HAVING count(*) > 1) AS many) AS renewing,
			(SELECT count(*) FROM persona_key) AS generations FROM persona`))
	if err != nil {
		return Status{}, fmt.Errorf("keystore: count: %w", err)
	}
	status := Status{
		Members: count.Members, Personas: count.Personas, Pending: count.Pending,
		Dirty: count.Dirty, Renewing: count.Renewing, Generations: count.Generations,
	}
	for _, e := range epochs {
		status.Epochs = append(status.Epochs, Epoch{e.Number, e.Keys, int(s.clock().Sub(e.OpenedOn) / (24 * time.Hour))})
	}
	return status, nil
}
