package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// AnyVersion deletes whatever is there, for a client that sends no If-Match.
const AnyVersion int32 = 0

// DeletePost takes a post away. Of one's own the words are gone from the row at once; of somebody else's, they are
// removed by staff and kept sealed until the time for an appeal is over.
func (b *Board) DeletePost(ctx context.Context, actor member.Actor, in, id uuid.UUID, version int32) error {
	self := actor.Persona(in)
	_, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		held, err := holdPost(ctx, tx, in, self, id)
		if err != nil {
			return struct{}{}, err
		}
		action := authz.PostRemove
		if held.Post != nil && *held.heldPost.Author == self {
			action = authz.PostDelete
		}
		decision, err := b.policy.Require(ctx, held.facts(actor, action, b.clock()))
		if err != nil {
			return struct{}{}, err
		}
		if held.Post == nil {
			return struct{}{}, fault.New(fault.NotFound)
		}
		if version != AnyVersion && held.heldPost.Version != version {
			return struct{}{}, fault.New(fault.ETagStale)
		}
		if action == authz.PostDelete {
			if err := b.letGo(ctx, self, Piece{Community: in, Post: id, Version: held.Sealed}); err != nil {
				return struct{}{}, err
			}
		}
		if err := endPost(ctx, tx, in, held.heldPost, action); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, b.log.Append(ctx, tx, decision, audit.Event{Action: action, Community: in, Persona: self, Subject: id})
	})
	if err == nil {
		b.letFilesGo(ctx, in)
	}
	return err
}

func endPost(ctx context.Context, tx pgx.Tx, in uuid.UUID, held heldPost, action string) error {
	statement := `UPDATE post SET status = 'removed', version = version + 1 WHERE community_id = $1 AND post_id = $2`
	if action == authz.PostDelete || action == authz.TopicDelete {
		statement = `UPDATE post SET status = 'deleted', body = NULL, version = version + 1 WHERE community_id = $1 AND post_id = $2`
	}
	if _, err := tx.Exec(ctx, statement, in, *held.Post); err != nil {
		return fmt.Errorf("forum: delete a post: %w", err)
	}
	if *held.Status != "published" {
		return nil // it was not counted any more
	}
	if _, err := tx.Exec(ctx, `UPDATE topic_tally SET posts = posts - 1 WHERE community_id = $1 AND topic_id = $2`, in, *held.Topic); err != nil {
		return fmt.Errorf("forum: count posts: %w", err)
	}
	return nil
}

// DeleteTopic takes a topic away. Its author takes back their own words at once, title and opening; where others have
// replied, the replies stay under a topic without a title. Staff remove the whole of it, kept sealed.
func (b *Board) DeleteTopic(ctx context.Context, actor member.Actor, in, id uuid.UUID, versions *TopicVersions) error {
	self := actor.Persona(in)
	_, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		if err := community.Take(ctx, tx, in); err != nil {
			return struct{}{}, err
		}
		held, err := holdTopic(ctx, tx, in, self, id)
		if err != nil {
			return struct{}{}, err
		}
		action := authz.TopicRemove
		if held.Topic != nil && *held.situation.Author == self {
			action = authz.TopicDelete
		}
		decision, err := b.policy.Require(ctx, held.topicFacts(actor, action, purposeOf(action), b.clock()))
		if err != nil {
			return struct{}{}, err
		}
		if held.Topic == nil {
			return struct{}{}, fault.New(fault.NotFound)
		}
		if versions != nil && held.versions() != *versions {
			return struct{}{}, fault.New(fault.ETagStale)
		}
		if action == authz.TopicDelete {
			if err := b.letGo(ctx, self, Piece{Community: in, Topic: id, Version: *held.Sealed}); err != nil {
				return struct{}{}, err
			}
		}
		if err := b.endTopic(ctx, tx, in, held, action); err != nil {
			return struct{}{}, err
		}
		return struct{}{}, b.log.Append(ctx, tx, decision, audit.Event{Action: action, Community: in, Persona: self, Subject: id})
	})
	if err == nil {
		b.letFilesGo(ctx, in)
	}
	return err
}

func (b *Board) endTopic(ctx context.Context, tx pgx.Tx, in uuid.UUID, held heldTopic, action string) error {
	statement := `UPDATE topic SET status = 'removed', version = version + 1 WHERE community_id = $1 AND topic_id = $2`
	if action == authz.TopicDelete {
		status := "deleted"
		if held.OthersReplied {
			status = "withdrawn"
		}
		statement = `UPDATE topic SET status = '` + status + `', title = NULL, version = version + 1 WHERE community_id = $1 AND topic_id = $2`
		if err := b.endOwnPosts(ctx, tx, in, held); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(ctx, statement, in, *held.Topic); err != nil {
		return fmt.Errorf("forum: delete a topic: %w", err)
	}
	gone := 0
	if held.situation.Status != nil && *held.situation.Status == "published" && !(action == authz.TopicDelete && held.OthersReplied) {
		gone = 1
	}
	if _, err := tx.Exec(ctx, `UPDATE community_tally SET topics = topics - $2 WHERE community_id = $1`, in, gone); err != nil {
		return fmt.Errorf("forum: count topics: %w", err)
	}
	return nil
}

// endOwnPosts deletes the opening, and everything of the author's where nobody else stays in the topic.
func (b *Board) endOwnPosts(ctx context.Context, tx pgx.Tx, in uuid.UUID, held heldTopic) error {
	_, err := tx.Exec(ctx, `WITH gone AS (
			UPDATE post SET status = 'deleted', body = NULL, version = version + 1
			WHERE community_id = $1 AND topic_id = $2 AND persona_id = $3 AND status = 'published' AND (number = 1 OR NOT $4) RETURNING 1)
		UPDATE topic_tally SET posts = posts - (SELECT count(*) FROM gone) WHERE community_id = $1 AND topic_id = $2`,
		in, *held.Topic, *held.situation.Author, held.OthersReplied)
	if err != nil {
		return fmt.Errorf("forum: delete a topic: %w", err)
	}
	return nil
}
