package markup

import (
	"bytes"
	"html"
	"strings"
)

// Beyond these a Markdown parser takes time that grows with the square of the text: a line of 40,000 quote signs took
// 15 seconds, one of list signs over 20. Nobody writes so.
const (
	deepest  = 12  // quotes and lists opened by one line
	brackets = 800 // that may begin a link
	swollen  = 8   // bytes of HTML for one of text
)

// tangled says whether source is built to be hard to parse, or might as well have been.
func tangled(source string) bool {
	if strings.Count(source, "[") > brackets {
		return true
	}
	for line := range strings.Lines(source) {
		if depth(line) > deepest {
			return true
		}
	}
	return false
}

// depth counts the quotes and list items that line opens or continues, as CommonMark would see them at most.
func depth(line string) int {
	for count := 0; ; count++ {
		line = strings.TrimLeft(line, " \t")
		n := marker(line)
		if n == 0 {
			return count
		}
		line = line[n:]
	}
}

// marker is the length of the quote or list sign that line begins with, or 0.
func marker(line string) int {
	if strings.HasPrefix(line, ">") {
		return 1
	}
	sign := strings.TrimLeft(line, "0123456789")
	digits := len(line) - len(sign)
	if sign == "" || !strings.ContainsRune("-+*.)", rune(sign[0])) || (digits > 0) != strings.ContainsRune(".)", rune(sign[0])) {
		return 0
	}
	if len(sign) > 1 && !strings.ContainsRune(" \t\n", rune(sign[1])) {
		return 0
	}
	return digits + 1
}

// plain writes source as paragraphs and line breaks.
func plain(w *bytes.Buffer, source string) {
	for paragraph := range strings.SplitSeq(source, "\n\n") {
		if paragraph = strings.Trim(paragraph, "\n"); paragraph != "" {
			w.WriteString(`<p dir="auto">`)
			w.WriteString(strings.ReplaceAll(html.EscapeString(paragraph), "\n", "<br>\n"))
			w.WriteString("</p>\n")
		}
	}
}
