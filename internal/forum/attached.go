package forum

import (
	"context"
	"encoding/binary"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// Keep has the board take attachments from a shelf, and files deleted as soon as their posts let them go. It is for the
// start of the program; without one, posts take none, and files wait for whoever tidies.
func (b *Board) Keep(shelf *attachment.Shelf) { b.shelf = shelf }

// lend makes of what is wanted in a post what it will say of it. there is what it says already.
func (b *Board) lend(ctx context.Context, tx attachment.Tx, actor member.Actor, in uuid.UUID, wanted []attachment.Wanted, there []attachment.Attached) ([]attachment.Attached, error) {
	if len(wanted) == 0 {
		return nil, nil
	}
	if b.shelf == nil {
		return nil, fault.New(fault.AttachmentsOff)
	}
	return b.shelf.Lend(ctx, tx, actor, in, wanted, there)
}

// put are the queries that put attachments into a new post, behind those that make it.
func (w writer) put(post uuid.UUID, wanted []attachment.Wanted) []postgres.Query {
	if len(wanted) == 0 {
		return nil
	}
	return []postgres.Query{attachment.Put(w.community, w.self, post, attachment.IDs(wanted))}
}

// asked is what tells one request with attachments from another. Without any it is nothing, as it was before there were any.
func asked(wanted []attachment.Wanted) (parts []string) {
	for _, w := range wanted {
		parts = append(parts, w.ID.String(), w.Alt, map[bool]string{true: "sensitive", false: ""}[w.Sensitive])
	}
	return parts
}

func idsOf(all []attachment.Attached) []uuid.UUID {
	ids := make([]uuid.UUID, len(all))
	for i, a := range all {
		ids[i] = a.ID
	}
	return ids
}

// letFilesGo deletes files whose posts have let them go.
func (b *Board) letFilesGo(ctx context.Context, in uuid.UUID) {
	if b.shelf != nil {
		b.shelf.Soon(ctx, in)
	}
}

// TakeAttachmentBack deletes one's own attachment. A post that it was in stays, and says nothing of it any more.
func (b *Board) TakeAttachmentBack(ctx context.Context, actor member.Actor, in, id uuid.UUID) error {
	post, err := b.shelf.TakeBack(ctx, actor, in, id, b.fileGone(in))
	if err != nil || post == uuid.Nil {
		return err
	}
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return err
	}
	_, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		held, err := holdPost(ctx, tx, in, w.self, post)
		if err != nil {
			return struct{}{}, err
		}
		decision, err := b.policy.Require(ctx, held.facts(actor, authz.AttachmentDelete, b.clock()))
		if err != nil {
			return struct{}{}, err
		}
		if held.Post == nil {
			return struct{}{}, fault.New(fault.NotFound)
		}
		event := audit.Event{Action: authz.AttachmentDelete, Community: in, Persona: w.self, Subject: id}
		return struct{}{}, b.rewrite(ctx, tx, w, held.heldPost, without(id), decision, event)
	})
	if err != nil {
		return err
	}
	b.letFilesGo(ctx, in)
	return nil
}

// fileGone has somebody told of a file that is let go, before it goes: a backup still holds it.
func (b *Board) fileGone(in uuid.UUID) func(ctx context.Context, file uuid.UUID) error {
	return func(ctx context.Context, file uuid.UUID) error {
		if b.tell == nil {
			return nil
		}
		return b.tell(ctx, Piece{Community: in, File: file})
	}
}

// eraseFile takes a file away that a backup brought back, and out of the post that speaks of it, if that can be opened.
func (b *Board) eraseFile(ctx context.Context, tx pgx.Tx, piece Piece, before func(ctx context.Context, author uuid.UUID) error) (bool, error) {
	id, post, erased, err := attachment.EraseFile(ctx, tx, piece.Community, piece.File, before)
	if err != nil || post == nil {
		return erased, err
	}
	held, err := lockPost(ctx, tx, `p.community_id = $1 AND p.post_id = $2 AND p.body IS NOT NULL`, piece.Community, *post)
	if err != nil || held.Post == nil {
		return true, err
	}
	rings, err := b.keys.PersonasFor(ctx, []uuid.UUID{*held.Author}, [][]byte{held.Body})
	if err != nil || rings[0] == nil || !rings[0].Has(held.Body) {
		return true, err
	}
	return true, b.reword(ctx, tx, writer{piece.Community, *held.Author, rings[0]}, held, without(id))
}

// without is what a post says once it has let an attachment go.
func without(id uuid.UUID) change {
	return func(_ context.Context, _ pgx.Tx, before envelope) (envelope, error) {
		after := before
		after.attached = nil
		for _, a := range before.attached {
			if a.ID != id {
				after.attached = append(after.attached, a)
			}
		}
		return after, nil
	}
}

// What an envelope says of attachments is count(1) and of each id(16) · media type(1) · sensitive(1) · width(4) · height(4) ·
// bytes(8) · length of alt(2) · alt.

const attachedSize = 16 + 2 + 4 + 4 + 8 + 2

func appendAttached(b []byte, all []attachment.Attached) []byte {
	b = append(b, byte(len(all)))
	for _, a := range all {
		alt := a.Alt.Reveal()
		b = append(b, a.ID[:]...)
		b = append(b, attachment.Number(a.MediaType), map[bool]byte{true: 1}[a.Sensitive])
		b = binary.BigEndian.AppendUint32(b, uint32(a.Width))
		b = binary.BigEndian.AppendUint32(b, uint32(a.Height))
		b = binary.BigEndian.AppendUint64(b, uint64(a.Bytes))
		b = binary.BigEndian.AppendUint16(b, uint16(len(alt)))
		b = append(b, alt...)
	}
	return b
}

// readAttached reads that, copies what it keeps, and returns what follows.
func readAttached(b []byte) (all []attachment.Attached, rest []byte, err error) {
	if len(b) < 1 || int(b[0]) > attachment.Most || b[0] == 0 {
		return nil, nil, errEnvelope
	}
	count, b := int(b[0]), b[1:]
	for range count {
		if len(b) < attachedSize {
			return nil, nil, errEnvelope
		}
		a := attachment.Attached{Sensitive: b[17] == 1}
		a.ID, a.MediaType = uuid.UUID(b[:16]), attachment.MediaType(b[16])
		a.Width, a.Height = int(binary.BigEndian.Uint32(b[18:])), int(binary.BigEndian.Uint32(b[22:]))
		a.Bytes = int64(binary.BigEndian.Uint64(b[26:]))
		n := attachedSize + int(binary.BigEndian.Uint16(b[34:]))
		if a.MediaType == "" || b[17] > 1 || a.Bytes < 0 || n > len(b) {
			return nil, nil, errEnvelope
		}
		a.Alt = sealed.NewText(string(b[attachedSize:n]))
		all, b = append(all, a), b[n:]
	}
	return all, b, nil
}
