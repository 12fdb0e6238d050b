package scrub

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// replace puts a placeholder for each span: [PERSON_1], [PERSON_2]. What is spelled alike, but for capitals, marks and
// what nobody sees, has one number, and a number that the text already shows is passed over.
func replace(text string, spans []Span) string {
	var b strings.Builder
	b.Grow(len(text))
	given, numbers := map[string]string{}, map[Type]int{}
	shown := map[string]bool{}
	for _, name := range placeholder.FindAllString(text, -1) {
		shown[name] = true
	}
	at, from := 0, 0 // bytes and code points that are written
	for _, span := range spans {
		start := ahead(text, at, span.Start-from)
		end := ahead(text, start, span.End-span.Start)
		b.WriteString(text[at:start])
		said := string(span.Type) + " " + spelled(text[start:end])
		if given[said] == "" {
			given[said] = next(span.Type, numbers, shown)
		}
		b.WriteString(given[said])
		at, from = end, span.End
	}
	b.WriteString(text[at:])
	return b.String()
}

var placeholder = regexp.MustCompile(`\[[A-Z]+_[0-9]+\]`)

func next(as Type, numbers map[Type]int, shown map[string]bool) string {
	for {
		numbers[as]++
		name := fmt.Sprintf("[%s_%d]", as, numbers[as])
		if !shown[name] {
			return name
		}
	}
}

// spelled is a piece of text as it is compared: its words, however they are set apart.
func spelled(piece string) string {
	t := read("", piece)
	all := make([]string, len(t.Words))
	for i, w := range t.Words {
		all[i] = w.Of(t)
	}
	return strings.Join(all, " ")
}

// ahead is the byte that stands a number of code points after another.
func ahead(text string, at, points int) int {
	for ; points > 0; points-- {
		_, size := utf8.DecodeRuneInString(text[at:])
		at += size
	}
	return at
}
