package forum

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Envelope is what one post seals.
type Envelope struct {
	Render     int
	At         time.Time
	Text, HTML []byte
}

// Encode is the form in which it is sealed.
func (e Envelope) Encode() []byte { return envelope{e.Render, e.At, e.Text, e.HTML}.encode() }

// Decode reads that form.
func Decode(b []byte) (Envelope, error) {
	e, err := decodeEnvelope(b)
	return Envelope{e.render, e.at, e.text, e.html}, err
}

// Replace seals an envelope in the place of a post's, as a version of the program with another renderer would have.
func (b *Board) Replace(ctx context.Context, author member.Actor, in, post uuid.UUID, e Envelope) error {
	w, err := b.writer(ctx, author, in)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		held, err := holdPost(ctx, tx, in, w.self, post)
		if err != nil {
			return struct{}{}, err
		}
		box, err := w.ring.Seal(bodyPlace(in, post, w.self, held.heldPost.Sealed), e.Encode())
		if err != nil {
			return struct{}{}, err
		}
		_, err = tx.Exec(ctx, `UPDATE post SET body = $3 WHERE community_id = $1 AND post_id = $2`, in, post, box)
		return struct{}{}, err
	})
	return err
}
