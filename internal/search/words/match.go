package words

import (
	"slices"
	"strings"
)

// Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// Match tells whether texts, taken together, answer the query: a title and a body may each have one of its words, but a
// phrase must stand in one of them.
func (q Query) Match(texts ...string) bool {
	analysed := make([][]Token, len(texts))
	for i, text := range texts {
		analysed[i] = Analyse(text)
	}
	return q.Answers(analysed...)
}

// Answers is Match for texts that have been analysed.
func (q Query) Answers(texts ...[]Token) bool {
	for _, clause := range q.clauses {
		if slices.ContainsFunc(texts, clause.in) == clause.Without {
			return false
		}
	}
	return len(q.clauses) > 0
}

// Find returns where text has what the query asks for, in order and apart from each other. It doesn't ask whether the
// text answers the whole query.
func (q Query) Find(text string) []Range {
	tokens := Analyse(text)
	var found []Range
	for _, clause := range q.clauses {
		if clause.Without {
			continue
		}
		for _, phrase := range clause.Any {
			phrase.each(tokens, func(at Range) bool { found = append(found, at); return true })
		}
	}
	return apart(found)
}

// apart sorts ranges and makes one of those that overlap.
func apart(ranges []Range) []Range {
	slices.SortFunc(ranges, func(a, b Range) int { return a.Start - b.Start })
	kept := ranges[:0]
	for _, r := range ranges {
		if last := len(kept) - 1; last >= 0 && r.Start < kept[last].End {
			kept[last].End = max(kept[last].End, r.End)
			continue
		}
		kept = append(kept, r)
	}
	return kept
}

func (c Clause) in(text []Token) bool {
	return slices.ContainsFunc(c.Any, func(p Phrase) bool {
		found := false
		p.each(text, func(Range) bool { found = true; return false })
		return found
	})
}

// each tells more of every place where the phrase stands, until more says no.
func (p Phrase) each(text []Token, more func(Range) bool) {
	if len(p) == 0 {
		return
	}
	for i, token := range text {
		if !p[0].is(token) {
			continue
		}
		if end, stands := p[1:].follows(text[i+1:], token); stands && !more(Range{token.Start, end}) {
			return
		}
	}
}

// follows tells whether the phrase stands behind a token, and where it ends.
func (p Phrase) follows(text []Token, before Token) (end int, stands bool) {
	end, next := before.End, before.Position+1
	for _, want := range p {
		i := slices.IndexFunc(text, func(t Token) bool { return t.Position > next || t.Position == next && want.is(t) })
		if i < 0 || text[i].Position > next {
			return 0, false
		}
		end, next = text[i].End, next+1
	}
	return end, true
}

func (w Want) is(t Token) bool {
	if w.Prefix {
		return strings.HasPrefix(t.Word, w.Term)
	}
	return t.Term == w.Term
}
