package search

import (
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

// Kinds of posts that a question may ask for.
const (
	Openings = "topic" // posts that open a topic, with its title
	Replies  = "reply"
)

// Question is what somebody looks for. Zero fields ask for nothing.
type Question struct {
	Words         string    // as they were typed: words, "phrases", beginnings*, -without
	Author        uuid.UUID // persona
	After, Before time.Time // days: on or after, and before
	Kind          string
}

func (q Question) filter() segment.Filter {
	return segment.Filter{Author: q.Author, After: q.After, Before: q.Before, OpeningOnly: q.Kind == Openings, RepliesOnly: q.Kind == Replies}
}

// Position is the place of a post in an answer: what it was ordered by. With it goes by which day's recency and by which
// scale the answer was ordered, so that its next page is of the same order, whatever came and went in between.
type Position struct {
	Post  uuid.UUID     `json:"p"`
	Score float64       `json:"s"`
	Day   int64         `json:"d"` // of posting, since 1970, as Today
	Today int64         `json:"t"`
	Scale segment.Scale `json:"w"`
}

// Hit is a post that answers.
type Hit struct {
	forum.Saying
	Pieces []words.Piece // the part of the text that shows best why
	at     Position
}

// Answer is a page of hits, the best first.
type Answer struct {
	page.Page[Hit, Position]
	Complete bool // false while there is more to be indexed than can be read through
}

// standing is a community.Standing with what else policy must know here.
type standing struct {
	community.Standing
	Search string
}

const standingSQL = `SELECT ` + community.StandingColumns + `, ` + community.SearchSQL + ` AS search ` + community.StandingFrom + ` WHERE c.community_id = $1`

type segmentRow struct {
	ID       uuid.UUID `db:"segment_id"`
	Form     string
	Analysis int
}

const segmentsSQL = `SELECT segment_id, form, analysis FROM search_segment WHERE community_id = $1 ORDER BY segment_id`

// looseFrom are the posts that no segment holds as they are now: those that came since, those that were changed, and those
// whose segment was made by another analysis ($3).
const looseFrom = `(SELECT p.post_id FROM topic_tally y JOIN post p ON p.community_id = y.community_id AND p.topic_id = y.topic_id AND p.number > y.indexed
			WHERE y.community_id = $1 AND y.indexed < y.last_number
		UNION SELECT post_id FROM search_changed WHERE community_id = $1
		UNION SELECT l.post_id FROM search_segment s JOIN search_place l ON l.community_id = s.community_id AND l.segment_id = s.segment_id
			WHERE s.community_id = $1 AND s.analysis <> $3)`

// shownSQL is what is found of posts at all: not what staff took down, whoever asks.
const shownSQL = `p.status = 'published' AND t.status IN ('published', 'withdrawn')`

const postFrom = community.StandingFrom + ` JOIN post p ON p.community_id = c.community_id JOIN topic t ON t.community_id = p.community_id AND t.topic_id = p.topic_id`
