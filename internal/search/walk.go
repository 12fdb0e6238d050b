package search

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

const (
	around    = 90   // characters of a snippet, to each side of what it shows
	mostTried = 2000 // posts that one page opens to see whether they answer
)

// candidate is a post that may belong on the page. One that is sure answers as long as it is unchanged.
type candidate struct {
	segment.Facts
	score float64
	sure  bool
}

// order is all candidates, the best first. Those of tags are not scored; where there are any, nothing is.
type order struct {
	ranked   *segment.Ranked
	tagged   []segment.Facts
	outdated func(segment.Facts) bool // what a segment says of a post that was changed since
	waiting  *candidate               // the best of ranked, where one of tagged came before it
}

func (o *order) next() (candidate, bool) {
	for {
		c, more := o.best()
		if !more || !o.outdated(c.Facts) {
			return c, more
		}
	}
}

func (o *order) best() (c candidate, more bool) {
	if o.waiting == nil {
		if hit, more := o.ranked.Next(); more {
			o.waiting = &candidate{hit.Facts, hit.Score, true}
		}
	}
	if len(o.tagged) > 0 {
		c = candidate{Facts: o.tagged[0]}
		if o.waiting == nil || o.waiting.behind(c.position()) {
			o.tagged = o.tagged[1:]
			return c, true
		}
	}
	if o.waiting == nil {
		return candidate{}, false
	}
	c, o.waiting = *o.waiting, nil
	return c, true
}

func (c candidate) position() Position {
	return Position{Post: c.Post, Score: c.score, Day: c.Day.Unix() / secondsOfDay}
}

// behind tells whether a candidate comes after a position, in the order of segment.Rank.
func (c candidate) behind(at Position) bool {
	return cmp.Or(cmp.Compare(at.Score, c.score), cmp.Compare(at.Day, c.Day.Unix()/secondsOfDay), bytes.Compare(at.Post[:], c.Post[:])) > 0
}

// from goes to a position: before are the candidates in front of it, in order. It doesn't matter whether there still is a
// post at it.
func (o *order) from(at Position) (before []candidate, rest func() (candidate, bool)) {
	for {
		switch c, more := o.next(); {
		case !more:
			return before, each(nil)
		case c.behind(at):
			first := true
			return before, func() (candidate, bool) {
				if first {
					first = false
					return c, true
				}
				return o.next()
			}
		case c.Post != at.Post:
			before = append(before, c)
		}
	}
}

func each(all []candidate) func() (candidate, bool) {
	return func() (c candidate, more bool) {
		if len(all) == 0 {
			return candidate{}, false
		}
		c, all = all[0], all[1:]
		return c, true
	}
}

// answer makes the page that was asked for.
func (q *inquiry) answer(ctx context.Context) (Answer, error) {
	found, held, err := q.find(ctx)
	defer q.opened.give(held)
	if err != nil {
		return Answer{}, err
	}
	next := found.next
	if q.ask.From != nil {
		var before []candidate
		before, next = found.from(*q.ask.From)
		if q.ask.Backward {
			slices.Reverse(before)
			next = each(before)
		}
	}
	hits, err := q.walk(ctx, next)
	if err != nil {
		return Answer{}, err
	}
	return Answer{page.Cut(hits, q.ask, func(h Hit) Position { return h.at }), q.complete}, nil
}

// walk goes through candidates until the page is full. Each is read again as it is now, under policy, and only then opened.
func (q *inquiry) walk(ctx context.Context, next func() (candidate, bool)) ([]Hit, error) {
	hits := make([]Hit, 0, q.ask.Fetch())
	for tried := 0; len(hits) < q.ask.Fetch(); {
		some := make([]candidate, 0, q.ask.Fetch())
		for len(some) < cap(some) {
			c, more := next()
			if !more {
				break
			}
			some = append(some, c)
		}
		if len(some) == 0 {
			break
		}
		if tried += len(some); tried > mostTried {
			q.complete = false
			break
		}
		more, err := q.open(ctx, some)
		if err != nil {
			return nil, err
		}
		hits = append(hits, more[:min(len(more), q.ask.Fetch()-len(hits))]...)
	}
	return hits, nil
}

// open shows those candidates that this person may read and that answer as they are now.
func (q *inquiry) open(ctx context.Context, some []candidate) ([]Hit, error) {
	ids := make([]uuid.UUID, len(some))
	for i, c := range some {
		ids[i] = c.Post
	}
	there, err := q.rows(ctx, ids)
	if err != nil {
		return nil, err
	}
	rows := make([]forum.SayingRow, 0, len(some))
	for _, id := range ids {
		if row, is := there[id]; is {
			rows = append(rows, row)
		}
	}
	sayings, err := q.board.Sayings(ctx, q.in, rows)
	if err != nil {
		return nil, err
	}
	of := make(map[uuid.UUID]forum.Saying, len(sayings))
	for _, s := range sayings {
		of[s.ID] = s
	}
	hits := make([]Hit, 0, len(sayings))
	for _, c := range some {
		saying, is := of[c.Post]
		if !is || !c.answers(q.query, saying) {
			continue
		}
		at := c.position()
		at.Today, at.Scale = q.today.Unix()/secondsOfDay, q.scale
		hits = append(hits, Hit{saying, words.Snippet(saying.Text.Reveal(), q.query, around), at})
	}
	return hits, nil
}

// answers looks again where a post was changed a moment ago, or where only its tags were asked.
func (c candidate) answers(query words.Query, now forum.Saying) bool {
	if c.sure && c.Version == now.Version && (c.Number > 1 || c.TopicVersion == now.TopicVersion) {
		return true
	}
	doc := docOf(now)
	return query.Match(doc.Title, doc.Text)
}
