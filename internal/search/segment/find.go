package segment

import (
	"math"
	"slices"
	"sync"

	"github.com/hamyar/hamyar/internal/search/words"
)

// titleWeight is how much more a word counts in a title.
const titleWeight = 3

// Found is what a segment, or a scan, has for a query; Rank makes an answer of many.
type Found struct{ parts []part }

// part is what has been found in the posts of one directory.
type part struct {
	in      *Directory
	wanted  [][]tally // for each clause of the query, by post
	without [][]tally
}

// tally says how often a post has what a clause asks for; at least once.
type tally struct{ doc, times uint16 }

// shelf is where words are looked up.
type shelf struct {
	places func(dst []occurrence, term string) ([]occurrence, error) // in order
	begins func(prefix string, has func(doc int)) error              // once for each word of a post
}

// search looks one query up on a shelf.
type search struct {
	shelf
	in           *Directory
	times        []uint16 // of the clause, by post
	first, after []occurrence
}

// notes of searches that are done are written over by others.
var notes = sync.Pool{New: func() any { return &search{} }}

func find(q words.Query, in *Directory, on shelf) (part, error) {
	s := notes.Get().(*search)
	defer s.giveBack()
	s.shelf, s.in = on, in
	s.times = slices.Grow(s.times[:0], in.Len())[:in.Len()]
	found := part{in: in}
	for _, clause := range q.Clauses() {
		all, err := s.clause(clause)
		if err != nil {
			return part{}, err
		}
		if clause.Without {
			found.without = append(found.without, all)
		} else {
			found.wanted = append(found.wanted, all)
		}
	}
	return found, nil
}

func (s *search) giveBack() {
	*s = search{times: s.times, first: s.first[:0], after: s.after[:0]}
	notes.Put(s)
}

// clause counts what answers it: of phrases that mean the same, the one that a post has most often.
func (s *search) clause(c words.Clause) ([]tally, error) {
	clear(s.times)
	for _, phrase := range c.Any {
		if err := s.phrase(phrase); err != nil {
			return nil, err
		}
	}
	n := 0
	for _, times := range s.times {
		if times > 0 {
			n++
		}
	}
	all := make([]tally, 0, n)
	for doc, times := range s.times {
		if times > 0 {
			all = append(all, tally{uint16(doc), times})
		}
	}
	return all, nil
}

func (s *search) phrase(p words.Phrase) error {
	if len(p) == 1 && p[0].Prefix {
		return s.prefix(p[0].Term)
	}
	var err error
	for i, want := range p {
		if i == 0 {
			s.first, err = s.places(s.first[:0], want.Term)
		} else if s.after, err = s.places(s.after[:0], want.Term); err == nil {
			s.first = followed(s.first, s.after, i)
		}
		if err != nil || len(s.first) == 0 {
			return err
		}
	}
	s.count()
	return nil
}

// followed keeps those of first behind which, so many places further, stands one of after.
func followed(first, after []occurrence, by int) []occurrence {
	kept, i := first[:0], 0
	for _, o := range first {
		if o.place()+by > mostWords {
			continue
		}
		next := o + occurrence(by)
		for i < len(after) && after[i] < next {
			i++
		}
		if i < len(after) && after[i] == next {
			kept = append(kept, o)
		}
	}
	return kept
}

// count counts the occurrences in first, those in titles more than once.
func (s *search) count() {
	for i := 0; i < len(s.first); {
		doc, times := s.first[i].doc(), 0
		title := int(s.in.rows[doc].title)
		for ; i < len(s.first) && s.first[i].doc() == doc; i++ {
			if s.first[i].place() < title {
				times += titleWeight
			} else {
				times++
			}
		}
		s.atLeast(doc, times)
	}
}

// prefix counts, for each post, different words that begin so.
func (s *search) prefix(begins string) error {
	counted := make([]uint16, len(s.times))
	if err := s.begins(begins, func(doc int) { counted[doc]++ }); err != nil {
		return err
	}
	for doc, times := range counted {
		s.atLeast(doc, int(times))
	}
	return nil
}

func (s *search) atLeast(doc, times int) {
	s.times[doc] = max(s.times[doc], uint16(min(times, math.MaxUint16)))
}
