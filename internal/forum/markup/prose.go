package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	paragraph = `<p dir="auto">`
	lineBreak = "<br>\n"
)

// prose renders a text that is nothing but paragraphs with a stressed word here and there, as most posts are, without
// looking for markup in it: it takes a twentieth of the time. ok is false as soon as anything might be markup, an address, or in need of care; what it does
// return is what rendering and sanitising would have, to the byte.
func prose(source string) (html string, ok bool) {
	source = strings.Trim(source, "\n")
	if source == "" || strings.Contains(source, "www.") {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(source) + len(source)/16 + 64)
	b.WriteString(paragraph)
	done := 0 // written so far
	for i := 0; i < len(source); {
		c := source[i]
		size := 1
		switch {
		case harmless[c]:
		case c == '\n':
			next, broken := lineEnd(source, i)
			if !broken {
				return "", false
			}
			b.WriteString(source[done:i])
			if next == i+1 {
				b.WriteString(lineBreak)
			} else {
				b.WriteString("</p>\n" + paragraph)
			}
			done, i = next, next
			continue
		case c == '\'':
			b.WriteString(source[done:i])
			b.WriteString("&#39;")
			done = i + 1
		case c == '"':
			b.WriteString(source[done:i])
			b.WriteString("&#34;")
			done = i + 1
		case c == '*':
			stressed, next, ok := stress(source, i)
			if !ok {
				return "", false
			}
			b.WriteString(source[done:i])
			b.WriteString(stressed)
			done, i = next, next
			continue
		case c < utf8.RuneSelf:
			return "", false
		default:
			var r rune
			if r, size = utf8.DecodeRuneInString(source[i:]); !readable(r) {
				return "", false
			}
		}
		i += size
	}
	b.WriteString(source[done:])
	b.WriteString("</p>\n")
	return b.String(), plainStart(source) && !spaced(source[len(source)-1])
}

// harmless ASCII means nothing in Markdown wherever it stands in a line, but for what plainStart knows.
var harmless = func() (is [256]bool) {
	for c := range is {
		is[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.ContainsRune(" .,;:!?()-%", rune(c)) && c != 0
	}
	return is
}()

// readable are the letters of every script with their marks, and the punctuation of English and Persian.
func readable(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.Is(unicode.Nd, r) || strings.ContainsRune("،؛؟«»…–—‘’“”٪\u200c", r))
}

// lineEnd finds where the line after a line break begins, and past empty lines the next paragraph. ok is false where either
// end of the break is spaced, or what follows could be more than a line of text.
func lineEnd(source string, at int) (next int, ok bool) {
	next = at + 1
	for next < len(source) && source[next] == '\n' {
		next++
	}
	return next, !spaced(source[at-1]) && plainStart(source[next:])
}

func spaced(c byte) bool { return c == ' ' }

// plainStart tells that a line doesn't begin like a list, a heading or code.
func plainStart(line string) bool {
	c := line[0]
	return !spaced(c) && c != '-' && (c < '0' || c > '9')
}
