package search

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

// mostLoose is how many posts outside of segments a question reads through, the newest of them.
const mostLoose = 3000

// inquiry is one question on its way.
type inquiry struct {
	*Index
	actor member.Actor
	in    uuid.UUID
	asked Question
	query words.Query
	ask   page.Ask[Position]
	today time.Time
	scale segment.Scale // by which the answer is ordered

	at       standing
	segments []segmentRow
	loose    []forum.SayingRow
	changed  map[uuid.UUID]versions // of posts that segments may hold as they were: as they are now, zero where they are gone
	complete bool
}

// errMoved says that a segment was replaced while it was being asked.
var errMoved = errors.New("search: a segment was replaced")

// patience is how often a question begins anew because of that.
const patience = 4

// Search answers a question about a community. Where policy doesn't let the actor search there, it says so by a fault;
// words that can't be looked for are faults as words.Parse has them, about "q".
func (x *Index) Search(ctx context.Context, actor member.Actor, in uuid.UUID, asked Question, ask page.Ask[Position]) (Answer, error) {
	q := &inquiry{Index: x, actor: actor, in: in, asked: asked, ask: ask, today: day(x.clock())}
	if ask.From != nil {
		q.today = time.Unix(ask.From.Today*secondsOfDay, 0).UTC()
	}
	var unasked error // who may not search learns nothing of their words
	if q.query, unasked = words.Parse(asked.Words); unasked != nil {
		unasked = fault.Wrap(fault.Invalid, unasked).At("q", fault.CodeOf(unasked))
	}
	for range patience {
		if err := q.look(ctx); err != nil {
			return Answer{}, err
		}
		if unasked != nil {
			return Answer{}, unasked
		}
		answer, err := q.answer(ctx)
		if !errors.Is(err, errMoved) {
			return answer, err
		}
	}
	return Answer{}, fault.Wrap(fault.Unavailable, errMoved)
}

const secondsOfDay = 24 * 60 * 60

func day(t time.Time) time.Time { return t.UTC().Truncate(secondsOfDay * time.Second) }

// look reads, in one moment, who asks, which segments there are and what is in none of them; then policy judges. Nothing
// has been opened by then.
func (q *inquiry) look(ctx context.Context) error {
	filter, err := q.filter(ctx, 5)
	if err != nil {
		return err
	}
	var found bool
	var changed []struct {
		ID uuid.UUID `db:"post_id"`
	}
	self := q.actor.Persona(q.in)
	loose := `SELECT ` + forum.SayingColumns + ` ` + postFrom + ` JOIN ` + looseFrom + ` loose ON loose.post_id = p.post_id
		WHERE c.community_id = $1 AND ` + shownSQL + ` AND ` + filter.SQL + ` ORDER BY p.posted_on DESC, p.post_id DESC LIMIT $4`
	err = postgres.Read(ctx, q.db, postgres.Communities(q.in),
		postgres.One(&q.at, &found, standingSQL, q.in, self),
		postgres.Many(&q.segments, segmentsSQL, q.in),
		postgres.Many(&changed, `SELECT post_id FROM search_changed WHERE community_id = $1`, q.in),
		postgres.Many(&q.loose, loose, append([]any{q.in, self, words.Version, mostLoose + 1}, filter.Args...)...))
	if err != nil {
		return err
	}
	facts := q.at.Facts(q.actor, authz.SearchQuery, purposeSupport, q.clock())
	facts.CommunitySearch = q.at.Search
	if _, err := q.policy.Require(ctx, facts); err != nil {
		return err
	}
	if err := q.mayReadOwn(ctx); err != nil {
		return err
	}
	q.segments = slices.DeleteFunc(q.segments, func(s segmentRow) bool { return s.Analysis != words.Version })
	if q.complete = len(q.loose) <= mostLoose; !q.complete {
		q.loose = q.loose[:mostLoose]
	}
	q.changed = make(map[uuid.UUID]versions, len(changed))
	for _, row := range changed {
		q.changed[row.ID] = versions{}
	}
	for _, row := range q.loose {
		if _, is := q.changed[row.ID]; is {
			q.changed[row.ID] = versions{row.Version, row.TopicVersion}
		}
	}
	return nil
}

// mayReadOwn refuses who may not even read what they wrote here themselves: that nothing was found would be no answer.
func (q *inquiry) mayReadOwn(ctx context.Context) error {
	facts := q.at.Facts(q.actor, authz.PostRead, purposeSupport, q.clock())
	facts.Status, facts.TopicStatus, facts.IsAuthor = "published", "published", true
	_, err := q.policy.Require(ctx, facts)
	return err
}

// versions of a post and of its topic.
type versions struct{ post, topic int32 }

// filter lets those posts through that policy lets this person read.
func (q *inquiry) filter(ctx context.Context, next int) (authz.Filter, error) {
	return q.policy.Filter(ctx, q.actor.Facts(authz.PostRead, purposeSupport, uuid.Nil, q.clock()), forum.PostFacts(), next)
}

// rows reads posts again, as they are now and as far as this person may read them.
func (q *inquiry) rows(ctx context.Context, posts []uuid.UUID) (map[uuid.UUID]forum.SayingRow, error) {
	const args = 3
	filter, err := q.filter(ctx, args+1)
	if err != nil {
		return nil, err
	}
	var rows []forum.SayingRow
	err = postgres.Read(ctx, q.db, postgres.Communities(q.in), postgres.Many(&rows,
		`SELECT `+forum.SayingColumns+` `+postFrom+` WHERE c.community_id = $1 AND p.post_id = ANY ($`+strconv.Itoa(args)+`) AND `+shownSQL+` AND `+filter.SQL,
		append([]any{q.in, q.actor.Persona(q.in), posts}, filter.Args...)...))
	found := make(map[uuid.UUID]forum.SayingRow, len(rows))
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, err
}
