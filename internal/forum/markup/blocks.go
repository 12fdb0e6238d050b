package markup

import (
	"fmt"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
	"golang.org/x/text/unicode/bidi"
)

// blocks renders block elements with their direction, so that Persian and English paragraphs of one post each stand
// as they are read. An element that holds text itself says dir="auto". One that holds such elements gets the
// direction of its first strong letter, because a browser passes over children that have a direction of their own.
type blocks struct{}

func (b blocks) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindHeading, b.heading)
	r.Register(ast.KindBlockquote, b.quote)
	r.Register(ast.KindList, b.list)
	r.Register(ast.KindListItem, b.item)
	r.Register(ast.KindParagraph, b.paragraph)
	r.Register(ast.KindCodeBlock, b.code)
	r.Register(ast.KindFencedCodeBlock, b.code)
}

// heading goes two levels down: h1 is the page's and h2 the topic's title.
func (blocks) heading(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	level := min(n.(*ast.Heading).Level+2, 6)
	if entering {
		fmt.Fprintf(w, "<h%d dir=\"auto\">", level)
	} else {
		fmt.Fprintf(w, "</h%d>\n", level)
	}
	return ast.WalkContinue, nil
}

func (blocks) paragraph(w util.BufWriter, _ []byte, _ ast.Node, entering bool) (ast.WalkStatus, error) {
	return write(w, entering, `<p dir="auto">`, "</p>\n")
}

func (blocks) quote(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	return write(w, entering, "<blockquote"+direction(n, source)+">\n", "</blockquote>\n")
}

func (blocks) list(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	list := n.(*ast.List)
	if !list.IsOrdered() {
		return write(w, entering, "<ul"+direction(n, source)+">\n", "</ul>\n")
	}
	start := ""
	if list.Start != 1 {
		start = fmt.Sprintf(` start="%d"`, list.Start)
	}
	return write(w, entering, "<ol"+start+direction(n, source)+">\n", "</ol>\n")
}

func (blocks) item(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if _, tight := n.FirstChild().(*ast.TextBlock); tight {
		return write(w, entering, `<li dir="auto">`, "</li>\n")
	}
	return write(w, entering, "<li"+direction(n, source)+">\n", "</li>\n")
}

// code of a block is written as it is; the name of its language is nobody's concern.
func (blocks) code(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(`<pre dir="auto"><code>`)
		for _, line := range n.Lines().Sliced(0, n.Lines().Len()) {
			html.DefaultWriter.RawWrite(w, line.Value(source))
		}
	} else {
		w.WriteString("</code></pre>\n")
	}
	return ast.WalkContinue, nil
}

func write(w util.BufWriter, entering bool, open, end string) (ast.WalkStatus, error) {
	if entering {
		w.WriteString(open)
	} else {
		w.WriteString(end)
	}
	return ast.WalkContinue, nil
}

// direction is the attribute for a container: that of the first letter in it that has one (UAX #9, P2 and P3).
func direction(container ast.Node, source []byte) string {
	found := ""
	_ = ast.Walk(container, func(n ast.Node, entering bool) (ast.WalkStatus, error) { // the visitor never fails
		if !entering {
			return ast.WalkContinue, nil
		}
		if text, ok := n.(*ast.Text); ok {
			found = strong(text.Segment.Value(source))
		}
		if found != "" {
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	return found
}

func strong(text []byte) string {
	for _, r := range string(text) {
		if !unicode.IsLetter(r) {
			continue
		}
		properties, _ := bidi.LookupRune(r)
		if class := properties.Class(); class == bidi.R || class == bidi.AL {
			return ` dir="rtl"`
		} else if class == bidi.L {
			return ` dir="ltr"`
		}
	}
	return ""
}
