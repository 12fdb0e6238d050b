package forum

import (
	"context"
	"fmt"
	"slices"
	"time"

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
	"github.com/hamyar/hamyar/internal/sealed"
)

// NewTopic is a topic as its author hands it in.
type NewTopic struct {
	Title, Text string
	Attachments []attachment.Wanted
}

// CreateTopic opens a topic with its first post. Under an idempotency key a repeat gets what the first request made;
// replayed tells so.
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
	asked := w.once(key, slices.Concat([]string{"topic", draft.Title, draft.Text}, asked(draft.Attachments))...)
	made, opening := uuid.New(), newPost{id: uuid.New(), words: words}
	opening.topic = made
	judge := func(decision authz.Decision, tx *pgx.Conn) ([]postgres.Query, error) {
		if opening.words.attached, err = b.lend(ctx, tx, actor, in, draft.Attachments, nil); err != nil {
			return nil, err
		}
		queries, err := b.insertTopic(w, made, title)
		if err != nil {
			return nil, err
		}
		last, err := b.insertPost(w, &opening)
		if err != nil {
			return nil, err
		}
		err = b.log.Append(ctx, tx, decision, audit.Event{Action: authz.TopicCreate, Community: in, Persona: w.self, Subject: made})
		return slices.Concat(queries, asked.remember(made, opening.id, day(b.clock())), last, w.put(opening.id, draft.Attachments)), err
	}
	if replayed, err = b.create(ctx, actor, w, authz.TopicCreate, authz.TopicRead, uuid.Nil, asked, judge); err != nil {
		return Topic{}, false, err
	}
	if replayed {
		made = asked.first.Topic
	}
	topic, err = b.Topic(ctx, actor, in, made)
	return topic, replayed, err
}

// CreatePost replies in a topic. Under an idempotency key a repeat gets what the first request made; replayed tells so.
// What is attached has been uploaded before.
func (b *Board) CreatePost(ctx context.Context, actor member.Actor, in, topic uuid.UUID, text, key string, attached ...attachment.Wanted) (post Post, replayed bool, err error) {
	words, err := write(text, b.clock())
	if err != nil {
		return Post{}, false, at(err, "/text")
	}
	w, err := b.writer(ctx, actor, in)
	if err != nil {
		return Post{}, false, err
	}
	asked := w.once(key, slices.Concat([]string{"post", topic.String(), text}, asked(attached))...)
	made := newPost{id: uuid.New(), topic: topic, words: words}
	judge := func(decision authz.Decision, tx *pgx.Conn) ([]postgres.Query, error) {
		if made.words.attached, err = b.lend(ctx, tx, actor, in, attached, nil); err != nil {
			return nil, err
		}
		queries, err := b.insertPost(w, &made)
		if err != nil {
			return nil, err
		}
		err = b.log.Append(ctx, tx, decision, audit.Event{Action: authz.PostCreate, Community: in, Persona: w.self, Subject: made.id})
		return slices.Concat(asked.remember(topic, made.id, day(b.clock())), queries, w.put(made.id, attached)), err
	}
	if replayed, err = b.create(ctx, actor, w, authz.PostCreate, authz.PostRead, topic, asked, judge); err != nil {
		return Post{}, false, err
	}
	if replayed {
		post, err = b.Post(ctx, actor, in, asked.first.Post)
		return post, true, err
	}
	post, err = b.posted(ctx, in, w.self, made)
	return post, false, err
}

