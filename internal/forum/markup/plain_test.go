package markup_test

import (
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/forum/markup"
)

func TestPlainIsWhatAReaderReads(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Wool *works* at **night**.":                     "Wool works at night.",
		"One.\n\nTwo,\nthree.\n\n- four\n- five":         "One.\nTwo,\nthree.\nfour\nfive",
		"a < b & c > d <script>alert(1)</script>":        "a < b & c > d <script>alert(1)</script>",
		"See https://example.org/a?b=c&d or `x<y>`.":     "See https://example.org/a?b=c&d or x<y>.",
		"[a link](https://example.org \"with a title\")": "a link",
		"> می‌روم\n\nچای":                                "می‌روم\nچای",
	} {
		rendered, err := markup.Render(source)
		if err != nil {
			t.Fatal(err)
		}
		if got := markup.Plain(rendered); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("*a* <b> & c")
	f.Fuzz(func(t *testing.T, source string) {
		rendered, err := markup.Render(source)
		if err != nil {
			return
		}
		if plain := markup.Plain(rendered); len(plain) > len(rendered) || strings.Contains(plain, "\n\n\n") {
			t.Fatalf("%q: %q", rendered, plain)
		}
	})
}
