package words_test

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/search/words"
)

// index is what an inverted index knows of texts: where each term stands, and which words there are.
type index struct {
	at    []map[string][]int // for each text, the positions of a term
	words []string
}

func indexed(texts ...string) index {
	var x index
	for _, text := range texts {
		at := map[string][]int{}
		for _, token := range words.Analyse(text) {
			at[token.Term] = append(at[token.Term], token.Position)
			x.words = append(x.words, token.Word)
		}
		x.at = append(x.at, at)
	}
	return x
}

func (x index) answers(q words.Query) bool {
	return !slices.ContainsFunc(q.Clauses(), func(c words.Clause) bool {
		return slices.ContainsFunc(c.Any, x.has) == c.Without
	})
}

func (x index) has(p words.Phrase) bool {
	if p[0].Prefix {
		return slices.ContainsFunc(x.words, func(word string) bool { return strings.HasPrefix(word, p[0].Term) })
	}
	return slices.ContainsFunc(x.at, func(at map[string][]int) bool {
		return slices.ContainsFunc(at[p[0].Term], func(first int) bool {
			for i, want := range p {
				if !slices.Contains(at[want.Term], first+i) {
					return false
				}
			}
			return true
		})
	})
}

// Match reads texts from end to end; an index of terms and positions has to say the same of any of them.
func TestAnIndexCanAnswer(t *testing.T) {
	t.Parallel()
	found, missed := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		title, text := sentence(t, 4), sentence(t, 25)
		q, err := words.Parse(question(t))
		if err != nil {
			return
		}
		got := q.Match(title, text)
		if want := indexed(title, text).answers(q); got != want {
			t.Fatalf("%s in %q and %q: %v, an index says %v", shown(q), title, text, got, want)
		}
		if got {
			found++
		} else {
			missed++
		}
		if got && !wantless(q) && len(q.Find(title))+len(q.Find(text)) == 0 {
			t.Fatalf("%s is in %q and %q, and can't be shown", shown(q), title, text)
		}
	})
	if found < 10 || missed < 10 {
		t.Errorf("%d found and %d not: too few to prove anything", found, missed)
	}
}

func wantless(q words.Query) bool {
	return !slices.ContainsFunc(q.Clauses(), func(c words.Clause) bool { return !c.Without })
}

// few words, so that questions and texts meet.
var few = []string{
	"pain", "pains", "the", "in", "chest", "follow-up", "followup", "follow", "up", "B12", "b", "12", "7.5", "doctor's",
	"قند", "خون", "قند\u200cخون", "قندخون", "می\u200cروم", "می", "روم", "میروم", "بیماری", "بیماری\u200cها", "ها", "بی", "خوابی", "من", "و", "ام", "اس", "ام\u200cاس",
}

func sentence(t *rapid.T, most int) string {
	var b strings.Builder
	for range rapid.IntRange(0, most).Draw(t, "words") {
		b.WriteString(rapid.SampledFrom(few).Draw(t, "word"))
		b.WriteString(rapid.SampledFrom([]string{" ", " ", " ", " ", "-", "\u200c", ". ", "", "\n"}).Draw(t, "between"))
	}
	return b.String()
}

func question(t *rapid.T) string {
	var b strings.Builder
	for range rapid.IntRange(1, 3).Draw(t, "clauses") {
		b.WriteString(rapid.SampledFrom([]string{"", "", "", "-"}).Draw(t, "sign"))
		switch word := rapid.SampledFrom(few).Draw(t, "word"); rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			b.WriteString(`"` + word + " " + rapid.SampledFrom(few).Draw(t, "next") + `" `)
		case 1:
			b.WriteString(word + "* ")
		default:
			b.WriteString(word + " ")
		}
	}
	return b.String()
}

func TestTitleAndTextAnswerTogether(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{
		"metformin side": true, "metformin effects night": true, `"side effects"`: true, `"metformin night"`: false,
		"metformin -night": false, "metformin -insulin": true, `"effects at"`: false,
	} {
		q, err := words.Parse(typed)
		if err != nil {
			t.Fatal(err)
		}
		if got := q.Match("Metformin: side effects", "At night I feel sick."); got != want {
			t.Errorf("%q: %v, want %v", typed, got, want)
		}
	}
}
