package scrub

import (
	"context"
	"errors"
	"slices"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestReading(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]string{
		"John":             "John",
		"J\u200bo\u00adhn": "John",
		"José":             "Jose",
		"Jose\u0301":       "Jose",
		"Ｊｏｈｎ＠ｅｘａｍｐｌｅ．com": "John@example.com",
		"Јоhn":                       "John", // Cyrillic J and o
		"Раrіs":                      "Paris",
		"АВС":                        "ABC",        // wholly Cyrillic, in a text that is written in no Cyrillic
		"Ван сказал":                 "Ван сказал", // honest Cyrillic
		"۰۹۱۲ ٣٤٥":                   "0912 345",
		"علي كريمي":                  "علی کریمی",
		"علی\u200cرضا":               "علیرضا",
		"مـــحمّد":                   "محمد",
		"a\u00a0b\u2013c\u2019d":     "a b-c'd",
		"𝐉𝐨𝐡𝐧":                       "John",
		"한국":                         "한국",
		"5 μg of β-blocker, α and ω": "5 μg of β-blocker, α and ω",
	} {
		if got := read("", written).Plain; got != want {
			t.Errorf("%q is read as %q, want %q", written, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	text := read("", "O’Brien’s 'dog', ali2 رفت. Ünal")
	var got []string
	for _, w := range text.Words {
		got = append(got, w.Of(text))
	}
	if want := []string{"o'brien's", "dog", "ali2", "رفت", "unal"}; !slices.Equal(got, want) {
		t.Errorf("the words are %q, want %q", got, want)
	}
	if last := text.Words[4]; !last.Capital(text) || last.Written(text) != "Unal" {
		t.Errorf("a capital was lost: %q", last.Written(text))
	}
}

func TestPlacesAreCodePointsOfTheTextAsItCame(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, piece, after, plain string }{
		{"سلام ", "علي\u200cرضا", " رفت", "علیرضا"},
		{"😀 ", "Jose\u0301", " x", "Jose"},
		{"", "𝐉𝐨", "", "Jo"},
		{"ﬁ", "ﬁ", "ﬁ", "fi"},
	} {
		text := read("", c.before+c.piece+c.after)
		start := len(read("", c.before).Plain)
		from, to := text.original(start, start+len(c.plain))
		if got := string([]rune(c.before + c.piece + c.after)[from:to]); text.Plain[start:start+len(c.plain)] != c.plain || got != c.piece {
			t.Errorf("%q in %q came back as %q", c.plain, text.Plain, got)
		}
	}
}

func TestEveryByteOfPlainHasAPlace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		text := read("", rapid.String().Draw(r, "text"))
		if len(text.at) != len(text.Plain)+1 || len(text.Small) != len(text.Plain) || !slices.IsSorted(text.at) || !utf8.ValidString(text.Plain) {
			r.Fatalf("%d places for %d bytes and %d small ones", len(text.at), len(text.Plain), len(text.Small))
		}
		again := read("", text.Plain)
		if len(again.at) != len(again.Plain)+1 {
			r.Fatal("what was read can't be read")
		}
	})
}

func TestOverlapsBecomeOneSpan(t *testing.T) {
	t.Parallel()
	claims := []claim{
		{Span{5, 9, Person, "name"}, Possible},
		{Span{0, 7, Email, "email"}, Certain},
		{Span{9, 12, Date, "date"}, Likely},
		{Span{20, 30, ID, "digits"}, Likely},
		{Span{20, 25, Phone, "phone"}, Likely},
		{Span{26, 28, Phone, "check"}, Certain},
	}
	want := []Span{{0, 9, Email, "email"}, {9, 12, Date, "date"}, {20, 30, Phone, "check"}}
	if diff := cmp.Diff(want, settle(claims)); diff != "" {
		t.Error(diff)
	}
}

func TestPlaceholders(t *testing.T) {
	t.Parallel()
	text := "Ali, ALİ and Sara told [PERSON_2] about Ali at x@y.z"
	spans := []Span{{0, 3, Person, ""}, {5, 8, Person, ""}, {13, 17, Person, ""}, {40, 43, Person, ""}, {47, 52, Email, ""}}
	want := "[PERSON_1], [PERSON_1] and [PERSON_3] told [PERSON_2] about [PERSON_1] at [EMAIL_1]"
	if got := replace(text, spans); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestAPersonHasOnePlaceholderByEachPartOfTheName(t *testing.T) {
	t.Parallel()
	text := "Ali Rezai met Sara Rezai; Ali left Sara, and Rezai wept. ali rezai"
	spans := []Span{{0, 9, Person, ""}, {14, 24, Person, ""}, {26, 29, Person, ""}, {35, 39, Person, ""}, {45, 50, Person, ""}, {57, 66, Person, ""}}
	want := "[PERSON_1] met [PERSON_2]; [PERSON_1] left [PERSON_2], and [PERSON_3] wept. [PERSON_1]"
	if got := replace(text, spans); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

type model func(text string) ([]Span, error)

func (m model) Find(_ context.Context, _, text string) ([]Span, error) { return m(text) }

func TestAModelAddsAndNeverPassesInSilence(t *testing.T) {
	t.Parallel()
	finds := New(model(func(string) ([]Span, error) { return []Span{{3, 8, Person, "model"}}, nil }))
	got, _, err := finds.Scrub(t.Context(), "en", "my Moxie ran")
	if err != nil || got != "my [PERSON_1] ran" {
		t.Errorf("got %q, %v", got, err)
	}
	for name, m := range map[string]model{
		"fails":    func(string) ([]Span, error) { return nil, context.DeadlineExceeded },
		"too far":  func(string) ([]Span, error) { return []Span{{3, 13, Person, ""}}, nil },
		"nothing":  func(string) ([]Span, error) { return []Span{{3, 3, Person, ""}}, nil },
		"negative": func(string) ([]Span, error) { return []Span{{-1, 3, Person, ""}}, nil },
		"untyped":  func(string) ([]Span, error) { return []Span{{0, 3, "", ""}}, nil },
	} {
		if got, spans, err := New(m).Scrub(t.Context(), "en", "my Moxie ran"); !errors.Is(err, ErrModel) || got != "" || spans != nil {
			t.Errorf("%s: got %q, %v, %v", name, got, spans, err)
		}
	}
}

func TestInvalidTextIsRefused(t *testing.T) {
	t.Parallel()
	if got, _, err := New().Scrub(t.Context(), "", "caf\xe9"); !errors.Is(err, ErrNotUTF8) || got != "" {
		t.Errorf("got %q, %v", got, err)
	}
}
