// Package markup turns what a member wrote in Markdown into HTML that any page may show.
//
// It protects readers from the text they read: no script, no style, no picture or frame that tells another host who is
// reading, no link that says where a reader came from, no invisible character that shows another order than the one
// written. Text is rendered once, when it is written. The package must never let markup of a member's own through and
// must never take longer than a bound that grows with the length of the text alone.
package markup

import (
	"bytes"
	"regexp"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/renderer/html"
	"github.com/yuin/goldmark/util"
)

// Version names the rules by which Render works. HTML kept under an older one is rendered again from its source before
// anybody sees it, so a change that makes reading safer must raise it.
const Version = 1

// Render returns the HTML of source. It refuses what Check refuses, and nothing else: text nested so deeply that it is
// no longer prose comes out as plain paragraphs.
func Render(source string) (string, error) {
	if err := Check(source); err != nil {
		return "", err
	}
	source = unmasked(strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n"))
	if html, ok := prose(source); ok {
		return html, nil
	}
	return thoroughly(source)
}

// thoroughly renders and sanitises whatever a text holds.
func thoroughly(source string) (string, error) {
	raw := buffers.Get().(*bytes.Buffer)
	defer buffers.Put(raw)
	raw.Reset()
	if tangled(source) {
		plain(raw, source)
	} else if err := markdown.Convert([]byte(source), raw); err != nil {
		return "", err
	}
	if raw.Len() > swollen*len(source)+512 {
		raw.Reset()
		plain(raw, source)
	}
	return policy.SanitizeReader(strings.NewReader(unmasked(raw.String()))).String(), nil
}

// address of a page as people paste it: with letters of any script in its path, and without the punctuation after it.
var address = regexp.MustCompile(`^https?://[-a-zA-Z0-9@:%._+~#=]{1,256}\.[a-z]{2,}(?::\d+)?(?:[/#?][-a-zA-Z0-9@:%_+.~#$!?&/=();,'^{}\[\]\p{L}\p{M}\p{Nd}]*)?`)

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// markdown is CommonMark without raw HTML: a tag that somebody typed is text like any other.
var markdown = goldmark.New(
	goldmark.WithParser(parser.NewParser(
		parser.WithBlockParsers(
			util.Prioritized(parser.NewSetextHeadingParser(), 100),
			util.Prioritized(parser.NewThematicBreakParser(), 200),
			util.Prioritized(parser.NewListParser(), 300),
			util.Prioritized(parser.NewListItemParser(), 400),
			util.Prioritized(parser.NewCodeBlockParser(), 500),
			util.Prioritized(parser.NewATXHeadingParser(), 600),
			util.Prioritized(parser.NewFencedCodeBlockParser(), 700),
			util.Prioritized(parser.NewBlockquoteParser(), 800),
			util.Prioritized(parser.NewParagraphParser(), 1000),
		),
		parser.WithInlineParsers(
			util.Prioritized(parser.NewCodeSpanParser(), 100),
			util.Prioritized(parser.NewLinkParser(), 200),
			util.Prioritized(parser.NewAutoLinkParser(), 300),
			util.Prioritized(extension.NewStrikethroughParser(), 500),
			util.Prioritized(parser.NewEmphasisParser(), 510),
			util.Prioritized(extension.NewLinkifyParser(extension.WithLinkifyAllowedProtocols([]string{"http:", "https:"}),
				extension.WithLinkifyURLRegexp(address)), 999),
		),
		parser.WithParagraphTransformers(util.Prioritized(parser.LinkReferenceParagraphTransformer, 100)),
	)),
	goldmark.WithRenderer(renderer.NewRenderer(renderer.WithNodeRenderers(
		util.Prioritized(blocks{}, 1),
		util.Prioritized(links{}, 1),
		util.Prioritized(extension.NewStrikethroughHTMLRenderer(), 500),
		util.Prioritized(html.NewRenderer(html.WithHardWraps()), 1000),
	))),
)
