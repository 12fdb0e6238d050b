package markup

import (
	"net/url"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// rel of every link: it lends no weight to the page it points to, and doesn't tell it where the reader came from.
const rel = "nofollow noopener noreferrer ugc"

// links renders links to the web and to telephone numbers, such as a helpline's, and nothing else: not mailto, which
// offers an address to whoever collects them. A picture becomes a link to it, because fetching it would tell its host
// who reads.
type links struct{}

func (l links) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindLink, l.link)
	r.Register(ast.KindImage, l.image)
	r.Register(ast.KindAutoLink, l.auto)
}

func (links) link(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	return anchor(w, n, n.(*ast.Link).Destination, entering)
}

func (links) image(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	destination := n.(*ast.Image).Destination
	if entering && !n.HasChildren() {
		defer w.Write(util.EscapeHTML(destination))
	}
	return anchor(w, n, destination, entering)
}

func (links) auto(w util.BufWriter, source []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
	link := n.(*ast.AutoLink)
	status, err := anchor(w, n, link.URL(source), entering)
	if entering {
		w.Write(util.EscapeHTML(link.Label(source)))
	}
	return status, err
}

// anchor writes the tags of a link, if it may point where it points and doesn't stand in another one.
func anchor(w util.BufWriter, n ast.Node, destination []byte, entering bool) (ast.WalkStatus, error) {
	href := util.URLEscape(destination, true)
	if !reachable(href) || inLink(n) {
		return ast.WalkContinue, nil
	}
	if !entering {
		w.WriteString("</a>")
		return ast.WalkContinue, nil
	}
	w.WriteString(`<a href="`)
	w.Write(util.EscapeHTML(href))
	w.WriteString(`" rel="` + rel + `">`)
	return ast.WalkContinue, nil
}

func reachable(href []byte) bool {
	address, err := url.Parse(string(href))
	if err != nil {
		return false
	}
	switch address.Scheme {
	case "http", "https":
		return address.Host != ""
	case "tel":
		return address.Opaque != ""
	}
	return false
}

func inLink(n ast.Node) bool {
	for up := n.Parent(); up != nil && up.Type() == ast.TypeInline; up = up.Parent() {
		if kind := up.Kind(); kind == ast.KindLink || kind == ast.KindImage {
			return true
		}
	}
	return false
}
