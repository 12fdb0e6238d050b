package scrub

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"unicode"
)

// labelled is a text with what somebody found in it by hand.
type labelled struct {
	Lang  string
	Text  string
	Spans []Span
	Aside []Span // neither wrong to find nor wrong to leave: jobs, nationalities, years, ages under 90
}

// counts are tokens: labelled, found among those, found under the right type; claimed as a type, and rightly so.
type counts struct{ labelled, found, typed, claimed, right int }

func (c counts) recall() float64    { return share(c.found, c.labelled) }
func (c counts) precision() float64 { return share(c.right, c.claimed) }
func (c counts) f2() float64 {
	p, r := c.precision(), c.recall()
	if p+r == 0 {
		return 0
	}
	return 5 * p * r / (4*p + r)
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 1
	}
	return float64(part) / float64(whole)
}

// tally is how a set of texts was read, by type and, under "", in all.
type tally map[Type]*counts

func (t tally) of(as Type) *counts {
	if t[as] == nil {
		t[as] = &counts{}
	}
	return t[as]
}

// weigh reads texts and counts their tokens: words and numbers, each once.
func weigh(t *testing.T, texts []labelled) tally {
	t.Helper()
	sums := tally{}
	s := New()
	for _, one := range texts {
		spans, err := s.Find(t.Context(), one.Lang, one.Text)
		if err != nil {
			t.Fatal(err)
		}
		text := read(one.Lang, one.Text)
		for _, w := range text.Words {
			start, end := text.original(int(w.Start), int(w.End))
			if cues[w.Of(text)]&(titles|degrees) != 0 {
				continue
			}
			gold, ours := typeAt(one.Spans, start, end), typeAt(spans, start, end)
			if gold == "" && typeAt(one.Aside, start, end) != "" {
				continue
			}
			for _, as := range []Type{"", gold} {
				if gold != "" {
					c := sums.of(as)
					c.labelled++
					c.found += pick(ours != "", 1, 0)
					c.typed += pick(ours == gold, 1, 0)
				}
			}
			for _, as := range []Type{"", ours} {
				if ours != "" {
					c := sums.of(as)
					c.claimed++
					c.right += pick(gold != "", 1, 0)
				}
			}
		}
	}
	return sums
}

func typeAt(spans []Span, start, end int) Type {
	for _, s := range spans {
		if s.Start < end && start < s.End {
			return s.Type
		}
	}
	return ""
}

// print writes a tally as a table.
func (t tally) print(title string) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "%s\ttokens\trecall\ttyped\tprecision\tF2\t\n", title)
	for _, as := range append(slices.Clone(Types), "") {
		if c := t[as]; c != nil {
			fmt.Fprintf(w, "%s\t%d\t%.3f\t%.3f\t%.3f\t%.3f\t\n", pickText(as == "", "all", string(as)), c.labelled, c.recall(), share(c.typed, c.labelled), c.precision(), c.f2())
		}
	}
	_ = w.Flush()
	return b.String()
}

// lowered are copies of texts in small letters, code point by code point.
func lowered(texts []labelled) []labelled {
	copies := slices.Clone(texts)
	for i := range copies {
		copies[i].Text = strings.Map(unicode.ToLower, copies[i].Text)
	}
	return copies
}
