package scrub

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// forum reads the texts that were written for this project, with their labels in braces.
func forum(t *testing.T, lang string) []labelled {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "forum-"+lang+".txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []labelled
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, unlabel(t, lang, strings.ReplaceAll(line, `\n`, "\n")))
		}
	}
	return all
}

var label = regexp.MustCompile(`\{([A-Z]+):([^}]*)\}`)

// unlabel takes the braces off a text and says what stood in them.
func unlabel(t *testing.T, lang, line string) labelled {
	t.Helper()
	one := labelled{Lang: lang}
	before := 0
	for _, at := range label.FindAllStringSubmatchIndex(line, -1) {
		one.Text += line[before:at[0]]
		start := utf8.RuneCountInString(one.Text)
		one.Text += line[at[4]:at[5]]
		one.Spans = append(one.Spans, Span{start, utf8.RuneCountInString(one.Text), Type(line[at[2]:at[3]]), ""})
		before = at[1]
	}
	one.Text += line[before:]
	if strings.ContainsAny(one.Text, "{}") {
		t.Fatalf("a label is spelt wrong: %s", line)
	}
	return one
}

func TestWhatMustSurvive(t *testing.T) {
	t.Parallel()
	for _, one := range survivors(t) {
		for _, text := range []string{one, strings.ToLower(one)} {
			if got, spans, err := New().Scrub(t.Context(), "", text); err != nil || len(spans) > 0 {
				t.Errorf("%s\nbecame %s (%v)", text, got, err)
			}
		}
	}
}

func survivors(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "stays.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(raw)) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all
}
