package scrub

import (
	"cmp"
	"slices"
)

// Strength is how sure a recogniser is. It decides of which type a piece is that several found.
type Strength int

// From a word that could be a name to a number whose check digits are right.
const (
	Possible Strength = iota
	Likely
	Certain
)

// Finds are what recognisers have found in a Text, in bytes of its Plain.
type Finds struct {
	all     []find
	covered []bool // for each byte of Plain
}

type find struct {
	start, end int
	as         Type
	rule       string
	strength   Strength
}

// Add notes that Plain[start:end] is of a type, and by which rule.
func (f *Finds) Add(start, end int, as Type, rule string, strength Strength) {
	f.all = append(f.all, find{start, end, as, rule, strength})
	for i := start; i < end; i++ {
		f.covered[i] = true
	}
}

// Covered tells whether somebody found something in Plain[start:end] before.
func (f *Finds) Covered(start, end int) bool { return slices.Contains(f.covered[start:end], true) }

// claim is a span with how sure its finder is.
type claim struct {
	Span
	strength Strength
}

// claims are the finds as spans of the text as it came.
func (t *Text) claims(f *Finds) []claim {
	claims := make([]claim, 0, len(f.all))
	for _, found := range f.all {
		start, end := t.original(found.start, found.end)
		claims = append(claims, claim{Span{start, end, found.as, found.rule}, found.strength})
	}
	return claims
}

// settle makes one span of those that overlap: nothing that anybody found comes out of it in the open. The surest gives
// it its type, and among equals the longest.
func settle(claims []claim) []Span {
	slices.SortStableFunc(claims, func(a, b claim) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End))
	})
	spans := []Span{}
	var best claim
	for _, c := range claims {
		last := len(spans) - 1
		if last < 0 || c.Start >= spans[last].End {
			spans, best = append(spans, c.Span), c
			continue
		}
		if cmp.Or(cmp.Compare(c.strength, best.strength), cmp.Compare(c.End-c.Start, best.End-best.Start)) > 0 {
			best = c
		}
		spans[last].End = max(spans[last].End, c.End)
		spans[last].Type, spans[last].Rule = best.Type, best.Rule
	}
	return spans
}
