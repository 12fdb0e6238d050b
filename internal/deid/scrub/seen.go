package scrub

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// seen is a word of a text with what it can be and how it stands there.
type seen struct {
	Word
	said    string // in small letters, without an English genitive
	is      lexicon.Traits
	whole   lexicon.Traits // with its genitive
	cues    cue
	own     int  // its weight as a name by itself
	capital bool // it begins with one where a common word wouldn't
	first   bool // it opens a sentence or a line
	digits  bool // there is a digit in it
	taken   bool // somebody found it before
	kept    bool // it's of a phrase that may stay: a disease, a help line
	latin   bool
	persian bool
	gap     string // what stands between it and the word before
	end     int    // where said ends
}

// sights are the words of a text, and whether its capitals tell anything.
type sights struct {
	*Text
	all      []seen
	caseless bool   // nobody took care of capitals: all are, or most
	small    bool   // there are none
	foreign  int    // words that are neither in Latin nor in Persian letters: a few of them are names, many are a language
	where    []bool // words of an address
	ids      []bool // words of a code
}

func look(t *Text, f *Finds) *sights {
	s := &sights{Text: t, all: make([]seen, len(t.Words)), where: make([]bool, len(t.Words)), ids: make([]bool, len(t.Words))}
	before, capitals, small, shouted := 0, 0, 0, 0
	for i, w := range t.Words {
		one := seen{Word: w, said: w.Of(t), gap: t.Plain[before:w.Start], taken: f.Covered(int(w.Start), int(w.End)), end: int(w.End)}
		one.said, one.end = genitive(one.said, int(w.Start))
		one.is, one.cues = lexicon.Of(one.said), cues[one.said]
		one.whole = one.is
		if one.end != int(w.End) {
			one.whole |= lexicon.Of(w.Of(t))
		}
		one.digits, one.latin, one.persian = strings.ContainsAny(one.said, "0123456789"), w.latin(t), w.persian(t)
		s.foreign += pick(one.latin || one.persian || one.digits, 0, 1)
		if one.persian {
			one.is = root(one.said, one.is)
		}
		one.first = i == 0 || opens(one.gap)
		one.capital = w.Capital(t)
		if one.latin && !one.digits && len(one.said) > 1 {
			switch {
			case !one.capital:
				small++
			case strings.ToUpper(w.Written(t)) == w.Written(t):
				shouted++
			case !one.first && one.is.Is(lexicon.Word):
				capitals++
			}
		}
		s.all[i] = one
		before = int(w.End)
	}
	s.addresses(f)
	s.small = capitals == 0 && shouted == 0
	s.caseless = small == 0 && shouted > 3 || capitals > 2*small+3
	return s
}

// genitive takes 's off a word.
func genitive(said string, start int) (owner string, end int) {
	owner = strings.TrimSuffix(said, "'s")
	return owner, start + len(owner)
}

// contracted tells whether a word is two of everyday speech: don't, I'm, we'll.
func contracted(said string) bool {
	at := strings.IndexByte(said, '\'')
	return at > 0 && contractions[said[at:]]
}

// opens tells whether what stands before a word ends a sentence or a line.
func opens(gap string) bool { return strings.ContainsAny(gap, ".!?\n\r:;\"|•*>") }

// joined tells whether a word can be of one name with the word before it.
func (s *sights) joined(i int) bool {
	switch s.at(i).gap {
	case " ", "-", "  ", "' ":
		return true
	case ". ", ".":
		prev := s.at(i - 1)
		return utf8.RuneCountInString(prev.said) <= 2 || prev.has(titles)
	}
	return false
}

func (w Word) latin(t *Text) bool {
	r, _ := utf8.DecodeRuneInString(t.Small[w.Start:])
	return r < utf8.RuneSelf || unicode.Is(unicode.Latin, r)
}

func (w Word) persian(t *Text) bool {
	r, _ := utf8.DecodeRuneInString(t.Small[w.Start:])
	return unicode.Is(unicode.Arabic, r)
}

// nowhere is what stands beyond the ends of a text.
var nowhere = seen{gap: "\n", first: true, taken: true}

// at is a word by its place, and nothing in particular beyond the ends.
func (s *sights) at(i int) *seen {
	if i < 0 || i >= len(s.all) {
		return &nowhere
	}
	return &s.all[i]
}

// phrases marks what may stay though its words are names: Crohn's disease, the Samaritans. A phrase of up to four words is
// looked for wherever a word begins one.
func (s *sights) phrases() {
	for i := range s.all {
		if s.all[i].kept {
			continue
		}
		for n := s.longest(i, lexicon.Medical|lexicon.Help); n > 0; n-- {
			s.all[i+n-1].kept = true
		}
	}
}

// longest is how many words the longest phrase of some kinds has that begins at a word.
func (s *sights) longest(i int, kinds lexicon.Traits) int {
	n := 0
	if whole := s.all[i].whole; whole.Is(kinds) && !(whole.Is(lexicon.Given) && whole.Is(lexicon.Word)) {
		n = 1
	}
	if !s.all[i].whole.Is(lexicon.Begins) {
		return n
	}
	genitives := s.all[i].end != int(s.all[i].End)
	for last := i + 1; last < min(i+4, len(s.all)) && s.joined(last); last++ {
		genitives = genitives || s.all[last].end != int(s.all[last].End)
		phrase := s.phrase(i, last)
		if lexicon.Of(phrase).Is(kinds) || genitives && lexicon.Of(unowned(phrase)).Is(kinds) {
			n = last - i + 1
		}
	}
	return n
}

// phrase is the words from one to another, as the lexicon writes them.
func (s *sights) phrase(from, to int) string {
	plain := true
	for i := from + 1; i <= to; i++ {
		plain = plain && s.all[i].gap == " "
	}
	if plain {
		return s.Small[s.all[from].Start:s.all[to].End]
	}
	words := make([]string, 0, 4)
	for i := from; i <= to; i++ {
		words = append(words, s.all[i].Of(s.Text))
	}
	return strings.Join(words, " ")
}

// unowned is a phrase without genitives.
func unowned(phrase string) string {
	return strings.TrimSuffix(strings.ReplaceAll(phrase+" ", "'s ", " "), " ")
}

// addresses marks the words of addresses and codes that were found before.
func (s *sights) addresses(f *Finds) {
	for _, found := range f.all {
		if found.as != Address && found.as != ID {
			continue
		}
		first, _ := slices.BinarySearchFunc(s.all, int32(found.start), func(w seen, start int32) int { return int(w.Start - start) })
		for i := first; i < len(s.all) && int(s.all[i].Start) < found.end; i++ {
			s.where[i] = s.where[i] || found.as == Address
			s.ids[i] = s.ids[i] || found.as == ID
		}
	}
}
