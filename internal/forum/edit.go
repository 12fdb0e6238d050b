package forum

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// EditPost replaces the words of a post. version is the one that the editor read. attached, where it is given, is all that
// goes with the post from then on; what went with it before and doesn't any more is deleted.
func (b *Board) EditPost(ctx context.Context, actor member.Actor, in, id uuid.UUID, version int32, text string, attached ...[]attachment.Wanted) (Post, error) {
	words, err := write(text, b.clock())
	if err != nil {
		return Post{}, at(err, "/text")
	}
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return Post{}, err
	}
	_, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		held, err := holdPost(ctx, tx, in, w.self, id)
		if err != nil {
			return struct{}{}, err
		}
		decision, err := b.policy.Require(ctx, held.facts(actor, authz.PostEdit, b.clock()))
		if err != nil {
			return struct{}{}, err
		}
		if held.Post == nil {
			return struct{}{}, fault.New(fault.NotFound)
		}
		if err := b.mayReadOwn(ctx, actor, held.situation, authz.PostRead); err != nil {
			return struct{}{}, err
		}
		if held.Version != version {
			return struct{}{}, fault.New(fault.ETagStale)
		}
		event := audit.Event{Action: authz.PostEdit, Community: in, Persona: w.self, Subject: id}
		return struct{}{}, b.rewrite(ctx, tx, w, held.heldPost, b.reworded(actor, in, words, attached...), decision, event)
	})
	if err != nil {
		return Post{}, err
	}
	if len(attached) > 0 {
		b.letFilesGo(ctx, in)
	}
	return b.Post(ctx, actor, in, id)
}

// change is what becomes of what a post said.
type change func(ctx context.Context, tx pgx.Tx, before envelope) (envelope, error)

// reworded says something else, with what was attached before or, where that is given, with other attachments.
func (b *Board) reworded(actor member.Actor, in uuid.UUID, words envelope, attached ...[]attachment.Wanted) change {
	return func(ctx context.Context, tx pgx.Tx, before envelope) (after envelope, err error) {
		after = words
		if after.attached = before.attached; len(attached) > 0 {
			after.attached, err = b.lend(ctx, tx, actor, in, attached[0], before.attached)
		}
		return after, err
	}
}

// rewrite is what an author does to a post.
func (b *Board) rewrite(ctx context.Context, tx pgx.Tx, w writer, held heldPost, reworded change, decision authz.Decision, event audit.Event) error {
	if err := b.reword(ctx, tx, w, held, reworded); err != nil {
		return err
	}
	return b.log.Append(ctx, tx, decision, event)
}

