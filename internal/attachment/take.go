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
// which, once policy has allowed it: the post has to let it go.
func (s *Shelf) TakeBack(ctx context.Context, actor member.Actor, in, id uuid.UUID) (post uuid.UUID, err error) {
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
		done, err := tx.Exec(ctx, `DELETE FROM attachment WHERE community_id = $1 AND attachment_id = $2 AND persona_id = $3 AND post_id IS NULL`, in, id, self)
		if err != nil {
			return struct{}{}, fmt.Errorf("attachment: take back: %w", err)
		}
		if done.RowsAffected() == 0 {
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

// Erase takes every attachment of a persona out of its row, and says how many there were.
func Erase(ctx context.Context, tx pgx.Tx, in, persona uuid.UUID) (int, error) {
	done, err := tx.Exec(ctx, `DELETE FROM attachment WHERE community_id = $1 AND persona_id = $2`, in, persona)
	if err != nil {
		return 0, fmt.Errorf("attachment: erase: %w", err)
	}
	return int(done.RowsAffected()), nil
}
