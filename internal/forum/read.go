package forum

import (
	"cmp"
	"context"
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/notice"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Every read of a list takes the actor's persona as $2, after the community as $1.

const situationFrom = community.StandingFrom + ` LEFT JOIN topic t ON t.community_id = c.community_id AND t.topic_id = $3`

const situationSQL = `SELECT ` + situationColumns + ` ` + situationFrom + ` WHERE c.community_id = $1`

var postFacts = func() authz.Columns {
	columns := community.StandingFacts()
	maps.Copy(columns, authz.Columns{"status": "p.status", "is_author": "(p.persona_id = $2)", "topic_status": "t.status", "topic_locked": "t.locked"})
	return columns
}()

var topicFacts = func() authz.Columns {
	columns := community.StandingFacts()
	maps.Copy(columns, authz.Columns{"status": "t.status", "is_author": "(t.persona_id = $2)", "topic_status": "t.status", "topic_locked": "t.locked"})
	return columns
}()

// Posts returns a page of a topic, oldest first.
func (b *Board) Posts(ctx context.Context, actor member.Actor, in, topic uuid.UUID, ask page.Ask[int]) (page.Page[Post, int], error) {
	var none page.Page[Post, int]
	readable, values, err := b.readable(ctx, actor, in, authz.PostRead, postFacts, 6)
	if err != nil {
		return none, err
	}
	order, compare, from := "ASC", ">", 0
	if ask.Backward {
		order, compare = "DESC", "<"
	}
	if ask.From != nil {
		from = *ask.From
	}
	sql := `SELECT ` + situationColumns + `, ` + postColumns + ` ` + situationFrom + `
		LEFT JOIN LATERAL (SELECT ` + listedColumns + ` FROM post p
			WHERE p.community_id = $1 AND p.topic_id = $3 AND p.number ` + compare + ` $4 AND ` + readable + `
			ORDER BY p.number ` + order + ` LIMIT $5) p ON true
		WHERE c.community_id = $1`
	self := actor.Persona(in)
	var at situation
	var found bool
	rows := make([]postRow, 0, ask.Fetch())
	args := append([]any{in, self, topic, from, ask.Fetch()}, values...)
	if err := postgres.Read(ctx, b.db, postgres.Communities(in), postgres.Within(&at, &found, &rows, sql, args...)); err != nil {
		return none, err
	}
	inOrder(rows, ask.Backward)
	decision, err := b.policy.Require(ctx, at.reading(actor, authz.PostList, "", b.clock()))
	if err != nil {
		return none, err
	}
	if at.Topic == nil {
		return none, fault.New(fault.NotFound)
	}
	if len(rows) == 0 {
		if err := b.mayReadOwn(ctx, actor, at, authz.PostRead); err != nil {
			return none, err
		}
	}
	cut := page.Cut(rows, ask, func(r postRow) int { return r.Number })
	var noted openings
	all := make([]notice.Thing, len(cut.Items))
	for i, row := range cut.Items {
		all[i] = notice.Thing{ID: row.ID, Owner: row.Persona}
		facts := at.reading(actor, authz.PostRead, row.Status, b.clock())
		facts.IsAuthor = self == row.Persona
		if err := b.mayOpen(ctx, &noted, facts, all[i]); err != nil {
			return none, err
		}
	}
	if err := b.recordPage(ctx, actor, decision, noted, trace{authz.PostList, in, topic, notice.Post}, all); err != nil {
		return none, err
	}
	posts, err := b.openPosts(ctx, in, cut.Items, shown)
	return page.With(cut, posts), err
}

// inOrder puts a page in the order in which it was asked for: the LIMIT inside the join chose the rows, and what comes
// out of a join has no order.
func inOrder(rows []postRow, backward bool) {
	slices.SortFunc(rows, func(a, b postRow) int {
		if backward {
			a, b = b, a
		}
		return cmp.Compare(a.Number, b.Number)
	})
}

// Position of a topic in the list of a community: those answered last come first.
type Position struct {
	Activity int64     `json:"a"`
	ID       uuid.UUID `json:"i"`
}

// Topics returns a page of a community's topics, the last active first.
func (b *Board) Topics(ctx context.Context, actor member.Actor, in uuid.UUID, ask page.Ask[Position]) (page.Page[Topic, Position], error) {
	var none page.Page[Topic, Position]
	readable, values, err := b.readable(ctx, actor, in, authz.TopicRead, topicFacts, 7)
	if err != nil {
		return none, err
	}
	order, compare := "DESC", "<"
	if ask.Backward {
		order, compare = "ASC", ">"
	}
	var from Position
	if ask.From != nil {
		from = *ask.From
	}
	sql := `SELECT ` + topicColumns + ` ` + community.StandingFrom + ` JOIN ` + topicFrom + ` ON t.community_id = c.community_id
		WHERE c.community_id = $1 AND y.community_id = $1 AND ($3 OR (y.activity, y.topic_id) ` + compare + ` ($4::bigint, $5::uuid)) AND ` + readable + `
		ORDER BY y.activity ` + order + `, y.topic_id ` + order + ` LIMIT $6`
	self := actor.Persona(in)
	var standing community.Standing
	var found bool
	var rows []topicRow
	args := append([]any{in, self, ask.From == nil, from.Activity, from.ID, ask.Fetch()}, values...)
	err = postgres.Read(ctx, b.db, postgres.Communities(in),
		community.ReadStanding(&standing, &found, in, self), postgres.Many(&rows, sql, args...))
	if err != nil {
		return none, err
	}
	decision, err := b.policy.Require(ctx, standing.Facts(actor, authz.TopicList, purposeSupport, b.clock()))
	if err != nil {
		return none, err
	}
	if len(rows) == 0 {
		if err := b.mayReadOwn(ctx, actor, situation{Standing: standing}, authz.TopicRead); err != nil {
			return none, err
		}
	}
	cut := page.Cut(rows, ask, func(r topicRow) Position { return Position{r.Activity, r.ID} })
	var noted openings
	all := make([]notice.Thing, len(cut.Items))
	for i, row := range cut.Items {
		all[i] = notice.Thing{ID: row.ID, Owner: row.Persona}
		at := situation{standing, &row.ID, &row.Persona, &row.Status, &row.Locked}
		if err := b.mayOpen(ctx, &noted, at.readingTopic(actor, b.clock()), all[i]); err != nil {
			return none, err
		}
	}
	if err := b.recordPage(ctx, actor, decision, noted, trace{authz.TopicList, in, uuid.Nil, notice.Topic}, all); err != nil {
		return none, err
	}
	topics, err := b.openTopics(ctx, in, cut.Items)
	return page.With(cut, topics), err
}

// reading says what is wanted of a post: a list shows its rendering alone.
type reading bool

const (
	shown reading = false
	whole reading = true // as it was written, as well
)

func (b *Board) openPosts(ctx context.Context, in uuid.UUID, rows []postRow, as reading) ([]Post, error) {
	ids, boxes := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	for i := range rows {
		ids[i] = rows[i].Persona
		if !rows[i].Body.none() {
			boxes[i] = *rows[i].Body.bytes
		}
	}
	cast, err := b.directory.Cast(ctx, in, ids, boxes)
	if err != nil {
		return nil, err
	}
	posts := make([]Post, 0, len(rows))
	for i, row := range rows {
		post, ok, err := row.opened(in, cast, i, as)
		if err != nil {
			return nil, err
		}
		if ok {
			posts = append(posts, post)
		}
	}
	return posts, nil
}

func (b *Board) openTopics(ctx context.Context, in uuid.UUID, rows []topicRow) ([]Topic, error) {
	ids, boxes := make([]uuid.UUID, len(rows)), make([][]byte, len(rows))
	for i := range rows {
		ids[i], boxes[i] = rows[i].Persona, rows[i].Title
	}
	cast, err := b.directory.Cast(ctx, in, ids, boxes)
	if err != nil {
		return nil, err
	}
	topics := make([]Topic, 0, len(rows))
	for i, row := range rows {
		topic, ok, err := row.opened(in, cast, i)
		if err != nil {
			return nil, err
		}
		if ok {
			topics = append(topics, topic)
		}
	}
	return topics, nil
}
