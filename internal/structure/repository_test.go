package structure_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/hamyar/hamyar"
)

// source is one Go file. Paths are from the root of the repository, with slashes.
type source struct {
	path string
	fset *token.FileSet
	file *ast.File
}

func (s source) dir() string { return path.Dir(s.path) }

func (s source) test() bool { return strings.HasSuffix(s.path, "_test.go") }

// support tells whether the file exists for tests alone: a test, or a package like pgtest that only tests import.
func (s source) support() bool { return s.test() || strings.HasSuffix(s.dir(), "test") }

// program tells whether the file belongs to a main package, where everything is wired.
func (s source) program() bool { return s.file.Name.Name == "main" }

func (s source) line(at ast.Node) int { return s.fset.Position(at.Pos()).Line }

// found writes one finding, in the form that editors jump to.
func (s source) found(at ast.Node, what string, args ...any) string {
	return fmt.Sprintf("%s:%d: %s", s.path, s.line(at), fmt.Sprintf(what, args...))
}

// imported returns the local name of an imported package, or "" where the file doesn't import it.
func (s source) imported(pkg string) string {
	for _, spec := range s.file.Imports {
		if unquoted(spec.Path.Value) != pkg {
			continue
		}
		if spec.Name != nil {
			return spec.Name.Name
		}
		return path.Base(pkg)
	}
	return ""
}

// files lists the repository's files: what a clone holds, not what building and running leave behind.
var files = sync.OnceValues(func() ([]string, error) {
	var all []string
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		switch base := path.Base(rel); {
		case entry.IsDir() && rel != "." && (base == "bin" || strings.HasPrefix(base, ".") && base != ".ci" && base != ".regal"):
			return fs.SkipDir
		case entry.Type().IsRegular():
			all = append(all, rel)
		}
		return nil
	})
	return all, err
})

func repository(t *testing.T, wanted func(name string) bool) []string {
	t.Helper()
	all, err := files()
	if err != nil {
		t.Fatal(err)
	}
	var some []string
	for _, name := range all {
		if wanted(name) {
			some = append(some, name)
		}
	}
	if len(some) == 0 {
		t.Fatal("no such file in the repository: the test would prove nothing")
	}
	return some
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var sources = sync.OnceValues(func() ([]source, error) {
	all, err := files()
	if err != nil {
		return nil, err
	}
	var parsed []source
	for _, name := range all {
		if path.Ext(name) != ".go" || strings.Contains(name, "testdata/") {
			continue
		}
		text, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		s, err := parse(name, string(text))
		if err != nil {
			return nil, err
		}
		parsed = append(parsed, s)
	}
	return parsed, nil
})

func parse(name, text string) (source, error) {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
	return source{path: name, fset: fset, file: file}, err
}

func goFiles(t *testing.T) []source {
	t.Helper()
	all, err := sources()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// rule looks at one Go file and returns what is wrong with it.
type rule func(source) []string

// holds fails for every finding in the repository.
func (r rule) holds(t *testing.T) {
	t.Helper()
	for _, s := range goFiles(t) {
		for _, found := range r(s) {
			t.Error(found)
		}
	}
}

// sample is a file as it might be written: want is part of the finding, or empty where nothing is wrong.
type sample struct{ path, code, want string }

// bites proves that the rule finds what it is for, and leaves alone what it must.
func (r rule) bites(t *testing.T, samples ...sample) {
	t.Helper()
	for _, sample := range samples {
		s, err := parse(sample.path, sample.code)
		if err != nil {
			t.Fatal(err)
		}
		found := strings.Join(r(s), "\n")
		if sample.want == "" && found != "" || !strings.Contains(found, sample.want) {
			t.Errorf("%s:\n%s\nfound %q, want %q", sample.path, sample.code, found, sample.want)
		}
	}
}

// each calls fn for every node of one kind.
func each[N ast.Node](s source, fn func(N)) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		if node, ok := n.(N); ok {
			fn(node)
		}
		return true
	})
}

// selects tells whether the expression is name.sel, as in time.Now.
func selects(e ast.Expr, name, sel string) bool {
	selector, ok := e.(*ast.SelectorExpr)
	if !ok || name == "" || selector.Sel.Name != sel {
		return false
	}
	x, ok := selector.X.(*ast.Ident)
	return ok && x.Name == name
}

func unquoted(literal string) string {
	text, err := strconv.Unquote(literal)
	if err != nil {
		return literal
	}
	return text
}

// found writes one finding in a text; lines count from 0.
func found(name string, line int, what string) string {
	return fmt.Sprintf("%s:%d: %s", name, line+1, what)
}
