package words

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Piece is a part of a snippet. Hit says that it is what was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// Snippet returns the part of a plain text where the query finds most, with around characters to each side of it, cut
// between words and marked with … where it is cut. Without a hit it is the beginning of the text. The pieces are in the
// order of the text, whatever its direction; only a … may stand in them that doesn't stand in the text.
func Snippet(text string, q Query, around int) []Piece {
	hits := q.Find(text)
	window := frame(text, densest(text, hits, around), around)
	var s snippet
	if strings.TrimSpace(text[:window.Start]) != "" {
		s.add("…", false)
	}
	at := window.Start
	for _, hit := range hits {
		if hit.Start >= window.Start && hit.Start < window.End {
			hit.End = min(hit.End, window.End)
			s.add(text[at:hit.Start], false)
			s.add(text[hit.Start:hit.End], true)
			at = hit.End
		}
	}
	s.add(text[at:window.End], false)
	if strings.TrimSpace(text[window.End:]) != "" {
		s.add("…", false)
	}
	return s
}

type snippet []Piece

func (s *snippet) add(text string, hit bool) {
	switch last := len(*s) - 1; {
	case text == "":
	case last >= 0 && !hit && !(*s)[last].Hit:
		(*s)[last].Text += text
	default:
		*s = append(*s, Piece{text, hit})
	}
}

// densest is the range of the most hits that stand together in 2×around characters; empty, at the start, for none.
func densest(text string, hits []Range, around int) (best Range) {
	most := 0
	for i, hit := range hits {
		limit, together := ahead(text, hit.Start, 2*around), 1
		for _, other := range hits[i+1:] {
			if other.End > limit {
				break
			}
			hit.End = other.End
			together++
		}
		if hit.End = min(hit.End, ahead(text, hit.Start, 2*around+longestWord)); together > most {
			best, most = hit, together
		}
	}
	return best
}

// frame widens a range to the borders of words.
func frame(text string, shown Range, around int) Range {
	parts := scan(text)
	first := back(text, shown.Start, around)
	last := ahead(text, shown.End, around)
	if shown.End == 0 {
		last = ahead(text, 0, 2*around)
	}
	window := shown
	if first == 0 {
		window.Start = 0
	}
	if last == len(text) {
		window.End = len(text)
	}
	for i, p := range parts {
		border := p.before <= spaced || p.class == ideograph
		if border && p.start >= first && p.start < window.Start {
			window.Start = p.start
		}
		next := Range{len(text), len(text)}
		if i+1 < len(parts) {
			next = Range{parts[i+1].start, parts[i+1].end}
			border = parts[i+1].before <= spaced || parts[i+1].class == ideograph
		}
		if border && p.end >= window.End && p.end <= last {
			window.End = p.end + punctuation(text[p.end:min(next.Start, last)])
		}
	}
	return window
}

// punctuation is the length of what stands right behind a word and before a space, if there is one.
func punctuation(between string) int {
	return max(0, strings.IndexFunc(between, unicode.IsSpace))
}

// back is n characters before a place in text, and ahead n behind.
func back(text string, at, n int) int {
	for ; n > 0 && at > 0; n-- {
		_, size := utf8.DecodeLastRuneInString(text[:at])
		at -= size
	}
	return at
}

func ahead(text string, at, n int) int {
	for ; n > 0 && at < len(text); n-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
