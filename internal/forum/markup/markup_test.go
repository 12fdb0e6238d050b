package markup_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum/markup"
)

var update = flag.Bool("update", false, "write the golden files")

func TestRenderedPosts(t *testing.T) {
	for _, name := range []string{"en", "fa"} {
		source, err := os.ReadFile(filepath.Join("testdata", name+".md"))
		if err != nil {
			t.Fatal(err)
		}
		got := render(t, string(source))
		path := filepath.Join("testdata", name+".html")
		if *update {
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: if the change is wanted, raise markup.Version and run with -update\n%s", path, diff)
		}
		inspect(t, string(source), got)
	}
}

// hostile texts: what each tries is plain from it.
var hostile = []string{
	`<script>alert(1)</script>`, `<SCRIPT SRC=//evil.example/x.js></SCRIPT>`, `<scr<script>ipt>alert(1)</scr</script>ipt>`,
	`<img src=x onerror=alert(1)>`, `<svg/onload=alert(1)>`, `<svg><a xlink:href="javascript:alert(1)">x</a></svg>`, `<math><mi//xlink:href="data:x,<script>alert(1)</script>">`,
	`<iframe src="javascript:alert(1)"></iframe>`, `<object data="data:text/html,x">`, `<embed src=//evil.example>`, `<base href=//evil.example>`, `<link rel=stylesheet href=//evil.example>`,
	`<meta http-equiv=refresh content="0;url=//evil.example">`, `<form action=//evil.example><input name=password></form>`, `<style>*{background:url(//evil.example)}</style>`,
	`<p style="position:fixed">x</p>`, `<div onclick="alert(1)">x</div>`, `<details open ontoggle=alert(1)>`, `<video src=x onerror=alert(1)>`, `<b onmouseover=alert(1)>b</b>`,
	`<!-- --><script>alert(1)</script><!-- -->`, `<![CDATA[<script>alert(1)</script>]]>`, `<?php echo 1 ?>`, `<noscript><p title="</noscript><img src=x onerror=alert(1)>">`,
	`[x](javascript:alert(1))`, `[x](JaVaScRiPt:alert(1))`, "[x](java\nscript:alert(1))", "[x](java\tscript:alert(1))", `[x](&#106;avascript:alert(1))`, `[x](javascript&colon;alert(1))`,
	`[x](java&Tab;script:alert(1))`, `[x]( javascript:alert(1))`, `[x](<javascript:alert(1)>)`, `[x](vbscript:x)`, `[x](data:text/html;base64,PHNjcmlwdD4=)`,
	`[x](data:image/svg+xml,<svg onload=alert(1)>)`, `[x](file:///etc/passwd)`, `[x](//evil.example)`, `[x](/v1/me)`, `[x](?a=b)`, `[x](#a)`, `[x](mailto:a@b.example)`, "[x](java\u202escript:alert(1))",
	`<javascript:alert(1)>`, `<data:text/html,x>`, `<a@b.example>`, `[x]: javascript:alert(1)` + "\n\n[x]", `![x](javascript:alert(1))`, `![x"onerror="alert(1)](https://e.example/a.png)`,
	`![](https://e.example/"onerror="alert(1))`, `[x](https://e.example/"onmouseover="alert(1))`, `[x](https://e.example 'title" onmouseover="alert(1)')`, `https://e.example/"onmouseover="alert(1)`,
	`<https://e.example/"onmouseover="alert(1)>`, `[x](https://e.example/<script>alert(1)</script>)`, "```\"onmouseover=\"alert(1)\nx\n```", "```<script>\n</code></pre><script>alert(1)</script>\n```",
	"`</code><script>alert(1)</script>`", `[![x](https://e.example/a)](javascript:alert(1))`, `![[x](javascript:alert(1))](https://e.example)`, `[x [y](https://e.example/1) z](https://e.example/2)`,
	"# <script>alert(1)</script>", "- <img src=x onerror=alert(1)>", "> <iframe src=x>", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;script&#62;alert(1)&#60;/script&#62;", `\<script\>alert(1)\</script\>`,
	"<scri\u2066pt>alert(1)</script>", "[x](java&#x202e;script:alert(1))", "a &#x202e;b&#8238; c&#x2066;", "\u202eevil\u202c \u2067x\u2069", "<img src=\"x`\" onerror=alert(1)>", `{{constructor.constructor('alert(1)')()}}`,
	"1000000000000. x", "0. x", strings.Repeat("> ", 40) + "<script>alert(1)</script>", strings.Repeat("[", 900) + "<img src=x onerror=alert(1)>",
}

func TestHostileTextIsOnlyText(t *testing.T) {
	for _, source := range hostile {
		inspect(t, source, render(t, source))
	}
}

