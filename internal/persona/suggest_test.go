package persona_test

import (
	"bytes"
	"crypto/rand"
	"strings"
	"testing"
	"unicode"

	"github.com/hamyar/hamyar/internal/persona"
)

func TestEverySuggestionIsAName(t *testing.T) {
	for _, language := range []string{"en", "fa"} {
		keys := map[string]string{}
		pairs := persona.Pairs(language)
		for _, pair := range pairs {
			name, err := persona.ParseName(pair)
			if err != nil {
				t.Errorf("%q: %v", pair, err)
			}
			if name.Reveal() != pair {
				t.Errorf("%q is not written as it would be stored: %q", pair, name.Reveal())
			}
			if other, taken := keys[name.Folded()]; taken {
				t.Errorf("%q looks like %q", pair, other)
			}
			keys[name.Folded()] = pair
		}
		if len(pairs) < 2000 {
			t.Errorf("%s: only %d names", language, len(pairs))
		}
		t.Logf("%s: %d names", language, len(pairs))
	}
}

func TestPersianSuggestionsReadNaturally(t *testing.T) {
	consonant := map[string]bool{"ماه": true, "سرو": true} // the last letter is heard as h and v
	for _, pair := range persona.Pairs("fa") {
		noun, _, _ := strings.Cut(pair, " ")
		if !consonant[noun] && (strings.HasSuffix(noun, "ا") || strings.HasSuffix(noun, "و") || strings.HasSuffix(noun, "ه")) {
			t.Fatalf("the ezafe after %q would have to be written", noun)
		}
		if strings.ContainsFunc(pair, func(r rune) bool { return r != ' ' && r != '\u200c' && !unicode.Is(unicode.Arabic, r) }) {
			t.Fatalf("%+q is not Persian alone", pair)
		}
		if strings.ContainsAny(pair, "يكىة") {
			t.Fatalf("%q has Arabic letters", pair)
		}
	}
}

func TestSuggestionsDiffer(t *testing.T) {
	for _, language := range []string{"en", "fa"} {
		seen := map[persona.Name]bool{}
		for _, name := range persona.Suggest(rand.Reader, language, 200) {
			seen[name] = true
		}
		if len(seen) != 200 {
			t.Errorf("%s: %d different of 200", language, len(seen))
		}
	}
}

func TestNoRandomnessNoSuggestion(t *testing.T) {
	if names := persona.Suggest(bytes.NewReader(nil), "en", 5); len(names) != 0 {
		t.Fatalf("%d names out of nothing", len(names))
	}
	if names := persona.Suggest(rand.Reader, "en", -1); len(names) != 0 {
		t.Fatalf("%d names for -1", len(names))
	}
}
