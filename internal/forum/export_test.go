package forum

import (
	"context"
	"encoding/binary"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Envelope is what one post says.
type Envelope struct {
	Render     int
	At         time.Time
	Text, HTML []byte
}

// Shown is the form in which what a list needs is sealed.
func (e Envelope) Shown() []byte {
	return envelope{render: e.Render, at: e.At, text: e.Text, html: e.HTML}.shown()
}

// Whole is the older form, in which one box held all.
func (e Envelope) Whole() []byte {
	b := binary.BigEndian.AppendUint16([]byte{wholeForm}, uint16(e.Render))
	b = binary.BigEndian.AppendUint64(b, uint64(e.At.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Text)))
	return slices.Concat(b, e.Text, e.HTML)
}

// Decode reads either form.
func Decode(b []byte) (Envelope, error) {
	e, err := decodeShown(b)
	return Envelope{e.render, e.at, e.text, e.html}, err
}

// Replace writes what an author says as a version of the program with another renderer would have, in two boxes or, as an
// older one, in one.
func (b *Board) Replace(ctx context.Context, author member.Actor, in, post uuid.UUID, e Envelope, oneBox bool) error {
	w, err := b.writer(ctx, author, in)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		held, err := holdPost(ctx, tx, in, w.self, post)
		if err != nil {
			return struct{}{}, err
		}
		body, shown, err := w.bodyOf(post, held.heldPost.Sealed, envelope{render: e.Render, at: e.At, text: e.Text, html: e.HTML})
		if oneBox {
			shown = 1 << 30
			body, err = w.ring.Seal(bodyPlace(in, post, w.self, held.heldPost.Sealed), e.Whole())
		}
		if err != nil {
			return struct{}{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE post SET body = $3, shown = $4, render = $5 WHERE community_id = $1 AND post_id = $2`, in, post, body, shown, e.Render)
		return struct{}{}, err
	})
	return err
}

// ShownWith is what a list needs of a post with attachments, in the form in which it is sealed.
func ShownWith(attached []attachment.Attached, html []byte) []byte {
	return envelope{attached: attached, html: html}.shown()
}

// ShownParts reads either form.
func ShownParts(b []byte) ([]attachment.Attached, []byte, error) {
	e, err := decodeShown(b)
	return e.attached, e.html, err
}