// elements that may be in a post, and the attributes that each may have.
var elements = map[string]string{
	"p": "dir", "h3": "dir", "h4": "dir", "h5": "dir", "h6": "dir", "blockquote": "dir", "ul": "dir", "ol": "dir start", "li": "dir", "pre": "dir",
	"a": "href rel", "br": "", "hr": "", "code": "", "em": "", "strong": "", "del": "",
}

// inspect reads rendered as a browser does and fails on anything outside the list.
func inspect(t *testing.T, source, rendered string) {
	t.Helper()
	if strings.ContainsFunc(rendered, func(r rune) bool { return r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 }) {
		t.Errorf("%q keeps a character that reorders text: %q", source, rendered)
	}
	doc, err := html.ParseFragment(strings.NewReader(rendered), nil)
	if err != nil {
		t.Fatal(err)
	}
	var visit func(n *html.Node, inLink bool)
	visit = func(n *html.Node, inLink bool) {
		if n.Type == html.CommentNode || n.Type == html.DoctypeNode {
			t.Errorf("%q gives a comment or doctype: %q", source, rendered)
		}
		if n.Type == html.ElementNode && n.Data != "html" && n.Data != "head" && n.Data != "body" {
			inspectElement(t, source, n, inLink)
		}
		for child := n.FirstChild; child != nil; child = child.NextSibling {
			visit(child, inLink || n.Data == "a")
		}
	}
	for _, n := range doc {
		visit(n, false)
	}
}

func inspectElement(t *testing.T, source string, n *html.Node, inLink bool) {
	t.Helper()
	attributes, known := elements[n.Data]
	if !known || n.Namespace != "" || (n.Data == "a" && inLink) {
		t.Errorf("%q gives <%s>", source, n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case a.Namespace != "" || !strings.Contains(" "+attributes+" ", " "+a.Key+" "):
			t.Errorf("%q gives %s=%q on <%s>", source, a.Key, a.Val, n.Data)
		case a.Key == "dir" && a.Val != "auto" && a.Val != "ltr" && a.Val != "rtl":
			t.Errorf("%q gives dir=%q", source, a.Val)
		case a.Key == "rel" && a.Val != "nofollow noopener noreferrer ugc":
			t.Errorf("%q gives rel=%q", source, a.Val)
		case a.Key == "href" && !strings.HasPrefix(a.Val, "https://") && !strings.HasPrefix(a.Val, "http://") && !strings.HasPrefix(a.Val, "tel:"):
			t.Errorf("%q gives href=%q", source, a.Val)
		}
	}
	if n.Data == "a" && len(n.Attr) != 2 {
		t.Errorf("%q gives a link without its rel", source)
	}
}

func TestReadingAloudWhatStays(t *testing.T) {
	for source, want := range map[string]string{
		"می\u200cروم 👩\u200d🚀 a\u200eb": "<p dir=\"auto\">می\u200cروم 👩\u200d🚀 a\u200eb</p>\n",
		"one\ntwo":                       "<p dir=\"auto\">one<br>\ntwo</p>\n",
		"one\r\ntwo":                     "<p dir=\"auto\">one<br>\ntwo</p>\n",
		"a\u202eb":                       "<p dir=\"auto\">ab</p>\n",
		"# T":                            "<h3 dir=\"auto\">T</h3>\n",
		"###### T":                       "<h6 dir=\"auto\">T</h6>\n",
		"- سلام\n- hi":                   "<ul dir=\"rtl\">\n<li dir=\"auto\">سلام</li>\n<li dir=\"auto\">hi</li>\n</ul>\n",
		"> 12 سلام":                      "<blockquote dir=\"rtl\">\n<p dir=\"auto\">12 سلام</p>\n</blockquote>\n",
		"> 12":                           "<blockquote>\n<p dir=\"auto\">12</p>\n</blockquote>\n",
		"I <3 you":                       "<p dir=\"auto\">I &lt;3 you</p>\n",
		"![](https://e.example/a)":       "<p dir=\"auto\"><a href=\"https://e.example/a\" rel=\"nofollow noopener noreferrer ugc\">https://e.example/a</a></p>\n",
		"see www.e.example.":             "<p dir=\"auto\">see <a href=\"http://www.e.example\" rel=\"nofollow noopener noreferrer ugc\">www.e.example</a>.</p>\n",
		"[x](javascript:alert(1))":       "<p dir=\"auto\">x</p>\n",
		strings.Repeat(">", 13) + "a\nb": "<p dir=\"auto\">" + strings.Repeat("&gt;", 13) + "a<br>\nb</p>\n",
	} {
		if diff := cmp.Diff(want, render(t, source)); diff != "" {
			t.Errorf("%q:\n%s", source, diff)
		}
	}
}