// reword seals new words in the place of the old; the time of writing stays. What a backup holds of the old ends with the
// key of their author, so that is to be renewed soon.
func (b *Board) reword(ctx context.Context, tx pgx.Tx, w writer, held heldPost, reworded change) error {
	if !w.ring.Has(held.Body) { // sealed anew while this request was on its way
		rings, err := b.keys.PersonasFor(ctx, []uuid.UUID{w.self}, [][]byte{held.Body})
		if err != nil {
			return err
		}
		if w.ring = rings[0]; !w.ring.Has(held.Body) {
			return fault.New(fault.NotFound)
		}
	}
	if err := b.keys.MarkDirty(ctx, w.self); err != nil {
		return err
	}
	before, err := sealedPost{w.community, *held.Post, w.self, held.Sealed, held.Shown, held.Body}.open(w.ring)
	if err != nil {
		return err
	}
	words, err := reworded(ctx, tx, before)
	if err != nil {
		return err
	}
	words.at = before.at
	body, shown, err := w.bodyOf(*held.Post, held.Sealed+1, words)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE post SET body = $3, shown = $4, render = $5, edited = true, sealed_version = sealed_version + 1, version = version + 1
		WHERE community_id = $1 AND post_id = $2`, w.community, *held.Post, body, shown, words.render)
	if err != nil {
		return fmt.Errorf("forum: edit a post: %w", err)
	}
	if len(before.attached)+len(words.attached) == 0 {
		return nil
	}
	return attachment.Keep(ctx, tx, w.community, w.self, *held.Post, idsOf(words.attached), b.fileGone(w.community))
}

// TopicVersions are the versions that an editor of a topic read: of the topic itself and of its opening post, which is
// zero where it is gone.
type TopicVersions struct{ Topic, Opening int32 }

// Versions of a topic as it was read.
func (t Topic) Versions() TopicVersions {
	v := TopicVersions{Topic: t.Version}
	if t.Opening != nil {
		v.Opening = t.Opening.Version
	}
	return v
}

// EditTopic changes the title, the opening text, or both; nil leaves one as it is.
func (b *Board) EditTopic(ctx context.Context, actor member.Actor, in, id uuid.UUID, versions TopicVersions, title, text *string) (Topic, error) {
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return Topic{}, err
	}
	_, err = postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (struct{}, error) {
		if err := community.Hold(ctx, tx, in); err != nil {
			return struct{}{}, err
		}
		held, err := holdTopic(ctx, tx, in, w.self, id)
		if err != nil {
			return struct{}{}, err
		}
		decision, err := b.policy.Require(ctx, held.topicFacts(actor, authz.TopicEdit, purposeSupport, b.clock()))
		if err != nil {
			return struct{}{}, err
		}
		if held.Topic == nil {
			return struct{}{}, fault.New(fault.NotFound)
		}
		if err := b.mayReadOwn(ctx, actor, held.situation, authz.TopicRead); err != nil {
			return struct{}{}, err
		}
		if held.versions() != versions {
			return struct{}{}, fault.New(fault.ETagStale)
		}
		if title != nil {
			if err := b.retitle(ctx, tx, w, held, *title, decision); err != nil {
				return struct{}{}, err
			}
		}
		if text == nil {
			return struct{}{}, nil
		}
		return struct{}{}, b.rewriteOpening(ctx, tx, actor, w, held, *text, decision)
	})
	if err != nil {
		return Topic{}, err
	}
	return b.Topic(ctx, actor, in, id)
}

func (b *Board) retitle(ctx context.Context, tx pgx.Tx, w writer, held heldTopic, title string, decision authz.Decision) error {
	title, err := markup.Title(title)
	if err != nil {
		return at(err, "/title")
	}
	if err := b.keys.MarkDirty(ctx, w.self); err != nil {
		return err
	}
	box, err := w.ring.Seal(titlePlace(w.community, *held.Topic, w.self, *held.Sealed+1), []byte(title))
	if err != nil {
		return fmt.Errorf("forum: seal a title: %w", err)
	}
	_, err = tx.Exec(ctx, `UPDATE topic SET title = $3, sealed_version = sealed_version + 1, version = version + 1
		WHERE community_id = $1 AND topic_id = $2`, w.community, *held.Topic, box)
	if err != nil {
		return fmt.Errorf("forum: edit a topic: %w", err)
	}
	return b.log.Append(ctx, tx, decision, audit.Event{Action: authz.TopicEdit, Community: w.community, Persona: w.self, Subject: *held.Topic})
}

func (b *Board) rewriteOpening(ctx context.Context, tx pgx.Tx, actor member.Actor, w writer, held heldTopic, text string, decision authz.Decision) error {
	if held.opening.Post == nil || *held.opening.Status != "published" {
		return fault.New(fault.Invalid).At("/text", fault.NotFound)
	}
	words, err := write(text, b.clock())
	if err != nil {
		return at(err, "/text")
	}
	event := audit.Event{Action: authz.PostEdit, Community: w.community, Persona: w.self, Subject: *held.opening.Post}
	return b.rewrite(ctx, tx, w, held.opening, b.reworded(actor, w.community, words), decision, event)
}
