package notice

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Position of a notice among those of its persona.
type Position struct {
	Number int64     `json:"n"`
	ID     uuid.UUID `json:"i"`
}

// Of returns a page of what a persona was told, the newest first. Whoever calls has asked policy whether it is theirs to
// read (authz.NoticeList).
func (d *Desk) Of(ctx context.Context, in, persona uuid.UUID, ask page.Ask[Position]) (page.Page[Notice, Position], error) {
	var none page.Page[Notice, Position]
	order, compare := "DESC", "<"
	if ask.Backward {
		order, compare = "ASC", ">"
	}
	var from Position
	if ask.From != nil {
		from = *ask.From
	}
	var rows []sealedNotice
	err := postgres.Read(ctx, d.db, postgres.Communities(in), postgres.Many(&rows, `SELECT notice_id, persona_id, number, box, sealed_version FROM notice
		WHERE community_id = $1 AND persona_id = $2 AND ($3 OR (number, notice_id) `+compare+` ($4::bigint, $5::uuid))
		ORDER BY number `+order+`, notice_id `+order+` LIMIT $6`, in, persona, ask.From == nil, from.Number, from.ID, ask.Fetch()))
	if err != nil {
		return none, fmt.Errorf("notice: read: %w", err)
	}
	cut := page.Cut(rows, ask, func(r sealedNotice) Position { return Position{r.Number, r.ID} })
	notices, err := d.open(ctx, in, persona, cut.Items)
	return page.With(cut, notices), err
}

// open leaves out what a backup brought back after the key that sealed it was gone.
func (d *Desk) open(ctx context.Context, in, persona uuid.UUID, rows []sealedNotice) ([]Notice, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	owners, boxes := slices.Repeat([]uuid.UUID{persona}, len(rows)), make([][]byte, len(rows))
	for i, row := range rows {
		boxes[i] = row.Box
	}
	rings, err := d.keys.PersonasFor(ctx, owners, boxes)
	if err != nil {
		return nil, err
	}
	notices := make([]Notice, 0, len(rows))
	for i, row := range rows {
		if rings[i] == nil || rings[i].Outlived(row.Box) {
			continue
		}
		one, err := row.open(rings[i], in)
		if err != nil {
			return nil, err
		}
		notices = append(notices, one)
	}
	return notices, nil
}

// eraseAtOnce is how many rows one transaction of an erasure deletes.
const eraseAtOnce = 500

// Erase deletes notices of a persona, some at a time, and says how many: none are left when it has deleted none.
func Erase(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	done, err := tx.Exec(ctx, `DELETE FROM notice WHERE community_id = $1 AND notice_id IN
		(SELECT notice_id FROM notice WHERE community_id = $1 AND persona_id = $2 LIMIT $3)`, in, persona, eraseAtOnce)
	if err != nil {
		return 0, fmt.Errorf("notice: erase: %w", err)
	}
	return int(done.RowsAffected()), nil
}
