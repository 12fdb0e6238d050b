package segment

import (
	"math"
	"slices"
	"time"

	"github.com/google/uuid"
)

const (
	// BM25, with the constants that most use.
	saturation = 1.2  // k1: how little a word counts when it stands in a post once more
	longer     = 0.75 // b: how little it counts in a longer post

	halfLife = 180 // days, after which half of what newness adds is gone; after ten times as long all of it is
	everOld  = 0.4 // what is left of the score then
)

// Filter says which posts count. Its zero value lets all of them through.
type Filter struct {
	Author        uuid.UUID // only hers
	After, Before time.Time // written on or after, and before, the day
	OpeningOnly   bool      // only posts that open a topic
	RepliesOnly   bool      // only others
}

func (f Filter) keeps(d *Directory, r *row) bool {
	switch {
	case f.Author != uuid.Nil && d.authors[r.author] != f.Author:
	case !f.After.IsZero() && r.day < dayOf(f.After):
	case !f.Before.IsZero() && r.day >= dayOf(f.Before):
	case f.OpeningOnly && r.number != 1:
	case f.RepliesOnly && r.number == 1:
	default:
		return true
	}
	return false
}

// Hit is a post that answers a query. The score says how well, compared with others of the same Ranked alone.
type Hit struct {
	Facts
	Score float64
}

// Ranked are hits, the best first. It takes memory for all of them, and work only for those that are asked for.
type Ranked struct {
	parts []part
	heap  []standing
}

// standing of one hit.
type standing struct {
	score     float64
	part, doc int32
}

// Rank puts in order what was found in all segments of a community and in the posts that are in none. Words are rare or
// common, and posts long or short, among everything that was found in, whatever the filter. Of two posts that answer
// equally well the newer is first, by day and then by identifier.
func Rank(found []*Found, keep Filter, today time.Time) *Ranked {
	return RankBy(Weigh(found), found, keep, today)
}

// RankBy is Rank with the scale of an earlier answer: posts that are as they were then score as they did, to the last bit,
// whatever has come and gone beside them. By the zero Scale all answer equally well.
func RankBy(s Scale, found []*Found, keep Filter, today time.Time) *Ranked {
	r := &Ranked{}
	for _, f := range found {
		r.parts = append(r.parts, f.parts...)
	}
	most := 0
	for _, f := range r.parts {
		most += f.most()
	}
	r.heap = make([]standing, 0, most)
	now := dayOf(today)
	for i, f := range r.parts {
		f.each(func(doc int, times []uint16) {
			row := &f.in.rows[doc]
			if !keep.keeps(f.in, row) {
				return
			}
			score := s.score(times, row.length()) * newnessOf(now-row.day)
			r.heap = append(r.heap, standing{score, int32(i), int32(doc)})
		})
	}
	for i := len(r.heap)/2 - 1; i >= 0; i-- {
		r.sink(i)
	}
	return r
}

// most hits that there may be.
func (f part) most() int {
	if len(f.wanted) == 0 {
		return 0
	}
	return len(slices.MinFunc(f.wanted, func(a, b []tally) int { return len(a) - len(b) }))
}

// each tells of every post that has all that is wanted and nothing that is not, with how often it has what each clause
// asks for. times is used again.
func (f part) each(do func(doc int, times []uint16)) {
	if len(f.wanted) == 0 {
		return
	}
	rest, without := make([][]tally, len(f.wanted)), make([][]tally, len(f.without))
	copy(rest, f.wanted)
	copy(without, f.without)
	times := make([]uint16, len(rest))
next:
	for _, first := range f.wanted[0] {
		for i := range rest {
			if times[i] = upToDoc(&rest[i], first.doc); times[i] == 0 {
				continue next
			}
		}
		for i := range without {
			if upToDoc(&without[i], first.doc) > 0 {
				continue next
			}
		}
		do(int(first.doc), times)
	}
}

// upToDoc goes on to a post, and tells how often it is counted there.
func upToDoc(all *[]tally, doc uint16) uint16 {
	rest := *all
	for len(rest) > 0 && rest[0].doc < doc {
		rest = rest[1:]
	}
	*all = rest
	if len(rest) == 0 || rest[0].doc != doc {
		return 0
	}
	return rest[0].times
}

// Scale is what must be known of all posts to score one. It is short enough to go with a cursor.
type Scale struct {
	Rarity  []float32 `json:"r"` // of each clause that is wanted
	Average float32   `json:"a"` // length of a post
}

// Weigh takes the scale of what was found in.
func Weigh(found []*Found) (s Scale) {
	docs, length := 0, 0
	var have []int
	for _, one := range found {
		for _, f := range one.parts {
			docs += f.in.Len()
			length += f.in.words
			have = append(have, make([]int, max(len(f.wanted)-len(have), 0))...)
			for i, all := range f.wanted {
				have[i] += len(all)
			}
		}
	}
	for _, n := range have {
		s.Rarity = append(s.Rarity, float32(math.Log(1+(float64(docs-n)+0.5)/(float64(n)+0.5))))
	}
	s.Average = float32(length) / float32(max(docs, 1))
	return s
}

func (s Scale) score(times []uint16, length int) (sum float64) {
	norm := saturation * (1 - longer + longer*float64(length)/float64(max(s.Average, 1)))
	for i, n := range times[:min(len(times), len(s.Rarity))] {
		sum += float64(s.Rarity[i]) * float64(n) * (saturation + 1) / (float64(n) + norm)
	}
	return sum
}

// newness of posts, by their age in days: from 1 down to everOld.
var newness = func() (all [10 * halfLife]float64) {
	for days := range all {
		all[days] = everOld + (1-everOld)*math.Exp2(-float64(days)/halfLife)
	}
	return all
}()

func newnessOf(days int32) float64 {
	if int(days) >= len(newness) {
		return everOld
	}
	return newness[max(days, 0)]
}
