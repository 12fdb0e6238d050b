package persona

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// punctuation that names of some language need: O'Neil, Anne-Marie, J. R., Col·lell, ג׳ורג׳, ジョン・スミス.
const punctuation = "-'’.·׳״・"

const (
	mostMarks     = 3 // non-spacing marks on one letter; Burmese and pointed Hebrew need three
	mostInherited = 2 // of them, marks that go with any script, the ones that pile up
	mostDigits    = 4 // more is a telephone or a file number
)

// spelled says whether text is made of what names are made of, in an order that can be read: at least one letter,
// marks only on letters, single punctuation inside, digits of one system, joiners only where Arabic script needs them.
func spelled(text string) bool {
	runes := []rune(text)
	letters := 0
	for i, r := range runes {
		switch {
		case unicode.IsLetter(r):
			letters++
			if !plain(r) {
				return false
			}
		case unicode.Is(unicode.M, r):
			if !plain(r) || !stacks(runes[:i], r) {
				return false
			}
		case unicode.Is(unicode.Nd, r):
			if !plain(r) {
				return false
			}
		case r == zwnj:
			if !needed(runes[:i], runes[i+1:]) {
				return false
			}
		case r == ' ', strings.ContainsRune(punctuation, r):
			if !inside(runes, i) {
				return false
			}
		default:
			return false
		}
	}
	return letters > 0 && oneDigitSystem(runes) && !twins(text)
}

// plain refuses what has a compatibility form (𝓢, ﬁ, Ａ, ﻼ), what is drawn as nothing (fillers, variation
// selectors) and what Unicode deprecated. Thai and Lao AM have such a form only by an old accident.
func plain(r rune) bool {
	if unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Deprecated) || r == '\u034f' {
		return false
	}
	return r == '\u0e33' || r == '\u0eb3' || norm.NFKC.String(string(r)) == norm.NFC.String(string(r))
}

// stacks says whether mark may follow before: it needs a letter, and not a pile of marks under it.
func stacks(before []rune, mark rune) bool {
	marks, inherited := 0, 0
	if unicode.Is(unicode.Inherited, mark) {
		inherited = 1
	}
	for i := len(before) - 1; i >= 0; i-- {
		r := before[i]
		if unicode.IsLetter(r) {
			return marks < mostMarks && inherited <= mostInherited
		}
		if !unicode.Is(unicode.M, r) {
			return false
		}
		if unicode.Is(unicode.Mn, r) {
			marks++
		}
		if unicode.Is(unicode.Inherited, r) {
			inherited++
		}
	}
	return false
}

// twins says whether a mark stands twice in a row, counting the one that a composed letter holds.
func twins(text string) bool {
	var last rune
	for _, r := range norm.NFD.String(text) {
		if r == last && unicode.Is(unicode.Mn, r) {
			return true
		}
		last = r
	}
	return false
}

// needed says whether a zero-width non-joiner parts two Arabic-script letters that would otherwise join.
func needed(before, after []rune) bool {
	return len(after) > 0 && unicode.IsLetter(after[0]) && unicode.Is(unicode.Arabic, after[0]) && joinsLeft(lastLetter(before))
}

// inside says whether the space or punctuation at i stands within the name and not doubled. A full stop may end a
// name or stand before a space, as initials do.
func inside(runes []rune, i int) bool {
	solid := func(r rune) bool { return unicode.In(r, unicode.L, unicode.M, unicode.Nd) }
	if i == 0 || (!solid(runes[i-1]) && !(runes[i] == ' ' && runes[i-1] == '.')) {
		return false
	}
	if i == len(runes)-1 {
		return runes[i] == '.' || runes[i] == '׳'
	}
	return solid(runes[i+1]) || (runes[i] == '.' && runes[i+1] == ' ')
}

// oneDigitSystem keeps 4 and ۴ and ٤ from standing in one name.
func oneDigitSystem(runes []rune) bool {
	var first rune
	for _, r := range runes {
		if !unicode.Is(unicode.Nd, r) {
			continue
		}
		if first != 0 && (r > first+9 || r < first-9) {
			return false
		}
		if first == 0 {
			first = r
		}
	}
	return true
}

// contact says whether text looks like an e-mail address, a handle, a link or a number by which somebody could be
// found outside the community.
func contact(text string) bool {
	digits := 0
	for _, r := range text {
		if unicode.Is(unicode.Nd, r) {
			digits++
		}
	}
	if digits > mostDigits || strings.ContainsAny(text, "@＠﹫") || strings.Contains(text, "://") {
		return true
	}
	for _, word := range strings.Fields(text) {
		if dotted(word) {
			return true
		}
	}
	return false
}

// dotted says whether word has a dot between two parts that are longer than initials.
func dotted(word string) bool {
	parts := strings.FieldsFunc(word, func(r rune) bool { return r == '.' || r == '。' || r == '．' })
	long := 0
	for _, part := range parts {
		if len([]rune(part)) > 1 {
			long++
		}
	}
	return len(parts) > 1 && long > 1 || strings.HasPrefix(strings.ToLower(word), "www.")
}
