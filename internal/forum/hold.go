package forum

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
)

// hold reads the situation and keeps it from changing until the transaction ends.
func hold(ctx context.Context, tx pgx.Tx, in, self, topic uuid.UUID) (situation, error) {
	if err := community.Hold(ctx, tx, in); err != nil {
		return situation{}, err
	}
	here, _, err := postgres.First[situation](tx.Query(ctx, situationSQL, in, self, topic))
	if err != nil {
		return situation{}, fmt.Errorf("forum: situation: %w", err)
	}
	return here, nil
}

// heldPost is a post that nobody else can change until the transaction ends. Post is nil where there is none.
type heldPost struct {
	Post    *uuid.UUID `db:"post_id"`
	Author  *uuid.UUID `db:"post_author"`
	Topic   *uuid.UUID `db:"post_topic"`
	Status  *string    `db:"post_status"`
	Body    []byte
	Shown   int32
	Number  int
	Sealed  int32 `db:"sealed_version"`
	Version int32
}

// heldInPlace is a held post with the situation around it.
type heldInPlace struct {
	situation
	heldPost
}

func (h heldInPlace) facts(actor member.Actor, action string, now time.Time) authz.Facts {
	f := h.situation.facts(actor, action, purposeOf(action), now)
	if h.Post != nil {
		f.Status = *h.heldPost.Status
		f.IsAuthor = actor.SignedIn() && *h.heldPost.Author == actor.Persona(h.Community)
	}
	return f
}

const heldPostColumns = `p.post_id, p.persona_id AS post_author, p.topic_id AS post_topic, p.status AS post_status, p.body, COALESCE(p.shown, 0) AS shown,
	COALESCE(p.number, 0) AS number, COALESCE(p.sealed_version, 0) AS sealed_version, COALESCE(p.version, 0) AS version`

// holdPost holds the community still before it locks the post, as everything here does.
func holdPost(ctx context.Context, tx pgx.Tx, in, self, id uuid.UUID) (heldInPlace, error) {
	var topic uuid.UUID // of a post, this never changes
	err := tx.QueryRow(ctx, `SELECT topic_id FROM post WHERE community_id = $1 AND post_id = $2`, in, id).Scan(&topic)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return heldInPlace{}, fmt.Errorf("forum: hold a post: %w", err)
	}
	around, err := hold(ctx, tx, in, self, topic)
	if err != nil {
		return heldInPlace{}, err
	}
	post, err := lockPost(ctx, tx, `p.community_id = $1 AND p.post_id = $2`, in, id)
	return heldInPlace{around, post}, err
}

func lockPost(ctx context.Context, tx pgx.Tx, where string, in, id uuid.UUID) (heldPost, error) {
	held, _, err := postgres.First[heldPost](tx.Query(ctx, `SELECT `+heldPostColumns+` FROM post p WHERE `+where+` FOR UPDATE`, in, id))
	if err != nil {
		return heldPost{}, fmt.Errorf("forum: hold a post: %w", err)
	}
	return held, nil
}

// heldTopic is a topic and its opening post that nobody else can change until the transaction ends.
type heldTopic struct {
	situation
	Sealed        *int32 `db:"sealed_version"`
	Version       *int32
	OthersReplied bool `db:"others_replied"`
	opening       heldPost
}

func (h heldTopic) versions() TopicVersions {
	v := TopicVersions{Topic: *h.Version}
	if h.opening.Post != nil && *h.opening.Status == "published" {
		v.Opening = h.opening.Version
	}
	return v
}

func (h heldTopic) topicFacts(actor member.Actor, action, purpose string, now time.Time) authz.Facts {
	f := h.situation.topicFacts(actor, action, purpose, now)
	f.OthersReplied = h.OthersReplied
	return f
}

// holdTopic locks a topic and its opening, in a community that is held still or taken alone.
func holdTopic(ctx context.Context, tx pgx.Tx, in, self, id uuid.UUID) (heldTopic, error) {
	held, found, err := postgres.First[heldTopic](tx.Query(ctx, `WITH
			t AS (SELECT community_id, topic_id, persona_id, status, locked, sealed_version, version FROM topic WHERE community_id = $1 AND topic_id = $3 FOR UPDATE)
		SELECT `+situationColumns+`, t.sealed_version, t.version,
			EXISTS (SELECT FROM post p WHERE p.community_id = $1 AND p.topic_id = $3 AND p.persona_id <> t.persona_id AND p.status <> 'deleted') AS others_replied
		`+community.StandingFrom+` LEFT JOIN t ON t.community_id = c.community_id WHERE c.community_id = $1`, in, self, id))
	if err != nil {
		return heldTopic{}, fmt.Errorf("forum: hold a topic: %w", err)
	}
	if !found {
		return heldTopic{}, nil
	}
	held.opening, err = lockPost(ctx, tx, `p.community_id = $1 AND p.topic_id = $2 AND p.number = 1`, in, id)
	return held, err
}