// create judges an action, and reading what comes of it, on the situation in which it finds the writer, held still, and
// writes it. It
// tells whether the request was answered before; then nothing is written.
func (b *Board) create(ctx context.Context, actor member.Actor, w writer, action, answer string, topic uuid.UUID, asked *once,
	judge func(authz.Decision, *pgx.Conn) ([]postgres.Query, error),
) (replayed bool, err error) {
	var here situation
	var found bool
	first := append([]postgres.Query{community.HoldStill(w.community)}, asked.look()...)
	first = append(first, postgres.One(&here, &found, situationSQL, w.community, w.self, topic))
	err = postgres.Write(ctx, b.db, postgres.Communities(w.community), first, func(tx *pgx.Conn) ([]postgres.Query, error) {
		decision, err := b.policy.Require(ctx, here.facts(actor, action, purposeSupport, b.clock()))
		if err != nil {
			return nil, err
		}
		if topic != uuid.Nil && here.Topic == nil {
			return nil, fault.New(fault.NotFound)
		}
		if err := b.mayReadOwn(ctx, actor, here, answer); err != nil {
			return nil, err
		}
		if replayed, err = asked.before(); err != nil || replayed {
			return nil, err
		}
		return judge(decision, tx)
	})
	return replayed, err
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

// newPost is a post on its way into a topic.
type newPost struct {
	id, topic uuid.UUID
	words     envelope
	seat      struct{ Number int }
	seated    bool
}

func (b *Board) insertTopic(w writer, topic uuid.UUID, title string) ([]postgres.Query, error) {
	box, err := w.ring.Seal(titlePlace(w.community, topic, w.self, 1), []byte(title))
	if err != nil {
		return nil, fmt.Errorf("forum: seal a title: %w", err)
	}
	today := day(b.clock())
	return []postgres.Query{
		postgres.Do(`INSERT INTO topic (community_id, topic_id, persona_id, title, opened_on) VALUES ($1, $2, $3, $4, $5)`, w.community, topic, w.self, box, today),
		postgres.Do(`INSERT INTO topic_tally (community_id, topic_id, posts, last_number, last_day, activity) VALUES ($1, $2, 0, 0, $3, 0)`, w.community, topic, today),
		postgres.Do(`UPDATE community_tally SET topics = topics + 1 WHERE community_id = $1`, w.community),
	}, nil
}

// insertPost takes the next place in the topic, and puts the topic before the others. Its counters stay locked until the
// transaction ends, so it is the last thing that a create does.
func (b *Board) insertPost(w writer, p *newPost) ([]postgres.Query, error) {
	body, shown, err := w.bodyOf(p.id, 1, p.words)
	if err != nil {
		return nil, err
	}
	return []postgres.Query{postgres.One(&p.seat, &p.seated, `WITH
			seat AS (UPDATE topic_tally SET posts = posts + 1, last_number = last_number + 1, last_day = $5,
				activity = greatest(activity, (SELECT latest.activity FROM topic_tally latest WHERE latest.community_id = $1 ORDER BY latest.activity DESC LIMIT 1)) + 1
				WHERE community_id = $1 AND topic_id = $3 RETURNING last_number)
		INSERT INTO post (community_id, post_id, topic_id, number, persona_id, body, shown, render, posted_on)
		SELECT $1, $2, $3, last_number, $4, $6, $7, $8, $5 FROM seat RETURNING number`, w.community, p.id, p.topic, w.self, day(b.clock()), body, shown, p.words.render)}, nil
}

// posted is a new post as its author reads it.
func (b *Board) posted(ctx context.Context, in, self uuid.UUID, p newPost) (Post, error) {
	cast, err := b.directory.Cast(ctx, in, []uuid.UUID{self}, [][]byte{nil})
	if err != nil {
		return Post{}, err
	}
	_, author, here, err := cast.Author(0)
	if err != nil || !here || !p.seated {
		return Post{}, orNotFound(err)
	}
	return Post{
		ID: p.id, Topic: p.topic, Number: p.seat.Number, Author: author, Text: sealed.NewText(string(p.words.text)), HTML: sealed.NewText(string(p.words.html)),
		Status: "published", At: p.words.at, Version: 1, Attachments: p.words.attached,
	}, nil
}

func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// at puts the field in front of a fault about its value.
func at(err error, pointer string) error {
	return fault.Wrap(fault.Invalid, err).At(pointer, fault.CodeOf(err))
}
