package scrub

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// folded is how a character beyond ASCII is read; nothing where it is invisible or a mark.
func folded(r rune) string {
	if r < frequent {
		return table()[r]
	}
	return fold(r)
}

// frequent characters are folded once: Latin, Greek, Cyrillic, Hebrew, Arabic, punctuation.
const frequent = 0x2070

var table = sync.OnceValue(func() *[frequent]string {
	var t [frequent]string
	for r := range rune(frequent) {
		t[r] = fold(r)
	}
	return &t
})

func fold(r rune) string {
	if unicode.Is(unicode.Hangul, r) {
		return string(r)
	}
	var b strings.Builder
	for _, part := range norm.NFKD.String(string(r)) {
		if to := bare(part); to >= 0 {
			b.WriteRune(to)
		}
	}
	return b.String()
}

// bare is the one spelling of a decomposed character, or -1.
func bare(r rune) rune {
	switch r {
	case 'ي', 'ى', 'ې', 'ے', 'ۍ', 'ێ', 'ؠ':
		return 'ی'
	case 'ك', 'ڪ':
		return 'ک'
	case 'ة', 'ۃ', 'ہ', 'ھ', 'ە':
		return 'ه'
	case 'ٱ', 'ٲ', 'ٳ':
		return 'ا'
	case 'ۆ', 'ۇ', 'ۋ':
		return 'و'
	case 'ـ', 'ء', 'ٴ':
		return -1
	case '،', '٬', '、':
		return ','
	case '٫', '。':
		return '.'
	case '؛':
		return ';'
	case '⁄', '∕', '÷':
		return '/'
	case '’', '‘', '‛', 'ʼ', '′', '´', '`', 'ʹ':
		return '\''
	case '“', '”', '„', '‟', '«', '»':
		return '"'
	case '−', 'ー', '‒', '⁃', '﹘':
		return '-'
	case 'ø':
		return 'o'
	case 'Ø':
		return 'O'
	case 'ł':
		return 'l'
	case 'Ł':
		return 'L'
	case 'đ':
		return 'd'
	case 'Đ':
		return 'D'
	case 'ı':
		return 'i'
	}
	return kind(r)
}

// kind folds what whole classes of characters have in common.
func kind(r rune) rune {
	switch {
	case r < utf8.RuneSelf:
		return r
	case unicode.Is(unicode.Nd, r):
		return digit(r)
	case unicode.Is(unicode.Zs, r):
		return ' '
	case r == '\u2028', r == '\u2029', r == '\u0085':
		return '\n'
	case unicode.Is(unicode.Pd, r):
		return '-'
	case invisible(r):
		return -1
	case unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Latin, unicode.Greek, unicode.Cyrillic):
		return -1
	}
	return r
}

// invisible tells whether nobody sees a character: joiners, marks of direction, what only chooses a shape.
func invisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// digit brings the digits of every script to ASCII: in Unicode they stand in rows of ten.
func digit(r rune) rune {
	zero := r
	for r-zero < 9 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return '0' + r - zero
}

// low is the small letter of a character where it takes as many bytes, and otherwise the character.
func low(r rune) rune {
	small := unicode.ToLower(r)
	if utf8.RuneLen(small) != utf8.RuneLen(r) {
		return r
	}
	return small
}

func lowASCII(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}
