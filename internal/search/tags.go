package search

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

// askable tells whether tags can tell anything about a query.
func askable(query words.Query) bool {
	_, ok := segment.Ask(func(string, ...[]byte) (none [32]byte) { return none }, query)
	return ok
}

// tagged are the posts of segments of tags that may answer, the newest first: each is to be opened and matched.
func (q *inquiry) tagged(ctx context.Context, all []*asked) ([]segment.Facts, error) {
	var segments []uuid.UUID
	var tags []int32
	questions := map[uuid.UUID]segment.Asked{}
	for _, a := range all {
		if a.Form != byTags {
			continue
		}
		questions[a.ID], _ = segment.Ask(a.mac(), q.query)
		for _, clause := range questions[a.ID] {
			for _, phrase := range clause {
				for _, tag := range phrase {
					segments, tags = append(segments, a.ID), append(tags, tag)
				}
			}
		}
	}
	if len(tags) == 0 {
		return nil, nil
	}
	var rows []struct {
		Segment uuid.UUID `db:"segment_id"`
		Tag     int32
		Docs    []int32
	}
	err := postgres.Read(ctx, q.db, postgres.Communities(q.in), postgres.Many(&rows, `SELECT s.segment_id, s.tag, s.docs
		FROM (SELECT DISTINCT * FROM unnest($2::uuid[], $3::integer[])) AS want (segment_id, tag)
		JOIN search_tag s ON s.community_id = $1 AND s.segment_id = want.segment_id AND s.tag = want.tag`, q.in, segments, tags))
	if err != nil {
		return nil, err
	}
	found := map[uuid.UUID]map[int32][]int32{}
	for _, row := range rows {
		if found[row.Segment] == nil {
			found[row.Segment] = map[int32][]int32{}
		}
		found[row.Segment][row.Tag] = row.Docs
	}
	keep := q.asked.filter()
	var may []segment.Facts
	for _, a := range all {
		for _, i := range answering(questions[a.ID], found[a.ID]) {
			if i >= 0 && int(i) < a.directory.Len() { // the row may be anybody's
				if facts := a.directory.Facts(int(i)); lets(keep, facts) {
					may = append(may, facts)
				}
			}
		}
	}
	slices.SortFunc(may, func(a, b segment.Facts) int {
		return cmp.Or(b.Day.Compare(a.Day), bytes.Compare(b.Post[:], a.Post[:])) // as Rank has it
	})
	return may, nil
}

// answering are the places of the posts that have, for every clause, all tags of one phrase.
func answering(question segment.Asked, posts map[int32][]int32) []int32 {
	var all map[int32]bool // nil before the first clause
	for _, clause := range question {
		some := map[int32]bool{}
		for _, phrase := range clause {
			for doc := range having(phrase, posts) {
				if all == nil || all[doc] {
					some[doc] = true
				}
			}
		}
		all = some
	}
	docs := make([]int32, 0, len(all))
	for doc := range all {
		docs = append(docs, doc)
	}
	return docs
}

// having are the posts that have all of some tags.
func having(tags []int32, posts map[int32][]int32) map[int32]bool {
	times := map[int32]int{}
	for _, tag := range tags {
		for _, doc := range posts[tag] {
			times[doc]++
		}
	}
	all := map[int32]bool{}
	for doc, n := range times {
		if n >= len(tags) { // more only where the rows were tampered with; a match decides
			all[doc] = true
		}
	}
	return all
}

func lets(keep segment.Filter, f segment.Facts) bool {
	return (keep.Author == uuid.Nil || keep.Author == f.Author) &&
		(keep.After.IsZero() || !f.Day.Before(keep.After)) && (keep.Before.IsZero() || f.Day.Before(keep.Before)) &&
		(!keep.OpeningOnly || f.Number == 1) && (!keep.RepliesOnly || f.Number > 1)
}
