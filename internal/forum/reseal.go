package forum

import (
	"context"
	"encoding/binary"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// words is a sealed column of what a persona wrote, or was told.
type words struct {
	table, id, column string
	shown             string // how much of it is the first box of a body
	anew              string // what becomes of the row
	open              func(ring *sealed.Ring, row sealedPost) error
	reseal            func(ring *sealed.Ring, row sealedPost) (box []byte, shown int32, err error)
}

var allWords = []words{
	{"post", "post_id", "body", "shown", "body = anew.box, shown = anew.shown", openBody, resealBody},
	{"topic", "topic_id", "title", "0", "title = anew.box", openTitle, resealTitle},
	{"attachment", "attachment_id", "card", "0", "card = anew.box", openCard, resealCard},
	{"notice", "notice_id", "box", "0", "box = anew.box", openNotice, resealNotice},
}

func openBody(ring *sealed.Ring, row sealedPost) error {
	e, err := row.open(ring)
	clear(e.html)
	clear(e.text)
	return err
}

func resealBody(ring *sealed.Ring, row sealedPost) ([]byte, int32, error) { return row.reseal(ring) }

func openTitle(ring *sealed.Ring, row sealedPost) error {
	title, err := ring.OpenInPlace(titlePlace(row.community, row.post, row.persona, row.version), row.body)
	clear(title)
	return err
}

func resealTitle(ring *sealed.Ring, row sealedPost) ([]byte, int32, error) {
	title, err := ring.Reseal(titlePlace(row.community, row.post, row.persona, row.version), titlePlace(row.community, row.post, row.persona, row.version+1), row.body)
	return title, 0, err
}

func openCard(ring *sealed.Ring, row sealedPost) error {
	card, err := ring.OpenInPlace(attachment.CardPlace(row.community, row.post, row.persona, row.version), row.body)
	clear(card)
	return err
}

func resealCard(ring *sealed.Ring, row sealedPost) ([]byte, int32, error) {
	box, err := ring.Reseal(attachment.CardPlace(row.community, row.post, row.persona, row.version), attachment.CardPlace(row.community, row.post, row.persona, row.version+1), row.body)
	return box, 0, err
}

func openNotice(ring *sealed.Ring, row sealedPost) error {
	text, err := ring.OpenInPlace(notice.Place(row.community, row.post, row.persona, row.version), row.body)
	clear(text)
	return err
}

func resealNotice(ring *sealed.Ring, row sealedPost) ([]byte, int32, error) {
	box, err := ring.Reseal(notice.Place(row.community, row.post, row.persona, row.version), notice.Place(row.community, row.post, row.persona, row.version+1), row.body)
	return box, 0, err
}

type sealedRow struct {
	ID      uuid.UUID `db:"row_id"`
	Box     []byte
	Shown   int32
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
				return w.sealAnew(ctx, tx, ring, in, persona, rows)
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
		EXISTS (SELECT FROM topic WHERE community_id = $1 AND persona_id = $2 AND substring(title FROM 3 FOR 2) = ANY ($3)) OR
		EXISTS (SELECT FROM attachment WHERE community_id = $1 AND persona_id = $2 AND substring(card FROM 3 FOR 2) = ANY ($3)) OR
		EXISTS (SELECT FROM notice WHERE community_id = $1 AND persona_id = $2 AND substring(box FROM 3 FOR 2) = ANY ($3)) AS due`,
		in, persona, old))
	return row.Due, err
}

// lock finds rows by the generation that stands in the box, which reads four bytes of each. One that waits holds a single
// row, so that it can't wait for somebody who waits for it.
func (w words) lock(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID, old [][]byte, limit int, waiting string) ([]sealedRow, error) {
	rows, err := postgres.Collect[sealedRow](tx.Query(ctx, `SELECT `+w.id+` AS row_id, `+w.column+` AS box, `+w.shown+` AS shown, sealed_version FROM `+w.table+`
		WHERE community_id = $1 AND persona_id = $2 AND substring(`+w.column+` FROM 3 FOR 2) = ANY ($3) LIMIT $4 FOR NO KEY UPDATE`+waiting,
		in, persona, old, limit))
	if err != nil {
		return nil, fmt.Errorf("forum: reseal: %w", err)
	}
	return rows, nil
}

func (w words) sealAnew(ctx context.Context, tx pgx.Tx, ring *sealed.Ring, in, persona uuid.UUID, rows []sealedRow) (int, error) {
	ids, boxes := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	shown, versions := make([]int32, len(rows)), make([]int32, len(rows))
	for i, row := range rows {
		box, first, err := w.reseal(ring, sealedPost{in, row.ID, persona, row.Version, row.Shown, row.Box})
		if err != nil {
			return 0, fmt.Errorf("forum: reseal words: %w", err)
		}
		ids[i], boxes[i], shown[i], versions[i] = row.ID, box, first, row.Version
	}
	done, err := tx.Exec(ctx, `UPDATE `+w.table+` SET `+w.anew+`, sealed_version = anew.version + 1
		FROM unnest($2::uuid[], $3::bytea[], $4::integer[], $5::integer[]) AS anew (id, box, shown, version)
		WHERE community_id = $1 AND `+w.id+` = anew.id AND sealed_version = anew.version AND `+w.table+`.`+w.column+` IS NOT NULL`, in, ids, boxes, shown, versions)
	if err != nil {
		return 0, fmt.Errorf("forum: reseal: %w", err)
	}
	return int(done.RowsAffected()), nil
}
