package words_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/blevesearch/bleve/v2/analysis"
	"github.com/blevesearch/bleve/v2/analysis/lang/ar"
	"github.com/blevesearch/bleve/v2/analysis/lang/en"
	"github.com/blevesearch/bleve/v2/analysis/lang/fa"
	"github.com/blevesearch/bleve/v2/analysis/token/lowercase"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/search/words"
)

// What bleve's filters take for one word, we do too: they are the yardstick here and not in the program, because they
// bring the store and the geometry of a whole search engine with them.
func TestWhatBleveJoinsIsJoined(t *testing.T) {
	t.Parallel()
	vocabulary := vocabulary(t)
	forms := map[string]string{}
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom(vocabulary).Draw(t, "word")
		typed := rapid.Custom(func(t *rapid.T) string { return respell(t, word) }).Draw(t, "typed")
		theirs, ours := bleve(typed), words.Fold(typed)
		if before, seen := forms[theirs]; seen && before != ours {
			t.Fatalf("%q is %q to us, and another spelling of %q is %q", typed, ours, theirs, before)
		}
		forms[theirs] = ours
	})
}

// bleve folds a Persian, Arabic or English word.
func bleve(word string) string {
	stream := analysis.TokenStream{{Term: []byte(strings.ReplaceAll(word, "\u200c", ""))}}
	for _, filter := range []analysis.TokenFilter{
		lowercase.NewLowerCaseFilter(), ar.NewArabicNormalizeFilter(), fa.NewPersianNormalizeFilter(),
	} {
		stream = filter.Filter(stream)
	}
	return string(stream[0].Term)
}

func TestEnglishEndingsAreBleves(t *testing.T) {
	t.Parallel()
	for _, word := range vocabulary(t) {
		if word[0] >= 0x80 {
			continue
		}
		stream := analysis.TokenStream{{Term: []byte(words.Fold(word))}}
		if want := string(en.NewEnglishStemmerFilter().Filter(stream)[0].Term); words.Stem(words.Fold(word)) != want {
			t.Errorf("%q ends up as %q, want %q", word, words.Stem(words.Fold(word)), want)
		}
	}
}

// respell writes a word as another keyboard, or another hand, would.
func respell(t *rapid.T, word string) string {
	var b strings.Builder
	for _, r := range word {
		b.WriteRune(rapid.SampledFrom(append([]rune{r}, hands[r]...)).Draw(t, "letter"))
		if r >= 'ء' && r <= 'ی' {
			b.WriteString(rapid.SampledFrom([]string{"", "", "", "", "\u064e", "\u0651", "ـ", "\u200c"}).Draw(t, "mark"))
		}
	}
	return b.String()
}

var hands = map[rune][]rune{
	'ی': {'ي', 'ى', 'ے'}, 'ک': {'ك'}, 'ه': {'ة', 'ہ', 'ۀ'}, 'ا': {'أ', 'إ', 'آ'},
	'a': {'A'}, 'e': {'E'}, 's': {'S'}, 't': {'T'}, 'i': {'I'},
}

// vocabulary is what people say in the demonstration communities, each word once.
func vocabulary(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, text := range talk(t) {
		for _, token := range words.Analyse(text) {
			if word := text[token.Start:token.End]; !strings.ContainsAny(word, " \u00a0'’-.,/٫\u200c") {
				all = append(all, word)
			}
		}
	}
	slices.Sort(all)
	if all = slices.Compact(all); len(all) < 3000 {
		t.Fatalf("%d words are too few to judge by", len(all))
	}
	return all
}

// talk is the texts of the demonstration communities.
func talk(t *testing.T) []string {
	t.Helper()
	names, err := filepath.Glob("../../demo/world/*/*.md")
	if err != nil || len(names) < 20 {
		t.Fatalf("%d texts, %v", len(names), err)
	}
	texts := make([]string, len(names))
	for i, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts[i] = string(text)
	}
	return texts
}
