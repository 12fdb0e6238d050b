package words

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// part is a run of one kind of letters, or of digits.
type part struct {
	start, end int
	class      class
	before     joint // what lies between the part before and this one
}

// class of a character.
type class uint8

const (
	nothing    class = iota // separates words
	blank                   // separates them, and nothing is between
	extends                 // a mark, a tatweel, something invisible: belongs to what it follows
	hyphen                  // and the non-joiner: between two letters they join what a reader may take for one word
	nonJoiner               //
	apostrophe              // between two letters of one kind it isn't there
	point                   // between digits it is a point, a comma or a stroke
	number
	latin
	arabic
	ideograph // each a word
	letter    // of any other script
)

func (c class) solid() bool { return c >= number }

// joint between two parts.
type joint uint8

const (
	broken joint = iota // a sentence, a bracket, a line
	spaced              // spaces alone
	glued               // a hyphen, a point between digits, or nothing: 500mg
	bound               // a zero-width non-joiner
)

// scan cuts text into parts.
func scan(text string) []part {
	parts := make([]part, 0, len(text)/6+1)
	open := false     // the last part may go on
	between := broken // what was found since it ended
	var held class    // a joint or an apostrophe that counts only if something follows
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		c := classOf(r, size)
		last := len(parts) - 1
		switch {
		case c.solid() && open && held == apostrophe && parts[last].class == c && c != number,
			c.solid() && open && held == nothing && parts[last].class == c && c != ideograph:
			parts[last].end, held = i+size, nothing
		case c.solid():
			if open {
				between = joined(parts[last].class, held, c)
			}
			parts = append(parts, part{i, i + size, c, between})
			open, held = true, nothing
		case c == extends && open && held == nothing:
			parts[last].end = i + size
		case c == extends:
		case open && held == nothing && c != blank && c != nothing:
			held = c
		default:
			between = parted(open, held, between, c)
			open, held = false, nothing
		}
		i += size
	}
	return parts
}

// joined is the joint of two parts that touch, or have one character between them.
func joined(left class, held class, right class) joint {
	switch {
	case held == nothing, held == hyphen:
		return glued
	case held == nonJoiner:
		return bound
	case held == point && left == number && right == number:
		return glued
	}
	return broken
}

// parted is the joint after one more character c that separates.
func parted(open bool, held class, before joint, c class) joint {
	if c == blank && held == nothing && (open || before == spaced) {
		return spaced
	}
	return broken
}

func classOf(r rune, size int) class {
	switch {
	case r < 0x80:
		return ascii[r]
	case r == utf8.RuneError && size == 1:
		return nothing
	case r >= '\u0600' && r <= '\u06ff':
		return arabicBlock[r-'\u0600']
	case r == '\u200c', r == '\u200b', r == '¬': // the last is what old keyboards put for it
		return nonJoiner
	case r == '\u00a0', r == '\u202f':
		return blank
	case r == '‐', r == '‑':
		return hyphen
	case r == '’', r == 'ʼ', r == '＇':
		return apostrophe
	case r == '⁄':
		return point
	}
	return rareClass(r)
}

// rareClass looks into the tables of Unicode.
func rareClass(r rune) class {
	switch {
	case unicode.Is(unicode.Nd, r):
		return number
	case r == 'ـ', unicode.In(r, unicode.M, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point):
		return extends
	case !unicode.In(r, unicode.L, unicode.N) && (r < '\u3300' || r > '\u33ff'), !sound(r):
		return nothing
	case unicode.Is(unicode.N, r):
		return number
	case unicode.Is(unicode.Latin, r):
		return latin
	case unicode.Is(unicode.Arabic, r):
		return arabic
	case unicode.Is(unicode.Han, r):
		return ideograph
	}
	return letter
}

// sound says whether all that r stands for is letters and digits: ½ and ﷺ stand for more.
func sound(r rune) bool {
	for _, d := range norm.NFKD.String(string(r)) {
		if !unicode.In(d, unicode.L, unicode.N, unicode.M) {
			return false
		}
	}
	return true
}

// ascii holds the class of each ASCII character.
var ascii = func() (table [0x80]class) {
	for c := range table {
		switch {
		case c >= '0' && c <= '9':
			table[c] = number
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			table[c] = latin
		}
	}
	table[' '], table['-'], table['\''] = blank, hyphen, apostrophe
	table['.'], table[','], table['/'] = point, point, point
	return table
}()

// arabicBlock holds the class of what stands from U+0600 to U+06FF.
var arabicBlock = func() (table [0x100]class) {
	for i := range table {
		table[i] = rareClass(rune(0x600 + i))
	}
	table['٫'-0x600], table['٬'-0x600] = point, point
	return table
}()
