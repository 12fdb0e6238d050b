package scrub

import (
	"unicode"
	"unicode/utf8"
)

// Text is a text as recognisers read it: one spelling for what looks alike, and a way back to every code point.
type Text struct {
	Lang  string // "en", "fa" or ""
	Plain string // without invisible characters and marks; digits, spaces, dashes and quotes are ASCII; Persian letters of one kind
	Small string // Plain in small letters, byte for byte
	Words []Word // in order

	at     []int32 // the code point of the original that each byte of Plain came from, and one more for the end
	length int     // of the original, in code points
}

// Word is a run of letters and digits, with the apostrophes between its letters.
type Word struct{ Start, End int32 } // bytes of Plain

// Of is the word in small letters.
func (w Word) Of(t *Text) string { return t.Small[w.Start:w.End] }

// Written is the word with its capitals.
func (w Word) Written(t *Text) string { return t.Plain[w.Start:w.End] }

// Capital tells whether a word begins with a capital letter.
func (w Word) Capital(t *Text) bool {
	first, _ := utf8.DecodeRuneInString(t.Plain[w.Start:])
	return unicode.IsUpper(first)
}

// read folds a text of valid UTF-8 and finds its words.
func read(lang, text string) *Text {
	text = unmask(text)
	t := &Text{Lang: lang, at: make([]int32, 0, len(text)+1)}
	plain, small := make([]byte, 0, len(text)), make([]byte, 0, len(text))
	for _, r := range text {
		was := len(plain)
		if r < utf8.RuneSelf {
			plain, small = append(plain, byte(r)), append(small, lowASCII(byte(r)))
		} else {
			for _, to := range folded(r) {
				plain = utf8.AppendRune(plain, to)
				small = utf8.AppendRune(small, low(to))
			}
		}
		for range len(plain) - was {
			t.at = append(t.at, int32(t.length))
		}
		t.length++
	}
	t.at = append(t.at, int32(t.length))
	t.Plain, t.Small = string(plain), string(small)
	t.Words = words(t.Plain)
	return t
}

// original is where a piece of Plain stands in the text as it came. Marks and what is invisible behind a character go
// with it.
func (t *Text) original(start, end int) (from, to int) {
	from, to = int(t.at[start]), int(t.at[end])
	if last := int(t.at[end-1]); to == last { // one character became several, and the piece ends among them
		to = last + 1
	}
	return from, to
}

func words(plain string) []Word {
	all := make([]Word, 0, len(plain)/6)
	start := -1
	for i := 0; i < len(plain); {
		r, size := rune(plain[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(plain[i:])
		}
		inside := wordly(r) || r == '\'' && start >= 0 && letterBefore(plain, i) && letterAfter(plain, i+1)
		switch {
		case inside && start < 0:
			start = i
		case !inside && start >= 0:
			all = append(all, Word{int32(start), int32(i)})
			start = -1
		}
		i += size
	}
	if start >= 0 {
		all = append(all, Word{int32(start), int32(len(plain))})
	}
	return all
}

// wordly tells whether a character is of words: a letter, a digit, or a mark that some scripts write vowels with.
func wordly(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

func letterBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return unicode.IsLetter(r)
}

func letterAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return unicode.IsLetter(r)
}
