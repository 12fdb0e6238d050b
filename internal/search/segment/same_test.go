package segment_test

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

var (
	someWords = strings.Fields("insulin insulins pump pumps pump-s pumping sugar the and to diabetes diabetic follow-up B12 well-being 120/80 naïve " +
		"انسولین پمپ قند قندخون قند‌خون می‌روم میروم روم و را که خسته خسته‌ام خستگی ۱۲ 12 بیماری بیماری‌ها ام‌اس")
	someAsked = append(slices.Clone(someWords), strings.Fields("pum* insul* dia* well-b* انس* خست* بیم* absent غایب قند* the*")...)
)

// someText is words with whatever stands between them.
func someText(most int) *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		between := rapid.SampledFrom([]string{" ", " ", " ", "\n", ". ", "، "})
		var b strings.Builder
		for _, word := range rapid.SliceOfN(rapid.SampledFrom(someWords), 0, most).Draw(t, "words") {
			b.WriteString(word + between.Draw(t, "between"))
		}
		return b.String()
	})
}

// someQuery is what somebody might type, if it is a query.
var someQuery = rapid.Map(rapid.Custom(someTyped).Filter(func(typed string) bool {
	_, err := words.Parse(typed)
	return err == nil
}), func(typed string) words.Query {
	q, err := words.Parse(typed)
	if err != nil {
		panic(err)
	}
	return q
})

func someTyped(t *rapid.T) string {
	word := rapid.SampledFrom(someAsked)
	var parts []string
	for range rapid.IntRange(1, 3).Draw(t, "clauses") {
		part := word.Draw(t, "word")
		if rapid.IntRange(0, 3).Draw(t, "phrase") == 0 {
			part = `"` + strings.ReplaceAll(part+" "+word.Draw(t, "next"), "*", "") + `"`
		}
		if len(parts) > 0 && rapid.IntRange(0, 4).Draw(t, "without") == 0 {
			part = "-" + part
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// However posts are spread over segments and a scan, a query finds what reading every post finds, in the same order.
func TestSearchingIsReadingEveryPost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		docs := make([]segment.Doc, rapid.IntRange(0, 40).Draw(r, "posts"))
		for i := range docs {
			docs[i] = post(i*37%400, someText(4).Draw(r, "title"), someText(12).Draw(r, "text"))
		}
		q := someQuery.Draw(r, "query")
		filter := segment.Filter{}
		switch rapid.IntRange(0, 4).Draw(r, "filter") {
		case 0:
			filter.Author = id(1_000_003)
		case 1:
			filter.After, filter.Before = today.AddDate(0, 0, -200), today.AddDate(0, 0, -40)
		case 2:
			filter.OpeningOnly = true
		case 3:
			filter.RepliesOnly = true
		}

		var found []*segment.Found
		rest := docs
		for i := range rapid.IntRange(0, 3).Draw(r, "segments") {
			n := rapid.IntRange(0, len(rest)).Draw(r, "of")
			found = append(found, open(t, []string{"a", "b", allAlike}[i], rest[:n]).read(t, q))
			rest = rest[n:]
		}
		fresh := make([]segment.Analysed, len(rest))
		for i, doc := range rest {
			fresh[i] = segment.Analyse(doc)
		}
		got := hitsOf(segment.Rank(append(found, segment.Scan(q, fresh)), filter, today))
		mustBe(r, got, everyPost(q, docs, filter))
	})
}

// What chance comes upon too seldom.
func TestSearchingIsReadingThesePosts(t *testing.T) {
	t.Parallel()
	docs := []segment.Doc{
		post(0, "about insulin", "pump and sugar"),
		post(5, "about the insulin pump", "and sugar"),
		post(1, "", "insulin pump and sugar, insulin pump and sugar"),
		post(2, "", "insulin pump, and no sugar"),
		post(3, "", "pump-s, pump-s and pumps pumps pumping pumps"),
		post(4, "", "خسته‌ام خسته خستگی خسته"),
		post(6, "", ""),
		post(7, "", "blood-test blood test"),
		post(8, "", "blood-test bloodtest"),
	}
	fresh := make([]segment.Analysed, len(docs))
	for i, doc := range docs {
		fresh[i] = segment.Analyse(doc)
	}
	for typed, hits := range map[string]int{
		`"insulin pump"`: 3, `"insulin pump and sugar"`: 1, `"pump and sugar"`: 2, `"pump and sugar" -"about insulin"`: 1,
		"pump": 5, "pump*": 5, "pump-s": 5, "خسته": 1, "خست*": 1, "the": 1, "insulin -sugar": 0, "blood-test": 2, `sugar -"the insulin"`: 3,
	} {
		q := query(t, typed)
		want := everyPost(q, docs, segment.Filter{})
		if len(want) != hits {
			t.Errorf("%q: reading finds %d posts, want %d", typed, len(want), hits)
		}
		for _, in := range []*segment.Found{open(t, "a", docs).read(t, q), open(t, allAlike, docs).read(t, q), segment.Scan(q, fresh)} {
			mustBe(t, hitsOf(segment.Rank([]*segment.Found{in}, segment.Filter{}, today)), want)
		}
	}
}

