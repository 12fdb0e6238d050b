package markup

import (
	"html"
	"strings"
)

// Plain returns the words of what Render made, without its elements: what stood in a paragraph, an item or a cell of its
// own stands in a line of its own.
func Plain(rendered string) string {
	var b strings.Builder
	b.Grow(len(rendered))
	for rendered != "" {
		before, rest, found := strings.Cut(rendered, "<")
		b.WriteString(before)
		if !found {
			break
		}
		element, after, _ := strings.Cut(rest, ">")
		if !inline(element) && !strings.HasSuffix(b.String(), "\n") {
			b.WriteByte('\n')
		}
		if !inline(element) {
			after = strings.TrimLeft(after, "\n")
		}
		rendered = after
	}
	return strings.TrimSpace(html.UnescapeString(b.String()))
}

// inline tells whether an element stands inside a line.
func inline(element string) bool {
	name, _, _ := strings.Cut(strings.TrimPrefix(element, "/"), " ")
	switch name {
	case "a", "em", "strong", "del", "code":
		return true
	}
	return false
}
