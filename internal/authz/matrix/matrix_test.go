package matrix_test

import (
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/matrix"
)

var update = flag.Bool("update", false, "write the golden file anew")

const golden = "testdata/matrix.txt"

func builtIn(t *testing.T) *authz.Engine {
	t.Helper()
	policy, err := authz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

// TestMatrix keeps who may do what readable in review: a rule that changes an answer changes this file.
func TestMatrix(t *testing.T) {
	got, err := matrix.Text(t.Context(), builtIn(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Fatal(firstDifference(string(want), got))
	}
}

func firstDifference(want, got string) string {
	wanted, section := strings.Split(want, "\n"), ""
	for i, line := range strings.Split(got, "\n") {
		if line != "" && line[0] != ' ' {
			section = line
		}
		if i >= len(wanted) || wanted[i] != line {
			return "the golden file differs in " + section + ":\n got " + line + "\nrun with -update and read the difference"
		}
	}
	return "the golden file is longer"
}
