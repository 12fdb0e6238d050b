package markup_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/forum/markup"
)

// sameAsThorough holds the short way against the long one, and tells whether the short way was open.
func sameAsThorough(t interface{ Fatalf(string, ...any) }, source string) bool {
	if markup.Check(source) != nil {
		return false
	}
	source = markup.Unmasked(strings.ReplaceAll(strings.ReplaceAll(source, "\r\n", "\n"), "\r", "\n"))
	short, ok := markup.Prose(source)
	if !ok {
		return false
	}
	long, err := markup.Thoroughly(source)
	if err != nil || short != long {
		t.Fatalf("%q\n is %q\n and thoroughly %q, %v", source, short, long, err)
	}
	return true
}

func TestProseIsRenderedAsThoroughly(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"One line.", "It's \"fine\", isn't it?", "First.\nSecond (line): 12,5 % - yes!\n\nA paragraph; and another\n\n\n\nlast one…\n",
		"می‌روم قدم بزنم؛ «کمی» بعد از شام، ساعت ۱۲.\nخوب است؟ بله!\n\nپاراگراف دوم: ۵٪ بهتر.", "سلامٌ عليكم", "é e\u0301 ǆ 漢字 हिन्दी",
		"*a*", "**much** worse", "It is **much worse**, (*really*)!\n*Every* day *and* **night**", "خیلی **بهتر** شد.", "*a* **b** *c*",
	} {
		if !sameAsThorough(t, source) {
			t.Errorf("%q has to go the long way", source)
		}
	}
	for _, source := range []string{
		"", "\n", "- a", "a\n- b", "1. a", "a\n1) b", "# a", "a\n===", "a\n---", "* a", "*a", "a*", "a*b*", "*a*b", "**a*", "*a**", "***a***", "* a *", "*a *", "*a.*", "*a\nb*", "*a*،", "«*a*»", "*it's*", "*a***b**", "***", "a\n***", "_a_", "`a`", "~~a~~", "> a", "    a", "a\n\n    b", " a", "a \nb", "a  \nb", "a ",
		"www.example.org", "see www.example.org", "https://example.org", "a@example.org", "&amp;", "a & b", "<b>", "\\a", "[a](b)", "a\tb", "a | b", "a+b\n+ c", "a\u00a0b", "a\u200bb", "a\u2028b", "a\x00b", "\u200ea", "👍",
	} {
		if html, ok := markup.Prose(source); ok {
			t.Errorf("%q went the short way: %s", source, html)
		}
	}
}

func TestAnyProseIsRenderedAsThoroughly(t *testing.T) {
	t.Parallel()
	pieces := rapid.SampledFrom([]string{
		"a", "word", "Word", "I'm", "\"so\"", " ", " ", " ", "\n", "\n\n", "\n\n\n", ".", ", ", ": ", "; ", "! ", "? ", "(", ")", "-", " - ", "--", "12", "3.", "4)", "%",
		"می‌روم", "کتاب", "۱۲", "،", "؟", "«", "»", "…", "—", "ً", "\u200c", "http:", "https:", "www", "www.", "mailto:", "ftp:", ":)", "x:y", "(c)", "...", "é", "e\u0301",
		"*a*", "**word**", "*", "**", "*a b*", "**کتاب**", " *", "* ",
	})
	short := 0
	rapid.Check(t, func(t *rapid.T) {
		if sameAsThorough(t, strings.Join(rapid.SliceOfN(pieces, 1, 30).Draw(t, "pieces"), "")) {
			short++
		}
	})
	if short == 0 {
		t.Error("none went the short way")
	}
}

func FuzzProse(f *testing.F) {
	f.Add("It's \"fine\".\nSecond line\n\nSecond paragraph")
	f.Add("می‌روم «قدم» بزنم، ساعت ۱۲؟")
	f.Add("a\n-b")
	f.Add("It was **much** worse (*really*).\n**So**")
	for _, source := range hostile {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) { sameAsThorough(t, source) })
}
