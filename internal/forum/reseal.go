package forum

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// words is a sealed column of what a persona wrote.
type words struct {
	table, id, column string
	place             func(community, row, persona uuid.UUID, version int32) sealed.Place
}

var allWords = []words{
	{"post", "post_id", "body", bodyPlace},
	{"topic", "topic_id", "title", titlePlace},
}

type sealedRow struct {
	ID      uuid.UUID `db:"row_id"`
	Box     []byte
	Version int32 `db:"sealed_version"`
}

// Reseal opens what a persona sealed under generations of its key before below, and seals it under the newest, so many
// rows at most in one transaction. When it has done none, there are none left. Rows that somebody else is changing come
// last, one by one; what a reader knows of a row, its version, stays.
//
// New words must have been kept from the old generations before (community.Directory.ResealNames).
func (b *Board) Reseal(ctx context.Context, in, persona uuid.UUID, below uint16, limit int) (done int, err error) {
	ring, err := b.keys.Persona(ctx, persona)
	if fault.CodeOf(err) == fault.NotFound {
		return 0, nil // erased: there is nothing to open it with
	}
	if err != nil {
		return 0, err
	}
	old := generations(ring, below)
	if due, err := b.due(ctx, in, persona, old); err != nil || !due {
		return 0, err
	}
	for _, w := range allWords {
		for _, how := range []struct {
			lock  string
			limit int
		}{{" SKIP LOCKED", limit}, {"", 1}} {
			done, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (int, error) {
				rows, err := w.lock(ctx, tx, in, persona, old, how.limit, how.lock)
				if err != nil || len(rows) == 0 {
					return 0, err
				}
				return w.reseal(ctx, tx, ring, in, persona, rows)
			})
			if done > 0 || err != nil {
				return done, err
			}
		}
	}
	return 0, nil
}

// generations of a ring before below, as they stand in a box. What a backup brought back under one that is gone must not
// stand in the way of the others.
func generations(ring *sealed.Ring, below uint16) (old [][]byte) {
	for _, g := range ring.Generations() {
		if g < below {
			old = append(old, binary.BigEndian.AppendUint16(nil, g))
		}
	}
	return old
}

// due tells in one round trip whether anything is to be done, which for most there isn't the second time.
func (b *Board) due(ctx context.Context, in, persona uuid.UUID, old [][]byte) (bool, error) {
	var row struct{ Due bool }
	var found bool
	err := postgres.Read(ctx, b.db, postgres.Communities(in), postgres.One(&row, &found, `SELECT
		EXISTS (SELECT FROM post WHERE community_id = $1 AND persona_id = $2 AND substring(body FROM 3 FOR 2) = ANY ($3)) OR
		EXISTS (SELECT FROM topic WHERE community_id = $1 AND persona_id = $2 AND substring(title FROM 3 FOR 2) = ANY ($3)) AS due`,
		in, persona, old))
	return row.Due, err
}

// lock finds rows by the generation that stands in the box, which reads four bytes of each. One that waits holds a single
// row, so that it can't wait for somebody who waits for it.
func (w words) lock(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID, old [][]byte, limit int, waiting string) ([]sealedRow, error) {
	rows, err := postgres.Collect[sealedRow](tx.Query(ctx, `SELECT `+w.id+` AS row_id, `+w.column+` AS box, sealed_version FROM `+w.table+`
		WHERE community_id = $1 AND persona_id = $2 AND substring(`+w.column+` FROM 3 FOR 2) = ANY ($3) LIMIT $4 FOR NO KEY UPDATE`+waiting,
		in, persona, old, limit))
	if err != nil {
		return nil, fmt.Errorf("forum: reseal: %w", err)
	}
	return rows, nil
}

func (w words) reseal(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, in, persona uuid.UUID, rows []sealedRow) (int, error) {
	ids, boxes, versions := make([]uuid.UUID, len(rows)), make([][]byte, len(rows)), make([]int32, len(rows))
	for i, row := range rows {
		box, err := ring.Reseal(w.place(in, row.ID, persona, row.Version), w.place(in, row.ID, persona, row.Version+1), row.Box)
		if err != nil {
			return 0, fmt.Errorf("forum: reseal words: %w", err)
		}
		ids[i], boxes[i], versions[i] = row.ID, box, row.Version
	}
	done, err := tx.Exec(ctx, `UPDATE `+w.table+` SET `+w.column+` = anew.box, sealed_version = anew.version + 1
		FROM unnest($2::uuid[], $3::bytea[], $4::integer[]) AS anew (id, box, version)
		WHERE community_id = $1 AND `+w.id+` = anew.id AND sealed_version = anew.version AND `+w.column+` IS NOT NULL`, in, ids, boxes, versions)
	if err != nil {
		return 0, fmt.Errorf("forum: reseal: %w", err)
	}
	return int(done.RowsAffected()), nil
}
