package attachment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// TakeBack deletes one's own attachment where it waits for a post. Of one that is in a post it deletes nothing and says in
// which, once policy has allowed it: the post has to let it go. gone learns under which name its file lay.
func (s *Shelf) TakeBack(ctx context.Context, actor member.Actor, in, id uuid.UUID, gone func(ctx context.Context, file uuid.UUID) error) (post uuid.UUID, err error) {
	self := actor.Persona(in)
	row, err := s.place(ctx, actor, in, id)
	if err != nil {
		return uuid.Nil, err
	}
	decision, err := s.policy.Require(ctx, row.facts(actor, authz.AttachmentDelete, s.clock()))
	if err != nil {
		return uuid.Nil, err
	}
	if row.ID == nil {
		return uuid.Nil, fault.New(fault.NotFound)
	}
	if row.Post != nil {
		return *row.Post, nil
	}
	if err := s.keys.MarkDirty(ctx, self); err != nil { // what a backup holds of it ends with the key
		return uuid.Nil, err
	}
	_, err = postgres.InTx(ctx, s.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		many, err := letGo(ctx, tx, gone, `DELETE FROM attachment WHERE community_id = $1 AND attachment_id = $2 AND persona_id = $3 AND post_id IS NULL RETURNING blob_id`, in, id, self)
		if err != nil {
			return struct{}{}, err
		}
		if many == 0 {
			return struct{}{}, fault.New(fault.Unavailable).After(time.Second) // a post took it in this moment
		}
		return struct{}{}, s.log.Append(ctx, tx, decision, audit.Event{Action: authz.AttachmentDelete, Community: in, Persona: self, Subject: id})
	})
	if err != nil {
		return uuid.Nil, err
	}
	s.Soon(ctx, in)
	return uuid.Nil, nil
}

// EraseFile takes an attachment out of its row, by the name under which its file lies. before learns whose it is, and
// nothing happens if it fails. post is the one that it was in, which may still speak of it.
func EraseFile(ctx context.Context, tx pgx.Tx, in, file uuid.UUID, before func(ctx context.Context, author uuid.UUID) error) (id uuid.UUID, post *uuid.UUID, erased bool, err error) {
	row, found, err := postgres.First[struct {
		ID    uuid.UUID  `db:"attachment_id"`
		Owner uuid.UUID  `db:"persona_id"`
		Post  *uuid.UUID `db:"post_id"`
	}](tx.Query(ctx, `DELETE FROM attachment WHERE community_id = $1 AND blob_id = $2 RETURNING attachment_id, persona_id, post_id`, in, file))
	if err != nil {
		return uuid.Nil, nil, false, fmt.Errorf("attachment: erase a file: %w", err)
	}
	if !found {
		return uuid.Nil, nil, false, nil
	}
	return row.ID, row.Post, true, before(ctx, row.Owner)
}

// Erase takes every attachment of a persona out of its row, and says how many there were.
func Erase(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	done, err := tx.Exec(ctx, `DELETE FROM attachment WHERE community_id = $1 AND persona_id = $2`, in, persona)
	if err != nil {
		return 0, fmt.Errorf("attachment: erase: %w", err)
	}
	return int(done.RowsAffected()), nil
}
