package words_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/hamyar/hamyar/internal/search/words"
)

var update = flag.Bool("update", false, "write the golden files again")

// A diff here is another analysis: raise Version, or every segment that is kept is read wrongly.
func TestGoldenWords(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/golden/*.txt")
	if err != nil || len(names) != 4 {
		t.Fatalf("%d texts, %v", len(names), err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		got := fmt.Sprintf("version %d\n", words.Version)
		for line := range strings.Lines(string(text)) {
			got += "\n" + listed(strings.TrimSpace(line))
		}
		golden := strings.TrimSuffix(name, "txt") + "golden"
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s: %s", golden, diff)
		}
	}
}

// listed has a line for each token: its position, what was written, the word, its term, and whether it is a stop word.
func listed(text string) string {
	var b strings.Builder
	for _, token := range words.Analyse(text) {
		fmt.Fprintf(&b, "%3d\t%s\t%s", token.Position, text[token.Start:token.End], token.Word)
		if token.Term != token.Word {
			b.WriteString("\t" + token.Term)
		}
		if token.Stop {
			b.WriteString("\t–")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
