package attachment

import (
	"context"
	"fmt"
	"io"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// File is an attachment that is being read. It opens a part of what is sealed at a time, and must be closed.
type File struct {
	io.ReadSeekCloser
	MediaType string
	Size      int64 // in bytes
}

// Open opens an attachment, or its thumbnail, where policy lets this person read the post that it is in. A document has no
// thumbnail. ctx ends with the last byte that is read.
func (s *Shelf) Open(ctx context.Context, actor member.Actor, in, id uuid.UUID, thumbnail bool) (*File, error) {
	row, err := s.place(ctx, actor, in, id)
	if err != nil {
		return nil, err
	}
	decision, err := s.policy.Require(ctx, row.facts(actor, authz.AttachmentRead, s.clock()))
	if err != nil {
		return nil, err
	}
	if row.ID == nil {
		return nil, fault.New(fault.NotFound)
	}
	if err := s.record(ctx, actor, decision, in, notice.Thing{ID: id, Owner: *row.Owner}); err != nil {
		return nil, err
	}
	opened, ring, err := sealedCard{id, row.Card, *row.Sealed}.open(ctx, s.keys, in, *row.Owner)
	if err != nil {
		return nil, err
	}
	part := opened.whole()
	if thumbnail {
		part = opened.little()
	}
	if part.mediaType == "" {
		return nil, fault.New(fault.NotFound)
	}
	stream, err := ring.Stream(opened.key, filePlace(in, id, *row.Owner, part.column))
	if err != nil {
		return nil, fmt.Errorf("attachment: open a file: %w", err)
	}
	from, err := stream.Open(s.from(ctx, *row.Blob, part), part.size)
	if err != nil {
		return nil, fmt.Errorf("attachment: open a file: %w", err)
	}
	return &File{from, part.mediaType, part.size}, nil
}

// part of a blob that is one sealed file.
type part struct {
	column, mediaType string
	size              int64 // of what was sealed
	begins, ends      int64 // in the blob; at its end where negative
}

func (c card) whole() part  { return part{theFile, c.mediaType, c.size, c.begins, -1} }
func (c card) little() part { return part{theThumbnail, c.thumbnailType, c.thumbnail, 0, c.begins} }

// from reads the part of a blob from any place in it.
func (s *Shelf) from(ctx context.Context, blob uuid.UUID, p part) sealed.Opener {
	return func(offset int64) (io.ReadCloser, error) {
		length := int64(-1)
		if p.ends >= 0 {
			length = p.ends - p.begins - offset
		}
		return s.store.Read(ctx, blob, p.begins+offset, length)
	}
}

// record appends the opening of a file to the audit log and tells whose it is, where the decision obliges to that.
func (s *Shelf) record(ctx context.Context, actor member.Actor, decision authz.Decision, in uuid.UUID, file notice.Thing) error {
	if !decision.Obliges(authz.AuditRead) && !decision.Obliges(authz.TellMember) {
		return nil
	}
	self := actor.Persona(in)
	_, err := postgres.InTx(ctx, s.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		event := audit.Event{Action: authz.AttachmentRead, Community: in, Persona: actor.ActingAs(in), Identity: actor.Identity, Subject: file.ID}
		if err := s.log.Append(ctx, tx, decision, event); err != nil {
			return struct{}{}, err
		}
		act := notice.Act{Kind: notice.Opened, Community: in, By: self, Sort: notice.Attachment, Things: []notice.Thing{file}}
		return struct{}{}, s.notices.Tell(ctx, tx, decision, act)
	})
	return err
}
