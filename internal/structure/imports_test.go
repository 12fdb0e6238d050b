package structure_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestRoomsImportOnlyDownwards(t *testing.T) {
	t.Parallel()
	downwards.holds(t)
	downwards.bites(t,
		sample{"internal/forum/a.go", importing("forum", module+"/internal/fault"), ""},
		sample{"internal/forum/sub/a.go", importing("sub", module+"/internal/postgres"), ""},
		sample{"internal/fault/a.go", importing("fault", module+"/internal/forum"), "only downwards"},
		sample{"internal/forum/a.go", importing("forum", module+"/internal/api"), "only downwards"},
		sample{"internal/persona/a.go", importing("persona", module+"/internal/community"), "neighbours"},
		sample{"internal/attic/a.go", importing("attic"), "stands on no floor"},
		sample{"internal/forum/a.go", importing("forum", module+"/internal/postgres/pgtest"), "for tests alone"},
		sample{"internal/forum/a_test.go", importing("forum_test", module+"/internal/postgres/pgtest"), ""},
		sample{"internal/forum/a.go", importing("forum", "testing"), "for tests alone"},
	)
}

var downwards rule = func(s source) (wrong []string) {
	here, floor := room(s.dir())
	if floor < 0 {
		return []string{s.found(s.file.Name, "%s stands on no floor: give it one in rooms_test.go", s.dir())}
	}
	if s.support() {
		return nil // tests look at a thing from all sides
	}
	for _, spec := range s.file.Imports {
		imported := unquoted(spec.Path.Value)
		folder := ours(imported)
		if imported == "testing" || strings.HasSuffix(folder, "test") {
			wrong = append(wrong, s.found(spec, "%s is for tests alone", imported))
			continue
		}
		if folder == "" {
			continue
		}
		there, under := room(folder)
		switch _, allowed := neighbours[[2]string{here, there}]; {
		case here == there, under > floor:
		case under < floor:
			wrong = append(wrong, s.found(spec, "%s imports %s: only downwards", here, there))
		case !allowed:
			wrong = append(wrong, s.found(spec, "%s imports %s, which is not among its neighbours", here, there))
		}
	}
	return wrong
}

func TestImportsKeepToTheirRooms(t *testing.T) {
	t.Parallel()
	keptImports.holds(t)
	keptImports.bites(t,
		sample{"internal/identity/a.go", importing("identity", "github.com/ory/kratos-client-go"), ""},
		sample{"internal/api/a.go", importing("api", "github.com/ory/kratos-client-go"), "sessions are judged in one place"},
		sample{"internal/forum/a.go", importing("forum", "github.com/open-policy-agent/opa/v1/rego"), "one evaluator"},
		sample{"internal/forum/a.go", importing("forum", "net/http"), "answers in faults"},
		sample{"internal/forum/a.go", importing("forum", "math/rand/v2"), "crypto/rand"},
		sample{"internal/sealed/a.go", importing("sealed", "golang.org/x/crypto/argon2"), "keystore"},
		sample{"internal/sealed/a.go", importing("sealed", "github.com/jackc/pgx/v5"), "one sitting"},
		sample{"internal/sealed/a.go", importing("sealed", "crypto/cipher"), ""},
		sample{"internal/fault/a.go", importing("fault", module+"/policy"), "everybody imports it"},
	)
}

var keptImports rule = func(s source) (wrong []string) {
	if s.support() {
		return nil
	}
	for _, spec := range s.file.Imports {
		imported := unquoted(spec.Path.Value)
		for _, o := range only {
			if below(imported, o.imported) && !slices.ContainsFunc(o.by, func(by string) bool { return below(s.dir(), by) }) {
				wrong = append(wrong, s.found(spec, "%s may not import %s: %s", s.dir(), imported, o.why))
			}
		}
		for _, c := range confined {
			named := func(allowed string) bool { return strings.HasPrefix(imported, allowed) }
			if below(s.dir(), c.room) && !standard(imported) && !slices.ContainsFunc(c.allow, named) {
				wrong = append(wrong, s.found(spec, "%s may not import %s: %s", s.dir(), imported, c.why))
			}
		}
	}
	return wrong
}

func TestRoadsThatMustNotExist(t *testing.T) {
	t.Parallel()
	roads := map[string][]string{}
	for _, s := range goFiles(t) {
		for _, spec := range s.file.Imports {
			if folder := ours(unquoted(spec.Path.Value)); folder != "" && !s.support() {
				roads[s.dir()] = append(roads[s.dir()], folder)
			}
		}
	}
	for _, n := range never {
		if way := road(roads, n.from, n.to); way != nil {
			t.Errorf("%s: %s", strings.Join(way, " → "), n.why)
		}
	}

	built := map[string][]string{"a/x": {"b"}, "b": {"c", "b"}, "c": {"d/y"}}
	if way := road(built, "a", "d"); fmt.Sprint(way) != "[a/x b c d/y]" {
		t.Errorf("a road of three steps was found as %v", way)
	}
	if way := road(built, "c", "a"); way != nil {
		t.Errorf("a road that doesn't exist was found: %v", way)
	}
}

// road returns the first way from any package of one room to any of another.
func road(roads map[string][]string, from, to string) []string {
	var ways [][]string
	for start := range roads {
		if below(start, from) {
			ways = append(ways, []string{start})
		}
	}
	seen := map[string]bool{}
	for len(ways) > 0 {
		way := ways[0]
		ways = ways[1:]
		here := way[len(way)-1]
		if below(here, to) {
			return way
		}
		if seen[here] {
			continue
		}
		seen[here] = true
		for _, next := range roads[here] {
			ways = append(ways, append(slices.Clone(way), next))
		}
	}
	return nil
}

func importing(name string, imported ...string) string {
	var b strings.Builder
	b.WriteString("package " + name + "\n")
	for _, i := range imported {
		fmt.Fprintf(&b, "import _ %q\n", i)
	}
	return b.String()
}
