package audit

import (
	"context"
	"fmt"

	"github.com/hamyar/hamyar/internal/postgres"
)

// Status counts what there is and what waits.
type Status struct {
	Counts
	Seen []Seen
}

// Counts are of rows.
type Counts struct {
	Size    int64 // leaves in the tree
	Pending int64 // recorded, and not in the tree yet
	Signed  int64 // size of the newest checkpoint
}

// Seen is how far a witness has seen the log.
type Seen struct {
	Witness string
	Size    int64
}

// Status is for whoever runs the installation; it is of counts alone.
func (s *Scribe) Status(ctx context.Context) (Status, error) {
	var all Status
	var found bool
	err := postgres.Read(ctx, s.forum, postgres.Unscoped,
		postgres.One(&all.Counts, &found, `SELECT (SELECT coalesce(max(number), -1) + 1 FROM audit_leaf) AS size, (SELECT count(*) FROM audit_pending) AS pending,
			(SELECT coalesce(max(size), 0) FROM audit_checkpoint) AS signed`),
		postgres.Many(&all.Seen, `SELECT witness, max(size) AS size FROM audit_cosignature GROUP BY witness ORDER BY witness`))
	if err != nil {
		return Status{}, fmt.Errorf("audit: count: %w", err)
	}
	return all, nil
}