func TestTextThatIsRefused(t *testing.T) {
	for source, code := range map[string]fault.Code{
		strings.Repeat("ن", 40_001):      fault.TooLong,
		strings.Repeat("a", 400_000):     fault.TooLong,
		"a\xffb":                         fault.BadEncoding,
		"a\x00b":                         fault.BadCharacters,
		"a\x1b[31mb":                     fault.BadCharacters,
		"a\u0085b":                       fault.BadCharacters,
		"":                               fault.Required,
		" \n\t\r\n ":                     fault.Required,
		"\u200b\u200c\u2060\ufeff\u3164": fault.Required,
		"\u202e\u202c":                   fault.Required,
	} {
		html, err := markup.Render(source)
		if html != "" || err == nil || fault.CodeOf(err) != code || fault.CodeOf(markup.Check(source)) != code {
			t.Errorf("%.20q: %q, %v, want %s", source, html, err, code)
		}
	}
	if err := markup.Check(strings.Repeat("😀", 40_000)); err != nil {
		t.Errorf("the longest text: %v", err)
	}
}

func TestTitles(t *testing.T) {
	for in, want := range map[string]string{
		"  Six weeks\n with \t a pump ": "Six weeks with a pump",
		"cafe\u0301":                    "café",
		"سه هفته، می\u200cشود؟":         "سه هفته، می\u200cشود؟",
		"a\u202eb\u2066c":               "abc",
		"<b>&":                          "<b>&",
		strings.Repeat("ن", 200):        strings.Repeat("ن", 200),
	} {
		if got, err := markup.Title(in); err != nil || got != want {
			t.Errorf("%q became %q, %v", in, got, err)
		}
	}
	for in, code := range map[string]fault.Code{
		"": fault.Required, " \n ": fault.Required, "\u202e": fault.Required, "\u200b\u2060": fault.Required, strings.Repeat("ن", 201): fault.TooLong,
		strings.Repeat("a", 100_000): fault.TooLong, "a\x00": fault.BadCharacters, "a\x7fb": fault.BadCharacters, "\xc3": fault.BadEncoding,
	} {
		if got, err := markup.Title(in); got != "" || err == nil || fault.CodeOf(err) != code {
			t.Errorf("%.20q: %q, %v, want %s", in, got, err, code)
		}
	}
}

// knots are 40,000 characters each, built to make a parser slow.
func knots() []string {
	fill := func(unit string) string { return strings.Repeat(unit, 39_990/len([]rune(unit))) }
	stairs := func(step, end string) string {
		var b strings.Builder
		for i := 1; b.Len()+i*len(step)+len(end) < 40_000; i++ {
			b.WriteString(strings.Repeat(step, i) + end)
		}
		return b.String()
	}
	return []string{
		fill(">") + "a", fill("> ") + "a", fill("- ") + "a", fill("1. ") + "a", fill("> - ") + "a", fill("- > ") + "a", fill("1. > ") + "a", fill(strings.Repeat(">", 12) + "a\n"),
		fill(strings.Repeat("- ", 12) + "a\n"), stairs(">", "a\n"), stairs("  ", "- a\n"), stairs("`", " "), fill("["), fill("!["), fill("[a]("), fill("[]("), fill("[a]"), fill("[a\n"),
		fill("*"), fill("*a "), fill("*a _b "), fill("a*"), fill("a**"), fill("*a **b "), fill("_ "), fill("~"), fill("~~a "), fill("`a``b"), fill("<"), fill("<a@"), fill("<http:"),
		fill("http://a "), "http://a.b/" + strings.Repeat("(", 39_900), "http://a.b/" + strings.Repeat("a.", 19_900), fill("www."), fill("&"), fill("&amp;"), fill("\\"), fill("a\n=\n"), fill("# a\n"),
		fill("```\n"), fill("[a]: b\n"), fill("[a]: b '"), "a" + strings.Repeat("\n", 39_900) + "b", "- a\n" + strings.Repeat("\n", 39_900) + "b", strings.Repeat(" ", 39_900) + "a", fill("\t") + "a", fill("+\n"), fill("سلام hello "),
	}
}

func TestNoTextIsSlow(t *testing.T) {
	for _, source := range knots() {
		start := time.Now()
		rendered := render(t, source)
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("%.20q… took %v", source, took)
		}
		if len(rendered) > 10*len(source) {
			t.Errorf("%.20q… of %d bytes gives %d", source, len(source), len(rendered))
		}
	}
}

func render(t testing.TB, source string) string {
	t.Helper()
	rendered, err := markup.Render(source)
	if err != nil {
		t.Fatalf("%.40q: %v", source, err)
	}
	return rendered
}
