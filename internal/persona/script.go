package persona

import (
	"slices"
	"unicode"
)

// Scripts that are written together, as UTS #39 augments them: Japanese, Chinese with Bopomofo, Korean.
var written = [][]string{
	{"Han", "Hiragana", "Katakana"},
	{"Han", "Bopomofo"},
	{"Han", "Hangul"},
}

// oneScript is UTS #39's Single Script restriction: it is what keeps a Cyrillic а out of a Latin name.
func oneScript(text string) bool {
	var scripts []string
	for _, r := range text {
		if s := script(r); s != "" && !slices.Contains(scripts, s) {
			scripts = append(scripts, s)
		}
	}
	if len(scripts) < 2 {
		return true
	}
	return slices.ContainsFunc(written, func(together []string) bool {
		return !slices.ContainsFunc(scripts, func(s string) bool { return !slices.Contains(together, s) })
	})
}

// script that a rune belongs to, or "" if it goes with any. Unicode counts the tatweel, the vowel signs and the
// Arabic-Indic digits as common to several scripts; beside Latin letters they are only a disguise.
func script(r rune) string {
	if r != zwnj && r >= 0x0600 && r <= 0x06ff {
		return "Arabic"
	}
	if unicode.In(r, unicode.Common, unicode.Inherited) {
		return ""
	}
	for name, table := range unicode.Scripts {
		if unicode.Is(table, r) {
			return name
		}
	}
	return "unassigned"
}
