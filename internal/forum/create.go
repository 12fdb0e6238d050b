package forum

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/sealed"
)

// NewTopic is a topic as its author hands it in.
type NewTopic struct{ Title, Text string }

// CreateTopic opens a topic with its first post. Under an idempotency key a repeat gets the first answer again; replayed
// tells so.
func (b *Board) CreateTopic(ctx context.Context, actor member.Actor, in uuid.UUID, draft NewTopic, key string) (topic Topic, replayed bool, err error) {
	title, err := markup.Title(draft.Title)
	if err != nil {
		return Topic{}, false, at(err, "/title")
	}
	words, err := write(draft.Text, b.clock())
	if err != nil {
		return Topic{}, false, at(err, "/text")
	}
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return Topic{}, false, err
	}
	created, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (written, error) {
		situation, err := hold(ctx, tx, in, w.self, uuid.Nil)
		if err != nil {
			return written{}, err
		}
		decision, err := b.policy.Require(ctx, situation.facts(actor, authz.TopicCreate, purposeSupport, b.clock()))
		if err != nil {
			return written{}, err
		}
		return b.once(ctx, tx, w, key, []string{"topic", draft.Title, draft.Text}, func() (written, error) {
			made, err := b.insertTopic(ctx, tx, w, title, words)
			if err != nil {
				return written{}, err
			}
			return made, b.log.Append(ctx, tx, decision, audit.Event{Action: authz.TopicCreate, Community: in, Persona: w.self, Subject: made.topic})
		})
	})
	if err != nil {
		return Topic{}, false, err
	}
	topic, err = b.Topic(ctx, actor, in, created.topic)
	return topic, created.replayed, err
}

// CreatePost replies in a topic. Under an idempotency key a repeat gets the first answer again; replayed tells so.
func (b *Board) CreatePost(ctx context.Context, actor member.Actor, in, topic uuid.UUID, text, key string) (post Post, replayed bool, err error) {
	words, err := write(text, b.clock())
	if err != nil {
		return Post{}, false, at(err, "/text")
	}
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return Post{}, false, err
	}
	created, err := postgres.InTx(ctx, b.db, postgres.Communities(in), func(tx pgx.Tx) (written, error) {
		situation, err := hold(ctx, tx, in, w.self, topic)
		if err != nil {
			return written{}, err
		}
		decision, err := b.policy.Require(ctx, situation.facts(actor, authz.PostCreate, purposeSupport, b.clock()))
		if err != nil {
			return written{}, err
		}
		if situation.Topic == nil {
			return written{}, fault.New(fault.NotFound)
		}
		return b.once(ctx, tx, w, key, []string{"post", topic.String(), text}, func() (written, error) {
			made, err := b.insertPost(ctx, tx, w, topic, words)
			if err != nil {
				return written{}, err
			}
			return made, b.log.Append(ctx, tx, decision, audit.Event{Action: authz.PostCreate, Community: in, Persona: w.self, Subject: made.post})
		})
	})
	if err != nil {
		return Post{}, false, err
	}
	post, err = b.Post(ctx, actor, in, created.post)
	return post, created.replayed, err
}

// writer is a persona at their desk. Who is nobody here has no ring, and policy will say so.
type writer struct {
	community, self uuid.UUID
	ring            *sealed.Ring
}

func (b *Board) writer(ctx context.Context, actor member.Actor, in uuid.UUID) (writer, error) {
	w := writer{community: in, self: actor.Persona(in)}
	if w.self == uuid.Nil {
		return w, nil
	}
	var err error
	w.ring, err = b.keys.Persona(ctx, w.self)
	return w, err
}

// written is what a create made.
type written struct {
	topic, post uuid.UUID
	replayed    bool
}

func (b *Board) insertTopic(ctx context.Context, tx pgx.Tx, w writer, title string, words envelope) (written, error) {
	topic, err := uuid.NewRandom()
	if err != nil {
		return written{}, fmt.Errorf("forum: id: %w", err)
	}
	box, err := w.ring.Seal(titlePlace(w.community, topic, w.self, 1), []byte(title))
	if err != nil {
		return written{}, fmt.Errorf("forum: seal a title: %w", err)
	}
	today := day(b.clock())
	batch := &pgx.Batch{}
	batch.Queue(`INSERT INTO topic (community_id, topic_id, persona_id, title, opened_on) VALUES ($1, $2, $3, $4, $5)`, w.community, topic, w.self, box, today)
	batch.Queue(`WITH tick AS (UPDATE community_tally SET topics = topics + 1 WHERE community_id = $1 RETURNING activity)
		INSERT INTO topic_tally (community_id, topic_id, posts, last_number, last_day, activity) SELECT $1, $2, 0, 0, $3, activity FROM tick`,
		w.community, topic, today)
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return written{}, fmt.Errorf("forum: insert a topic: %w", err)
	}
	return b.insertPost(ctx, tx, w, topic, words)
}

// insertPost takes the next place in the topic and the next ordinal of the community. Both counters stay locked until
// the transaction ends, so it is the last thing that a create does.
func (b *Board) insertPost(ctx context.Context, tx pgx.Tx, w writer, topic uuid.UUID, words envelope) (written, error) {
	post, err := uuid.NewRandom()
	if err != nil {
		return written{}, fmt.Errorf("forum: id: %w", err)
	}
	box, err := w.ring.Seal(bodyPlace(w.community, post, w.self, 1), words.encode())
	if err != nil {
		return written{}, fmt.Errorf("forum: seal a post: %w", err)
	}
	_, err = tx.Exec(ctx, `WITH tick AS (UPDATE community_tally SET activity = activity + 1 WHERE community_id = $1 RETURNING activity),
		seat AS (UPDATE topic_tally SET posts = posts + 1, last_number = last_number + 1, last_day = $5, activity = (SELECT activity FROM tick)
			WHERE community_id = $1 AND topic_id = $3 RETURNING last_number)
		INSERT INTO post (community_id, post_id, topic_id, number, persona_id, body, posted_on)
		SELECT $1, $2, $3, last_number, $4, $6, $5 FROM seat`, w.community, post, topic, w.self, day(b.clock()), box)
	if err != nil {
		return written{}, fmt.Errorf("forum: insert a post: %w", err)
	}
	return written{topic: topic, post: post}, nil
}

// hold reads the situation and keeps it from changing until the transaction ends.
func hold(ctx context.Context, tx pgx.Tx, in, self, topic uuid.UUID) (situation, error) {
	rows, err := tx.Query(ctx, `WITH
			c AS (SELECT community_id, programme_id, visibility, join_policy, archived, sensitivity, rules_number FROM community WHERE community_id = $1 FOR SHARE),
			m AS (SELECT state, role FROM persona WHERE community_id = $1 AND persona_id = $2 FOR SHARE),
			t AS (SELECT topic_id, persona_id, status, locked FROM topic WHERE community_id = $1 AND topic_id = $3 FOR SHARE)
		SELECT `+situationColumns+` FROM c LEFT JOIN m ON true LEFT JOIN t ON true`, in, self, topic)
	if err != nil {
		return situation{}, fmt.Errorf("forum: situation: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByName[situation])
	if err != nil {
		return situation{}, fmt.Errorf("forum: situation: %w", err)
	}
	if len(all) == 0 {
		return situation{}, nil
	}
	return all[0], nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// at puts the field in front of a fault about its value.
func at(err error, pointer string) error {
	return fault.Wrap(fault.Invalid, err).At(pointer, fault.CodeOf(err))
}
