package forum

import (
	"context"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/postgres"
)

const (
	onePostSQL  = `SELECT ` + postColumns + ` FROM post p WHERE p.community_id = $1 AND p.post_id = $2`
	oneTopicSQL = `SELECT ` + topicColumns + ` FROM ` + topicFrom + ` WHERE t.community_id = $1 AND t.topic_id = $2`
	openingSQL  = `SELECT ` + postColumns + ` FROM post p WHERE p.community_id = $1 AND p.topic_id = $2 AND p.number = 1`
	aroundSQL   = `SELECT ` + situationColumns + ` ` + community.StandingFrom + ` LEFT JOIN topic t ON t.community_id = c.community_id
		AND t.topic_id = (SELECT topic_id FROM post WHERE community_id = $1 AND post_id = $3) WHERE c.community_id = $1`
)

// Post returns one post.
func (b *Board) Post(ctx context.Context, actor member.Actor, in, id uuid.UUID) (Post, error) {
	var row postRow
	var around situation
	var found, placed bool
	self := actor.Persona(in)
	err := postgres.Read(ctx, b.db, postgres.Communities(in),
		postgres.One(&around, &placed, aroundSQL, in, self, id), postgres.One(&row, &found, onePostSQL, in, id))
	if err != nil {
		return Post{}, err
	}
	facts := around.reading(actor, authz.PostRead, row.Status, b.clock())
	facts.IsAuthor = found && actor.SignedIn() && row.Persona == self
	decision, err := b.policy.Require(ctx, facts)
	if err != nil {
		return Post{}, err
	}
	if !found || row.Body.none() {
		return Post{}, fault.New(fault.NotFound)
	}
	if err := b.record(ctx, actor, decision, trace{authz.PostRead, in, id, notice.Post}, notice.Thing{ID: id, Owner: row.Persona}); err != nil {
		return Post{}, err
	}
	posts, err := b.openPosts(ctx, in, []postRow{row}, whole)
	if err != nil {
		return Post{}, err
	}
	if len(posts) == 0 {
		return Post{}, fault.New(fault.NotFound)
	}
	return posts[0], nil
}

// Topic returns one topic with its opening post, where that is still there to read.
func (b *Board) Topic(ctx context.Context, actor member.Actor, in, id uuid.UUID) (Topic, error) {
	var row topicRow
	var opening postRow
	var at situation
	var found, opened, placed bool
	err := postgres.Read(ctx, b.db, postgres.Communities(in),
		postgres.One(&at, &placed, situationSQL, in, actor.Persona(in), id),
		postgres.One(&row, &found, oneTopicSQL, in, id), postgres.One(&opening, &opened, openingSQL, in, id))
	if err != nil {
		return Topic{}, err
	}
	decision, err := b.policy.Require(ctx, at.readingTopic(actor, b.clock()))
	if err != nil {
		return Topic{}, err
	}
	if !found {
		return Topic{}, fault.New(fault.NotFound)
	}
	if err := b.record(ctx, actor, decision, trace{authz.TopicRead, in, id, notice.Topic}, notice.Thing{ID: id, Owner: row.Persona}); err != nil {
		return Topic{}, err
	}
	topics, err := b.openTopics(ctx, in, []topicRow{row})
	if err != nil || len(topics) == 0 {
		return Topic{}, orNotFound(err)
	}
	topic := topics[0]
	topic.Opening, err = b.opening(ctx, actor, at, opening, opened)
	return topic, err
}

// opening opens the first post of a topic where policy lets this person read it.
func (b *Board) opening(ctx context.Context, actor member.Actor, at situation, row postRow, found bool) (*Post, error) {
	if !found || row.Body.none() {
		return nil, nil
	}
	facts := at.reading(actor, authz.PostRead, row.Status, b.clock())
	facts.IsAuthor = actor.SignedIn() && row.Persona == actor.Persona(at.Community)
	decision, err := b.policy.Decide(ctx, facts)
	if err != nil {
		return nil, err
	}
	if !decision.Allow {
		return nil, nil
	}
	if err := b.record(ctx, actor, decision, trace{authz.PostRead, at.Community, row.ID, notice.Post}, notice.Thing{ID: row.ID, Owner: row.Persona}); err != nil {
		return nil, err
	}
	posts, err := b.openPosts(ctx, at.Community, []postRow{row}, whole)
	if err != nil || len(posts) == 0 {
		return nil, err
	}
	return &posts[0], nil
}

func orNotFound(err error) error {
	if err != nil {
		return err
	}
	return fault.New(fault.NotFound)
}
