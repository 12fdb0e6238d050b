package words_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/search/words"
)

func seeds(f *testing.F) []string {
	f.Helper()
	all := []string{
		english, persian, "", "\xff", "a\u200c\u200cb", "--a--b--", "'s", "’s’s", "می", "می ", "می ها تر", "بی بی بی", "ء", "ـَ", "\u064e\u200c",
		"1.2.3,4/5", "ﷺ½①㎎Ⅳ𝟙", "👩🏽‍⚕️🏳️‍🌈1️⃣", "ﻻﻵ", "가각힣", "か\u3099", "ﬁﬀ", "İıſßẞ", "ΐΰ", "\u202eabc\u202c", "ᾳ\u0345", "ა ᏸ", strings.Repeat("é", 90),
	}
	names, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func FuzzAnalyse(f *testing.F) {
	for _, text := range seeds(f) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := words.Analyse(text)
		terms := map[string]words.Token{}
		last := words.Token{Position: -1}
		for _, token := range tokens {
			inspect(t, text, token)
			if token.Position != last.Position+1 && (token.Position != last.Position || token.End <= last.End || token.Start != last.Start) {
				t.Fatalf("%q has %+v after %+v", text, token, last)
			}
			if same, seen := terms[token.Word]; seen && (same.Term != token.Term || same.Stop != token.Stop) {
				t.Fatalf("%q has %+v and %+v", text, token, same)
			}
			terms[token.Word], last = token, token
		}
		if composed, apart := listing(norm.NFC.String(text)), listing(norm.NFD.String(text)); utf8.ValidString(text) && composed != apart {
			t.Fatalf("%q is %q composed, and %q decomposed", text, composed, apart)
		}
	})
}

// inspect holds a token to what Token says of it.
func inspect(t *testing.T, text string, token words.Token) {
	t.Helper()
	border := func(at int) bool { return at == len(text) || utf8.RuneStart(text[at]) || !utf8.ValidString(text) }
	switch {
	case token.Start < 0 || token.Start >= token.End || token.End > len(text), !border(token.Start) || !border(token.End):
		t.Fatalf("%q: %+v has no place in it", text, token)
	case token.Word == "" || token.Term == "" || !utf8.ValidString(token.Word) || utf8.RuneCountInString(token.Word) > 40:
		t.Fatalf("%q: %+v is no word", text, token)
	case words.Fold(token.Word) != token.Word:
		t.Fatalf("%q: %+v folds again, to %q", text, token, words.Fold(token.Word))
	}
}

func listing(text string) string {
	var b strings.Builder
	for _, token := range words.Analyse(text) {
		b.WriteString(token.Word + " ")
	}
	return b.String()
}

func FuzzSnippet(f *testing.F) {
	for i, text := range seeds(f) {
		f.Add(text, []string{"pain*", `"a b" c`, "می روم", "-x 12", "دکتر قند\u200cخون"}[i%5], uint8(i))
	}
	f.Fuzz(func(t *testing.T, text, typed string, around uint8) {
		q, err := words.Parse(typed)
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatalf("%q: %v", typed, err)
			}
			return
		}
		if len(q.Clauses()) > 12 {
			t.Fatalf("%q has %d clauses", typed, len(q.Clauses()))
		}
		if q.Match(text) != indexed(text).answers(q) {
			t.Fatalf("%q in %q: an index says something else", typed, text)
		}
		end := 0
		for _, hit := range q.Find(text) {
			if hit.Start < end || hit.End <= hit.Start || hit.End > len(text) {
				t.Fatalf("%q in %q is found at %+v, after %d", typed, text, hit, end)
			}
			end = hit.End
		}
		whole, hits := "", 0
		for _, piece := range words.Snippet(text, q, int(around)) {
			whole += piece.Text
			if piece.Hit {
				hits++
			}
		}
		if shown := strings.TrimSuffix(strings.TrimPrefix(whole, "…"), "…"); !strings.Contains(text, shown) && !strings.Contains(text, strings.Trim(whole, "…")) {
			t.Fatalf("%q isn't in %q", whole, text)
		}
		if end > 0 && hits == 0 {
			t.Fatalf("%q is found in %q, and not shown in %q", typed, text, whole)
		}
	})
}
