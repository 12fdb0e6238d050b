package authz

import (
	"flag"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

func compareGolden(t *testing.T, want, got string) {
	t.Helper()
	if got == want {
		return
	}
	wanted, section := strings.Split(want, "\n"), ""
	for i, line := range strings.Split(got, "\n") {
		if line != "" && line[0] != ' ' {
			section = line
		}
		if i >= len(wanted) || wanted[i] != line {
			t.Fatalf("the golden file differs in %q, line %d:\n got %s\nrun with -update and read the difference", section, i+1, line)
		}
	}
	t.Fatal("the golden file is longer")
}

func TestEveryActionHasARow(t *testing.T) {
	for _, action := range Actions {
		if !slices.ContainsFunc(circumstances, func(c circumstance) bool { return c.action == action }) {
			t.Errorf("%s is not in the matrix", action)
		}
	}
}

// An action that nobody may do has lost its rule.
func TestEveryActionIsAllowedToSomebody(t *testing.T) {
	p := load(t)
	for _, action := range Actions {
		allowed := false
		for _, c := range circumstances {
			for _, who := range people {
				for _, where := range c.places() {
					allowed = allowed || c.action == action && decide(t, p, c.facts(who, where)).Allow
				}
			}
		}
		if !allowed {
			t.Errorf("nobody may %s", action)
		}
	}
}
