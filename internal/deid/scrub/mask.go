package scrub

import (
	"strings"
	"unicode"
)

// lookalikes are the Latin letters that Greek and Cyrillic ones are taken for.
var lookalikes = func() map[rune]rune {
	pairs := map[rune]rune{}
	for latin, others := range map[rune]string{
		'a': "аα", 'b': "Ьь", 'c': "сϲ", 'd': "ԁ", 'e': "её", 'g': "ɡ", 'h': "һ", 'i': "іιї", 'j': "јϳ", 'k': "κк", 'l': "ӏ",
		'm': "м", 'n': "п", 'o': "оοσ", 'p': "рρ", 'q': "ԛ", 's': "ѕ", 't': "тτ", 'u': "υ", 'v': "ν", 'w': "ԝω", 'x': "хχ", 'y': "уγ",
		'A': "АΑ", 'B': "ВΒ", 'C': "СϹ", 'E': "ЕΕЁ", 'H': "НΗ", 'I': "ІΙӀЇ", 'J': "Ј", 'K': "КΚ", 'M': "МΜ", 'N': "Ν", 'O': "ОΟ",
		'P': "РΡ", 'Q': "Ԛ", 'S': "Ѕ", 'T': "ТΤ", 'W': "Ԝ", 'X': "ХΧ", 'Y': "УΥҮ", 'Z': "Ζ",
	} {
		for _, other := range others {
			pairs[other] = latin
		}
	}
	return pairs
}()

// unmask writes in Latin what only looks it: letters of Greek and Cyrillic among Latin ones or beside digits, and words
// wholly of such letters where nothing else is written in their script. Code points keep their places.
func unmask(text string) string {
	disguised, greek, cyrillic := false, false, false
	for _, r := range text {
		if r < 0x0370 || r > 0x052f {
			continue
		}
		if _, alike := lookalikes[r]; alike {
			disguised = true
			continue
		}
		greek = greek || unicode.Is(unicode.Greek, r)
		cyrillic = cyrillic || unicode.Is(unicode.Cyrillic, r)
	}
	if !disguised {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	run := []rune{}
	for _, r := range text {
		if unicode.In(r, unicode.L, unicode.Nd, unicode.M, unicode.Cf) {
			run = append(run, r)
			continue
		}
		b.WriteString(unmaskRun(run, greek, cyrillic))
		run = run[:0]
		b.WriteRune(r)
	}
	b.WriteString(unmaskRun(run, greek, cyrillic))
	return b.String()
}

func unmaskRun(run []rune, greek, cyrillic bool) string {
	latin, foreign, honest := false, false, false
	for _, r := range run {
		_, alike := lookalikes[r]
		latin = latin || unicode.In(r, unicode.Latin, unicode.Nd)
		foreign = foreign || alike && (unicode.Is(unicode.Greek, r) && greek || unicode.Is(unicode.Cyrillic, r) && cyrillic)
		honest = honest || !alike && unicode.In(r, unicode.Greek, unicode.Cyrillic)
	}
	if !latin && (foreign || honest) {
		return string(run)
	}
	for i, r := range run {
		if to, alike := lookalikes[r]; alike {
			run[i] = to
		}
	}
	return string(run)
}
