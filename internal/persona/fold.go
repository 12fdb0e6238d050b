package persona

import (
	"strings"
	"unicode"

	"go.mau.fi/util/confusable"
	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// FoldVersion names the folding below together with the tables under it: those of Go and x/text, and the look-alikes
// that go.mau.fi/util (MPL-2.0) generates from confusables.txt (Unicode License v3). A keyed hash of Folded is stored for
// every name, so a folding that gives another answer for any name needs another version and those hashes made again.
const FoldVersion = 1

// Folded is what makes a name unique in its community: two names that a reader may take for each other have the same
// one. It is not for showing, and as telling as the name itself.
func (n Name) Folded() string { return fold(n.text) }

// fold repeats its steps until they change nothing, because a look-alike may itself have another case or a mark.
func fold(s string) string {
	for range 8 {
		next := foldOnce(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

// foldOnce takes away case, compatibility forms, marks, spaces and punctuation, brings Arabic spelling to Persian and
// every digit to ASCII, and ends in the skeleton of UTS #39.
func foldOnce(s string) string {
	s = norm.NFKD.String(cases.Fold().String(norm.NFKC.String(s)))
	s = confusable.Skeleton(strings.Map(capital, strings.Map(bare, s)))
	return norm.NFC.String(strings.Map(alike, s))
}

// bare maps a decomposed rune to the letter or digit that counts, or drops it.
func bare(r rune) rune {
	switch {
	case r >= '٠' && r <= '٩':
		return '0' + r - '٠'
	case r >= '۰' && r <= '۹':
		return '0' + r - '۰'
	case r == 'ـ':
		return -1
	case unicode.Is(unicode.M, r):
		return mark(r)
	case !unicode.In(r, unicode.L, unicode.N):
		return -1
	}
	if persian, ok := spelling[r]; ok {
		return persian
	}
	return r
}

// mark drops what only decorates or voices a letter. Marks of scripts that write their vowels with them stay, and so
// do those that make another kana.
func mark(r rune) rune {
	kana := r == '\u3099' || r == '\u309a'
	if !kana && unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Latin, unicode.Greek, unicode.Cyrillic) {
		return -1
	}
	return r
}

// spelling of one sound in the Arabic, Urdu and Kurdish keyboards, brought to the Persian one.
var spelling = map[rune]rune{
	'ي': 'ی', 'ى': 'ی', 'ې': 'ی', 'ے': 'ی', 'ۍ': 'ی', 'ێ': 'ی',
	'ك': 'ک', 'ڪ': 'ک',
	'ة': 'ه', 'ۃ': 'ه', 'ہ': 'ه', 'ھ': 'ه', 'ە': 'ه', 'ۀ': 'ه',
	'ٱ': 'ا', 'ٲ': 'ا', 'ٳ': 'ا',
	'ۆ': 'و', 'ۇ': 'و', 'ۋ': 'و',
}

// capital brings a letter whose capital is drawn as a Latin one to that letter: В, Н and Η are B, H and H to the reader,
// while UTS #39 alone would look at в, н and η once the case is gone.
func capital(r rune) rune {
	if r < 0x80 || !unicode.In(r, unicode.Lu, unicode.Ll, unicode.Lt) {
		return r
	}
	if twin := confusable.GetReplacement(unicode.ToUpper(r)); len(twin) == 1 && unicode.IsLetter(rune(twin[0])) {
		return unicode.ToLower(rune(twin[0]))
	}
	return r
}

// alike joins what UTS #39 keeps apart because it looks at one case at a time: a capital I is an l to the reader.
func alike(r rune) rune {
	switch r {
	case 'l', 'I', '1', '|', 'ı':
		return 'i'
	case 'O', '0':
		return 'o'
	}
	return r
}
