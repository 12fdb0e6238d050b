package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// stress renders *words* or **words** that begin at a place of a line and end in the same line. ok is false where the
// stars could be anything else: they have to stand before and behind a letter, and on their other side nothing that
// joins words.
func stress(source string, at int) (html string, next int, ok bool) {
	stars := run(source[at:])
	before := strings.TrimSuffix(source[:at], "(")
	if stars > 2 || before != "" && !spaced(before[len(before)-1]) && before[len(before)-1] != '\n' {
		return "", 0, false
	}
	words, _, _ := strings.Cut(source[at+stars:], "*")
	next = at + stars + len(words)
	if !plainWords(words) || run(source[next:]) != stars {
		return "", 0, false
	}
	if next += stars; next < len(source) && !strings.ContainsRune(" .,;:!?)\n", rune(source[next])) {
		return "", 0, false
	}
	if stars == 2 {
		return "<strong>" + words + "</strong>", next, true
	}
	return "<em>" + words + "</em>", next, true
}

// run counts the stars that a text begins with.
func run(text string) int { return len(text) - len(strings.TrimLeft(text, "*")) }

// plainWords tells that a text begins and ends with a letter or a digit, and holds nothing but what is harmless within a
// line.
func plainWords(text string) bool {
	first, _ := utf8.DecodeRuneInString(text)
	last, _ := utf8.DecodeLastRuneInString(text)
	if !lettered(first) || !lettered(last) {
		return false
	}
	for _, r := range text {
		if r < utf8.RuneSelf && !harmless[byte(r)] || r >= utf8.RuneSelf && !readable(r) {
			return false
		}
	}
	return true
}

func lettered(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.Is(unicode.Nd, r))
}
