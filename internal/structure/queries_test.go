package structure_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"strings"
	"testing"
)

func TestQueries(t *testing.T) {
	t.Parallel()
	var schema strings.Builder
	for _, name := range repository(t, func(name string) bool { return path.Dir(name) == "migrations/forum" }) {
		schema.WriteString(read(t, name))
	}
	tables := communityTables(schema.String())
	if len(tables) < 3 {
		t.Fatalf("few tables belong to a community: %q", tables)
	}
	queries(tables).holds(t)

	queries([]string{"post"}).bites(t,
		sample{"internal/a/a.go", "package a\nvar q = `SELECT * FROM programme`", "lists its columns"},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT body FROM post WHERE post_id = $1`", "community_id"},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT body ` + `FROM post WHERE post_id = $1`", "community_id"},
		sample{"internal/a/a.go", "package a\nvar q = `UPDATE post SET body = $2 WHERE post_id = $1`", "community_id"},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT body FROM post ` + where(x) + ` AND community_id = $1`", ""},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT count(*) FROM programme`", ""},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT ` + columns + ` FROM post WHERE ` + where", ""},
		sample{"internal/a/a.go", "package a\nvar q = `SELECT ` + columns + ` FROM post ORDER BY ` + order", "community_id"},
		sample{"internal/a/a_test.go", "package a\nvar q = `SELECT * FROM post`", ""},
	)
}

var (
	createTable = regexp.MustCompile(`(?s)CREATE TABLE (\w+) \((.*?)\n\);`)
	// A condition that is handed in is a literal of its own somewhere, and names the community there.
	named      = regexp.MustCompile(`community_id|WHERE\s+…`)
	allColumns = regexp.MustCompile(`(?i)\bSELECT\s+(\w+\.)?\*`)
)

// communityTables are those whose primary key begins with the community, but for the community's own.
func communityTables(schema string) (tables []string) {
	for _, match := range createTable.FindAllStringSubmatch(schema, -1) {
		if strings.Contains(match[2], "PRIMARY KEY (community_id, ") {
			tables = append(tables, match[1])
		}
	}
	return tables
}

// queries finds SQL that takes whatever columns there are, or that touches a community's table without naming the
// community: row-level security would still hold, and sharding by community would not.
func queries(tables []string) rule {
	touches := regexp.MustCompile(`\b(?:FROM|JOIN|INTO|UPDATE)\s+(` + strings.Join(tables, "|") + `)\b`)
	return func(s source) (wrong []string) {
		if s.support() || below(s.dir(), "internal/keystore") { // whose personas are in a database of their own
			return nil
		}
		inside := map[ast.Expr]bool{}
		each(s, func(e ast.Expr) {
			if inside[e] {
				return
			}
			sql := spelledOut(e, inside)
			if allColumns.MatchString(sql) {
				wrong = append(wrong, s.found(e, "a SELECT lists its columns"))
			}
			if table := touches.FindStringSubmatch(sql); table != nil && !named.MatchString(sql) {
				wrong = append(wrong, s.found(e, "a query of %s names its community_id", table[1]))
			}
		})
		return wrong
	}
}

// spelledOut is the text of a literal, or of a sum of literals and other things, which become …; its parts are noted in
// inside.
func spelledOut(e ast.Expr, inside map[ast.Expr]bool) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if e.Kind == token.STRING {
			return unquoted(e.Value)
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			inside[e.X], inside[e.Y] = true, true
			return spelledOut(e.X, inside) + spelledOut(e.Y, inside)
		}
	}
	return "…"
}

func TestNothingIsLeftForLater(t *testing.T) {
	t.Parallel()
	finished.holds(t)
	finished.bites(t,
		sample{"internal/a/a.go", "package a\n// TODO" + ": later", "later"},
		sample{"internal/a/a.go", "package a\n// FIX" + "ME", "later"},
		sample{"internal/a/a_test.go", "package a\nfunc f(t T) { t.Skip() }", "skipped"},
		sample{"internal/a/a_test.go", "package a\nfunc f(t T) { if testing.Short() { t.SkipNow() } }", "skipped"},
		sample{"internal/a/a.go", "package a\n// Skip is a list of what to do.\nfunc f(p P) { p.Skip(2) }", ""},
	)
}

// mayskip are the folders whose tests may be skipped, and why.
var mayskip = map[string]string{
	"internal/deid/deidtest": "published tables are no part of the repository; frozen ones in it are always tested",
}

var later = regexp.MustCompile(`\b(TODO|FIXME|XXX|HACK)\b`)

var finished rule = func(s source) (wrong []string) {
	for _, group := range s.file.Comments {
		if later.MatchString(group.Text()) {
			wrong = append(wrong, s.found(group, "work for later belongs into an issue"))
		}
	}
	if !s.support() || mayskip[s.dir()] != "" {
		return wrong
	}
	each(s, func(call *ast.CallExpr) {
		for _, name := range []string{"Skip", "Skipf", "SkipNow"} {
			if selects(call.Fun, "t", name) || selects(call.Fun, "b", name) || selects(call.Fun, "tb", name) {
				wrong = append(wrong, s.found(call, "a skipped test passes while proving nothing"))
			}
		}
	})
	return wrong
}
