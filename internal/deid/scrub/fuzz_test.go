package scrub_test

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/deid/scrub"
)

func FuzzScrub(f *testing.F) {
	for _, seed := range []string{
		post, "", "@", "a@b.c at d dot com", "۰۹۱۲", "IR58 0540 1051 8002 1273 1130 07", "[PERSON_1]", "\u200b@\u0301x.com", "::::1", "5 may 2020 12:30", "ﷲ😀",
		"St\n 12 a Road Apt. 4\n Oulu\n Finland 56293", "www.", "P.O. Box 12", "12 ب 345 ایران 67", "GB82WEST1234", "born in 1920", "u/abc insta: me_1", "xИван1",
	} {
		f.Add(seed)
	}
	scrubber := scrub.New()
	f.Fuzz(func(t *testing.T, text string) {
		scrubbed, spans, err := scrubber.Scrub(t.Context(), "", text)
		if !utf8.ValidString(text) {
			if err == nil || scrubbed != "" {
				t.Fatal("what isn't UTF-8 was taken")
			}
			return
		}
		if err != nil || !utf8.ValidString(scrubbed) {
			t.Fatalf("%v, %q", err, scrubbed)
		}
		points, at, rest := []rune(text), 0, scrubbed
		for _, s := range spans {
			if s.Start < at || s.End <= s.Start || s.End > len(points) || s.Rule == "" {
				t.Fatalf("span %+v after %d of %d", s, at, len(points))
			}
			untouched, found := strings.CutPrefix(rest, string(points[at:s.Start])+"["+string(s.Type)+"_")
			if !found {
				t.Fatalf("%q is not what stands before %+v", rest, s)
			}
			_, rest, _ = strings.Cut(untouched, "]")
			at = s.End
		}
		if rest != string(points[at:]) {
			t.Fatalf("%q is left, want %q", rest, string(points[at:]))
		}
	})
}

// A text of ten megabytes is read, and so is one that is made of nothing but what recognisers look for.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	for _, piece := range []string{post, "@", "a@", "1 ", "9", ".", "a.", "://", "street ", "may ", "at ", "::", "b2 ", "[PERSON_1] ", "خیابان ", "Apt. ", "9 Main ", "x://", "a@b.c ", "09123456789 ", "\u200b", "Ж"} {
		size := 1 << 18
		if piece == post {
			size *= 40
		}
		text := strings.Repeat(piece, size/len(piece))
		begun := time.Now()
		if _, _, err := scrub.New().Scrub(t.Context(), "", text); err != nil {
			t.Fatalf("%q: %v", piece, err)
		}
		if took := time.Since(begun); took > time.Minute {
			t.Errorf("%d bytes of %q took %s", len(text), piece, took)
		} else {
			t.Logf("%.1f MB of %q: %s", float64(len(text))/1e6, stub(piece), took)
		}
	}
}

func stub(s string) string { return s[:min(len(s), 12)] }
