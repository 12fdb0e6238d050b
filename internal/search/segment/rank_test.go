package segment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/segment"
)

// written is a reply of so many days ago.
func written(n, days int, title, text string) segment.Doc {
	doc := post(n, title, text)
	doc.Title, doc.Number, doc.Day = title, 2, today.AddDate(0, 0, -days)
	return doc
}

func found(t *testing.T, typed string, docs ...segment.Doc) []segment.Hit {
	t.Helper()
	return hitsOf(segment.Rank([]*segment.Found{open(t, "a", docs).read(t, query(t, typed))}, segment.Filter{}, today))
}

func TestWhatComesFirst(t *testing.T) {
	t.Parallel()
	filler := strings.Repeat("something else entirely ", 20)
	for name, pair := range map[string][2]segment.Doc{
		"a title before a text":             {written(1, 9, "insulin", "water"), written(2, 9, "water", "insulin")},
		"the newer of two":                  {written(1, 9, "", "insulin"), written(2, 90, "", "insulin")},
		"the shorter of two":                {written(1, 9, "", "insulin"), written(2, 9, "", "insulin "+filler)},
		"twice before once":                 {written(1, 9, "", "insulin and insulin"), written(2, 9, "", "insulin and water")},
		"what is much better, although old": {written(1, 400, "insulin", "insulin insulin"), written(2, 1, "", "insulin "+filler)},
		"tomorrow is today":                 {written(1, -3, "", "insulin insulin"), written(2, 0, "", "insulin water")},
	} {
		for _, order := range [][]segment.Doc{{pair[0], pair[1]}, {pair[1], pair[0]}} {
			hits := found(t, "insulin", append(order, written(3, 5, "", filler))...)
			if len(hits) != 2 || hits[0].Post != pair[0].Post {
				t.Errorf("%s: it is not so", name)
			}
		}
	}
}

// A very old post keeps two fifths of its score, and no more is taken from an older one.
func TestAgeTakesSomeAndNotAll(t *testing.T) {
	t.Parallel()
	score := func(days int) float64 { return found(t, "insulin", written(1, days, "", "insulin"))[0].Score }
	now := score(0)
	for days, want := range map[int]float64{0: 1, 180: 0.7, 360: 0.55, 1799: 0.4006, 1800: 0.4, 5000: 0.4} {
		if got := score(days) / now; got < want-0.0003 || got > want+0.0003 {
			t.Errorf("after %d days %.4f of the score is left, want %.4f", days, got, want)
		}
	}
}

// Where posts answer equally well the order is still one: in any order of segments, and wherever a page ends.
func TestEqualHitsHaveOneOrder(t *testing.T) {
	t.Parallel()
	docs := make([]segment.Doc, 60)
	for i := range docs {
		docs[i] = written(i, 5000+i%3, "", "insulin")
	}
	q := query(t, "insulin")
	first, second := open(t, "a", docs[:25]).read(t, q), open(t, "b", docs[25:]).read(t, q)
	one := hitsOf(segment.Rank([]*segment.Found{first, second}, segment.Filter{}, today))
	other := hitsOf(segment.Rank([]*segment.Found{second, first}, segment.Filter{}, today))
	if len(one) != len(docs) || len(other) != len(docs) {
		t.Fatalf("%d and %d hits, want %d", len(one), len(other), len(docs))
	}
	for i := range one {
		if one[i] != other[i] {
			t.Fatalf("hit %d depends on the order of segments", i)
		}
		if i > 0 && one[i].Day.After(one[i-1].Day) {
			t.Fatalf("hit %d is newer than the one before", i)
		}
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	docs := make([]segment.Doc, 40)
	for i := range docs {
		docs[i] = post(i, "", "insulin")
	}
	in := open(t, "a", docs).read(t, query(t, "insulin"))
	day := today.AddDate(0, 0, -10)
	for name, c := range map[string]struct {
		filter segment.Filter
		lets   func(segment.Facts) bool
	}{
		"nothing":  {segment.Filter{}, func(segment.Facts) bool { return true }},
		"author":   {segment.Filter{Author: docs[3].Author}, func(f segment.Facts) bool { return f.Author == docs[3].Author }},
		"nobody":   {segment.Filter{Author: uuid.New()}, func(segment.Facts) bool { return false }},
		"after":    {segment.Filter{After: day}, func(f segment.Facts) bool { return !f.Day.Before(day) }},
		"before":   {segment.Filter{Before: day.Add(time.Hour)}, func(f segment.Facts) bool { return f.Day.Before(day) }},
		"openings": {segment.Filter{OpeningOnly: true}, func(f segment.Facts) bool { return f.Number == 1 }},
		"replies":  {segment.Filter{RepliesOnly: true}, func(f segment.Facts) bool { return f.Number > 1 }},
	} {
		want := map[uuid.UUID]bool{}
		for _, doc := range docs {
			if c.lets(doc.Facts) {
				want[doc.Post] = true
			}
		}
		hits := hitsOf(segment.Rank([]*segment.Found{in}, c.filter, today))
		for _, hit := range hits {
			if !want[hit.Post] {
				t.Errorf("%s: a post that it doesn't let through", name)
			}
		}
		if len(hits) != len(want) {
			t.Errorf("%s: %d hits, want %d", name, len(hits), len(want))
		}
	}
}
