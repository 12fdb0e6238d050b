package words

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestWord in characters. Nobody looks for what comes after; a key or a line of dashes must not fill an index.
const longestWord = 40

// head of a word is as much of it as may count: forty letters, each with many marks.
func head(word string) string {
	end := min(len(word), longestWord*32)
	for end < len(word) && !utf8.RuneStart(word[end]) {
		end++
	}
	return word[:end]
}

// fold brings a word to the one form that all its spellings share. It can be repeated without changing anything, and
// returns "" where nothing is left.
func fold(word string) string {
	if folded, done := foldFast(word); done {
		return cut(folded)
	}
	for range 8 { // what a compatibility form stands for may need folding itself
		next := foldOnce(word)
		if next == word {
			break
		}
		word = next
	}
	return cut(word)
}

// foldFast folds what most words are made of: ASCII, and the letters of Persian and Arabic.
func foldFast(word string) (folded string, done bool) {
	same := true
	for i := 0; i < len(word); {
		r, size := utf8.DecodeRuneInString(word[i:])
		to, known := quick(r)
		if !known {
			return "", false
		}
		same = same && to == r
		i += size
	}
	if same {
		return word, true
	}
	return strings.Map(func(r rune) rune { to, _ := quick(r); return to }, word), true
}

// quick is the folded form of a character that needs no table of Unicode; -1 drops it.
func quick(r rune) (folded rune, known bool) {
	switch {
	case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		return r, true
	case r >= 'A' && r <= 'Z':
		return r + 'a' - 'A', true
	case r < 0x80:
		return -1, true
	case r >= '\u0600' && r <= '\u06ff':
		return letters[r-'\u0600'], letters[r-'\u0600'] != 0
	case r >= '\u200b' && r <= '\u200f', r == '’':
		return -1, true
	}
	return 0, false
}

// letters holds the folded form of what stands from U+0600 to U+06FF, -1 for what is dropped and 0 where it isn't one
// character.
var letters = func() (table [0x100]rune) {
	for i := range table {
		switch folded := []rune(foldOnce(string(rune(0x600 + i)))); len(folded) {
		case 0:
			table[i] = -1
		case 1:
			table[i] = folded[0]
		}
	}
	return table
}()

// bare is the form of a decomposed, small character that counts, or -1. Arabic, Urdu and Kurdish keyboards write some
// sounds of Persian with letters of their own, and a hamza is left out as often as written.
func bare(r rune) rune {
	switch r {
	case 'ي', 'ى', 'ې', 'ے', 'ۓ', 'ۍ', 'ێ', 'ئ', 'ؠ':
		return 'ی'
	case 'ك', 'ڪ':
		return 'ک'
	case 'ة', 'ۃ', 'ہ', 'ھ', 'ە', 'ۀ', 'ۂ':
		return 'ه'
	case 'آ', 'أ', 'إ', 'ٱ', 'ٲ', 'ٳ':
		return 'ا'
	case 'ؤ', 'ۆ', 'ۇ', 'ۋ':
		return 'و'
	case 'ء', 'ٴ', 'ـ':
		return -1
	case 'ø':
		return 'o'
	case 'ł':
		return 'l'
	case 'đ', 'ð':
		return 'd'
	case 'ı':
		return 'i'
	}
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case unicode.Is(unicode.M, r):
		return mark(r)
	case !unicode.In(r, unicode.L, unicode.N):
		return -1
	}
	return r
}

// mark drops what only voices or decorates a letter, and keeps the vowels of scripts that write them so, and the two
// marks that make another kana.
func mark(r rune) rune {
	if r != '\u3099' && r != '\u309a' &&
		unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
		return -1
	}
	return r
}

// pairs are letters that are written as two where a keyboard lacks them.
var pairs = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "þ", "th")

func foldOnce(word string) string {
	small := strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, norm.NFKD.String(word))
	return norm.NFC.String(strings.Map(digit, strings.Map(bare, pairs.Replace(small))))
}

// digit brings the digits of every script to ASCII: in Unicode they stand in rows of ten.
func digit(r rune) rune {
	if r < 0x80 || !unicode.Is(unicode.Nd, r) {
		return r
	}
	zero := r
	for r-zero < 9 && unicode.Is(unicode.Nd, zero-1) {
		zero--
	}
	return '0' + r - zero
}

func cut(word string) string {
	if len(word) <= longestWord {
		return word
	}
	count := 0
	for i := range word {
		if count == longestWord {
			return norm.NFC.String(word[:i])
		}
		count++
	}
	return word
}
