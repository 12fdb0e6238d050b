package scrub

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// replace puts a placeholder for each span: [PERSON_1], [PERSON_2]. What is spelled alike, but for capitals, marks and
// what nobody sees, has one number; so has a person who is named by a part of the name alone, if no two persons share
// it. A number that the text already shows is passed over.
func replace(text string, spans []Span) string {
	var b strings.Builder
	b.Grow(len(text))
	names := renamed{given: map[string]string{}, numbers: map[Type]int{}, shown: map[string]bool{}, part: map[string]string{}}
	if strings.Contains(text, "[") {
		for _, name := range placeholder.FindAllString(text, -1) {
			names.shown[name] = true
		}
	}
	at, from := 0, 0 // bytes and code points that are written
	for _, span := range spans {
		start := ahead(text, at, span.Start-from)
		end := ahead(text, start, span.End-span.Start)
		b.WriteString(text[at:start])
		b.WriteString(names.of(span.Type, text[start:end]))
		at, from = end, span.End
	}
	b.WriteString(text[at:])
	return b.String()
}

var placeholder = regexp.MustCompile(`\[[A-Z]+_[0-9]+\]`)

// renamed is what was given placeholders so far.
type renamed struct {
	given   map[string]string // by type and words
	part    map[string]string // of persons, by one word of their names; empty where several share it
	numbers map[Type]int
	shown   map[string]bool
}

// of is the placeholder for words of a type.
func (n renamed) of(as Type, piece string) string {
	said := spelled(piece)
	key := string(as) + " " + said
	if n.given[key] == "" && as == Person {
		n.given[key] = n.part[said]
	}
	if n.given[key] == "" {
		n.given[key] = n.next(as)
	}
	if as == Person {
		n.share(said, n.given[key])
	}
	return n.given[key]
}

// share notes whose the words of a name are.
func (n renamed) share(said, name string) {
	for part := range strings.FieldsSeq(said) {
		owner, known := n.part[part]
		if known && owner != name {
			n.part[part] = ""
		} else {
			n.part[part] = name
		}
	}
}

func (n renamed) next(as Type) string {
	for {
		n.numbers[as]++
		name := fmt.Sprintf("[%s_%d]", as, n.numbers[as])
		if !n.shown[name] {
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