func mustBe(t interface{ Fatalf(string, ...any) }, got, want []segment.Hit) {
	if len(got) != len(want) {
		t.Fatalf("%d hits, and reading every post finds %d", len(got), len(want))
	}
	for i := range got {
		if got[i].Facts != want[i].Facts && math.Abs(got[i].Score-want[i].Score) > 1e-12 {
			t.Fatalf("hit %d is %v (%v), want %v (%v)", i, got[i].Post, got[i].Score, want[i].Post, want[i].Score)
		}
		if math.Abs(got[i].Score-want[i].Score) > 1e-9 {
			t.Fatalf("hit %d scores %v, want %v", i, got[i].Score, want[i].Score)
		}
	}
}

// everyPost answers a query without any index, by the formula of BM25.
func everyPost(q words.Query, docs []segment.Doc, filter segment.Filter) (hits []segment.Hit) {
	total := 0
	have := make([]int, len(q.Clauses()))
	for _, doc := range docs {
		total += extent(doc)
		for i, clause := range q.Clauses() {
			if often(clause, doc) > 0 {
				have[i]++
			}
		}
	}
	n, average := float64(len(docs)), math.Max(float64(float32(total)/float32(len(docs))), 1)
	for _, doc := range docs {
		if !q.Match(doc.Title, doc.Text) || !lets(filter, doc) {
			continue
		}
		score := 0.0
		for i, clause := range q.Clauses() {
			if f := often(clause, doc); !clause.Without {
				rarity := float64(float32(math.Log(1 + (n-float64(have[i])+0.5)/(float64(have[i])+0.5))))
				score += rarity * f * 2.2 / (f + 1.2*(0.25+0.75*float64(extent(doc))/average))
			}
		}
		age := today.Sub(doc.Day).Hours() / 24
		hits = append(hits, segment.Hit{Facts: doc.Facts, Score: score * (0.4 + 0.6*math.Pow(0.5, age/180))})
	}
	slices.SortFunc(hits, func(a, b segment.Hit) int {
		return cmp.Or(cmp.Compare(b.Score, a.Score), b.Day.Compare(a.Day), slices.Compare(b.Post[:], a.Post[:]))
	})
	return hits
}

func extent(doc segment.Doc) int {
	sum := 0
	for _, text := range []string{doc.Title, doc.Text} {
		if all := words.Analyse(text); len(all) > 0 {
			sum += all[len(all)-1].Position + 1
		}
	}
	return sum
}

// often is how often a post has what a clause asks for, three times as much in its title.
func often(clause words.Clause, doc segment.Doc) (most float64) {
	for _, phrase := range clause.Any {
		here := 3*places(phrase, doc.Title) + places(phrase, doc.Text)
		if phrase[0].Prefix {
			different := map[string]bool{}
			for _, token := range append(words.Analyse(doc.Title), words.Analyse(doc.Text)...) {
				if strings.HasPrefix(token.Word, phrase[0].Term) {
					different[token.Word] = true
				}
			}
			here = len(different)
		}
		most = math.Max(most, float64(here))
	}
	return most
}

func places(phrase words.Phrase, text string) (n int) {
	at := map[int]map[string]bool{}
	for _, token := range words.Analyse(text) {
		if at[token.Position] == nil {
			at[token.Position] = map[string]bool{}
		}
		at[token.Position][token.Term] = true
	}
	for i := range at {
		if !slices.ContainsFunc(phrase, func(w words.Want) bool { i++; return !at[i-1][w.Term] }) {
			n++
		}
	}
	return n
}

func lets(f segment.Filter, doc segment.Doc) bool {
	return (f.Author == uuid.Nil || f.Author == doc.Author) &&
		(f.After.IsZero() || !doc.Day.Before(f.After)) && (f.Before.IsZero() || doc.Day.Before(f.Before)) &&
		(!f.OpeningOnly || doc.Number == 1) && (!f.RepliesOnly || doc.Number != 1)
}
