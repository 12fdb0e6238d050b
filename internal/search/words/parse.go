package words

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/fault"
)

const (
	longestQuery   = 200 // characters
	mostWords      = 12
	shortestPrefix = 3 // characters of a folded word
	mostSpellings  = 8 // of one phrase
)

// Parse reads what somebody typed: words, "phrases", beginnings* and -words or -"phrases" that must not be there. Stop
// words are left out, except inside a phrase and where there is nothing else. Its faults are bad_encoding, required
// (there is no word, or only words to leave out), too_long (over 200 characters), too_many_words (over 12) and too_short
// (a beginning of one or two characters). None of them repeats the query.
func Parse(typed string) (Query, error) {
	switch {
	case len(typed) > longestQuery*utf8.UTFMax:
		return Query{}, fault.New(fault.TooLong)
	case !utf8.ValidString(typed):
		return Query{}, fault.New(fault.BadEncoding)
	case utf8.RuneCountInString(typed) > longestQuery:
		return Query{}, fault.New(fault.TooLong)
	}
	var asked []condition
	for _, chunk := range chunks(typed) {
		some, err := chunk.conditions()
		if err != nil {
			return Query{}, err
		}
		asked = append(asked, some...)
	}
	return query(asked)
}

// condition is a clause with what Parse must know of it.
type condition struct {
	Clause
	words int  // that count towards the most there may be
	empty bool // it is one stop word, outside of quotes
}

// query leaves out what says nothing, and counts the rest.
func query(asked []condition) (Query, error) {
	says := func(c condition) bool { return !c.empty && !c.Without }
	if slices.ContainsFunc(asked, says) {
		asked = slices.DeleteFunc(asked, func(c condition) bool { return c.empty })
	}
	var q Query
	count, wanted := 0, false
	for _, c := range asked {
		q.clauses = append(q.clauses, c.Clause)
		count += c.words
		wanted = wanted || !c.Without
	}
	switch {
	case !wanted:
		return Query{}, fault.New(fault.Required)
	case count > mostWords:
		return Query{}, fault.New(fault.TooManyWords)
	}
	return q, nil
}

// chunk is a stretch of what was typed: words side by side, or a phrase.
type chunk struct {
	text                    string
	without, phrase, quoted bool
}

// chunks cuts what was typed at quotation marks, and at words that begin with a minus.
func chunks(typed string) []chunk {
	var all []chunk
	for {
		typed = strings.TrimLeftFunc(typed, unicode.IsSpace)
		if typed == "" {
			return all
		}
		var c chunk
		if rest, minus := cutAny(typed, "-−–"); minus && rest != "" && !unicode.IsSpace(first(rest)) {
			c.without, c.phrase, typed = true, true, rest
		}
		if rest, quote := cutAny(typed, opening); quote {
			c.phrase, c.quoted = true, true
			c.text, typed = until(rest, closes)
			_, size := utf8.DecodeRuneInString(typed)
			all, typed = append(all, c), typed[size:]
			continue
		}
		c.text, typed = until(typed, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(opening, r) })
		if last := len(all) - 1; !c.phrase && last >= 0 && !all[last].phrase {
			all[last].text += " " + c.text // می روم is one word
			continue
		}
		all = append(all, c)
	}
}

const opening = `"“”„«»`

func closes(r rune) bool { return strings.ContainsRune(opening, r) }

func first(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// cutAny takes the first character off s, if it is one of those.
func cutAny(s, those string) (rest string, found bool) {
	r, size := utf8.DecodeRuneInString(s)
	if s == "" || !strings.ContainsRune(those, r) {
		return s, false
	}
	return s[size:], true
}

// until cuts s before the first character that ends it.
func until(s string, ends func(rune) bool) (text, rest string) {
	i := strings.IndexFunc(s, ends)
	if i < 0 {
		return s, ""
	}
	return s[:i], s[i:]
}

// conditions of a chunk: one for a phrase, one for each word otherwise.
func (c chunk) conditions() ([]condition, error) {
	all := units(c.text)
	if c.phrase && len(all) > 1 {
		return []condition{c.condition(all...)}, nil
	}
	conditions := make([]condition, len(all))
	for i, unit := range all {
		conditions[i] = c.condition(unit)
		if strings.HasPrefix(c.text[unit[len(unit)-1].end:], "*") {
			begin := beginning(unit)
			if utf8.RuneCountInString(begin) < shortestPrefix {
				return nil, fault.New(fault.TooShort)
			}
			conditions[i].Any, conditions[i].empty = []Phrase{{{begin, true}}}, false
		}
	}
	return conditions, nil
}

func (c chunk) condition(units ...[]spelled) condition {
	made := condition{Clause: Clause{Without: c.without, Any: spellings(units)}, empty: !c.quoted}
	for _, unit := range units {
		made.words += len(unit)
		made.empty = made.empty && !slices.ContainsFunc(unit, func(w spelled) bool { return !stopWords[w.text] })
	}
	return made
}

// beginning is what the words that a unit* finds begin with.
func beginning(unit []spelled) string {
	if word, is := whole(unit); is {
		return word
	}
	return unit[len(unit)-1].text
}

// spellings are the ways in which units may stand behind each other: each in its parts, or whole.
func spellings(units [][]spelled) []Phrase {
	all := []Phrase{nil}
	for _, unit := range units {
		longer := extend(all, unit...)
		if word, is := whole(unit); is && len(all) < mostSpellings {
			longer = append(longer, extend(all, spelled{text: word})...)
		}
		all = longer
	}
	return all
}

// extend writes the same words behind each phrase.
func extend(phrases []Phrase, words ...spelled) []Phrase {
	longer := make([]Phrase, len(phrases))
	for i, phrase := range phrases {
		longer[i] = slices.Clone(phrase)
		for _, w := range words {
			longer[i] = append(longer[i], Want{Term: term(w.text)})
		}
	}
	return longer
}
