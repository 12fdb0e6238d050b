package segment_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

// has tells whether tags may answer.
func has(asked segment.Asked, tags []int32) bool {
	for _, clause := range asked {
		if !slices.ContainsFunc(clause, func(phrase []int32) bool {
			return !slices.ContainsFunc(phrase, func(tag int32) bool { return !slices.Contains(tags, tag) })
		}) {
			return false
		}
	}
	return true
}

// What answers a query has its tags, so that whoever opens what has them misses nothing.
func TestTagsMissNothing(t *testing.T) {
	t.Parallel()
	mac := macOf("a")
	rapid.Check(t, func(r *rapid.T) {
		doc := post(0, someText(4).Draw(r, "title"), someText(14).Draw(r, "text"))
		q := someQuery.Draw(r, "query")
		asked, ok := segment.Ask(mac, q)
		if ok && q.Match(doc.Title, doc.Text) && !has(asked, segment.Tags(mac, doc)) {
			r.Fatalf("a post that answers lacks a tag")
		}
	})
}

func TestTagsTellApart(t *testing.T) {
	t.Parallel()
	mac := macOf("a")
	tags := segment.Tags(mac, post(0, "Insulin pumps", "The sugar of خسته‌ام"))
	for typed, want := range map[string]bool{
		"insulin": true, "PUMP": true, "خسته": true, "sugar -water": true, `"sugar of خسته"`: true, "the insulin": true,
		"water": false, "insulin water": false, `"insulin water"`: false, "insul* water": false,
	} {
		if asked, ok := segment.Ask(mac, query(t, typed)); !ok || has(asked, tags) != want {
			t.Errorf("%q: tags say %v, want %v", typed, !want, want)
		}
		if asked, _ := segment.Ask(macOf("b"), query(t, typed)); has(asked, tags) {
			t.Errorf("%q under another key finds the post", typed)
		}
	}
	for _, typed := range []string{"insul*", "the", `"the of"`, "را"} {
		if _, ok := segment.Ask(mac, query(t, typed)); ok {
			t.Errorf("%q has tags", typed)
		}
	}
}

// The number of tags tells no more than the padded length of a post, and their order nothing of its words'.
func TestTagsAreHiddenAmongOthers(t *testing.T) {
	t.Parallel()
	mac := macOf("a")
	for n, want := range map[int]int{0: 16, 1: 16, 16: 16, 17: 32, 33: 64, 60: 64, 65: 128, 512: 512, 700: 512} {
		var text strings.Builder
		for i := range n {
			text.WriteString("w" + strings.Repeat("a", i/26) + string(rune('a'+i%26)) + "x ")
		}
		text.WriteString("the and of")
		once, again := segment.Tags(mac, post(0, "", text.String())), segment.Tags(mac, post(0, "", text.String()))
		if len(once) != want {
			t.Errorf("%d words have %d tags, want %d", n, len(once), want)
		}
		if !slices.IsSorted(once) || len(slices.Compact(slices.Clone(once))) != len(once) || once[0] < 0 {
			t.Error("tags are not sorted, or not distinct, or not of 31 bits")
		}
		both := 0
		for _, tag := range once {
			if slices.Contains(again, tag) {
				both++
			}
		}
		if both != min(n, want) {
			t.Errorf("of %d tags %d are of words, want %d", len(once), both, min(n, want))
		}
	}
}

// Somebody has stolen the tags, and knows some posts word for word. Of the other posts' words, how many can be read? Few,
// because a key has tags of few posts; many more where it has a thousand or all.
func TestAttack10LabellingTags(t *testing.T) {
	t.Parallel()
	z := newZipf(10, 30_000)
	docs := make([]segment.Doc, 8*segment.MostTagged)
	for i := range docs {
		docs[i] = post(i, "", z.text(10+z.random.IntN(50)))
	}
	for _, c := range []struct {
		known           float64
		perKey          int
		atLeast, atMost float64
	}{
		{0.005, segment.MostTagged, 0, 0.005},
		{0.02, segment.MostTagged, 0, 0.05},
		{0.02, 1000, 0.10, 1}, // the attacks work: that is what smaller segments are for
	} {
		for _, thief := range []thief{naive, exact} {
			read := thief.reads(docs, c.perKey, c.known)
			t.Logf("%s: %.1f %% of posts known, %d to a key: %.2f %% of other words read", thief.name, 100*c.known, c.perKey, 100*read)
			if read < c.atLeast || read > c.atMost {
				t.Errorf("%s: %.1f %% known, %d to a key: %.2f %% read, want %v to %v", thief.name, 100*c.known, c.perKey, 100*read, c.atLeast, c.atMost)
			}
		}
	}
}

// thief names the tag of a word after what known posts have both: those of the word, and those of each tag, as lists of
// numbers.
type thief struct {
	name string
	fits func(word, tag map[int]bool) bool
}

var (
	// naive takes the only tag that is in all posts with the word.
	naive = thief{"naive", func(word, tag map[int]bool) bool {
		for doc := range word {
			if !tag[doc] {
				return false
			}
		}
		return true
	}}
	// exact takes the only one that is in those and in none of the others.
	exact = thief{"exact", maps.Equal[map[int]bool, map[int]bool]}
)

// reads is the share of words in unknown posts that the thief reads rightly.
func (th thief) reads(docs []segment.Doc, perKey int, share float64) float64 {
	random := rand.New(rand.NewPCG(20, 0)) //nolint:gosec // the same posts are known in every run
	right, all := 0, 0
	for some := range slices.Chunk(docs, perKey) {
		mac := macOf(fmt.Sprint(some[0].Post))
		var known, others []segment.Doc
		for _, doc := range some {
			if random.Float64() < share {
				known = append(known, doc)
			} else {
				others = append(others, doc)
			}
		}
		names := th.names(mac, known)
		for _, doc := range others {
			for term := range terms(doc) {
				all++
				if names[segment.TagOf(mac, term)] == term {
					right++
				}
			}
		}
	}
	return float64(right) / float64(all)
}

func (th thief) names(mac segment.MAC, known []segment.Doc) map[int32]string {
	ofTags, ofTerms := map[int32]map[int]bool{}, map[string]map[int]bool{} // in which posts they are
	for i, doc := range known {
		for _, tag := range segment.Tags(mac, doc) {
			note(ofTags, tag, i)
		}
		for term := range terms(doc) {
			note(ofTerms, term, i)
		}
	}
	names := map[int32]string{}
	for term, posts := range ofTerms {
		var fitting []int32
		for tag, has := range ofTags {
			if th.fits(posts, has) {
				fitting = append(fitting, tag)
			}
		}
		if len(fitting) == 1 {
			names[fitting[0]] = term
		}
	}
	return names
}

func note[K comparable](in map[K]map[int]bool, key K, doc int) {
	if in[key] == nil {
		in[key] = map[int]bool{}
	}
	in[key][doc] = true
}

func terms(doc segment.Doc) map[string]bool {
	all := map[string]bool{}
	for _, token := range append(words.Analyse(doc.Title), words.Analyse(doc.Text)...) {
		if !token.Stop {
			all[token.Term] = true
		}
	}
	return all
}
