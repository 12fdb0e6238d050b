package structure_test

import (
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A package comment that is shorter says nothing that its name doesn't.
const enough = 120

func TestEveryPackageSaysWhatItProtects(t *testing.T) {
	t.Parallel()
	packages := map[string][]source{}
	for _, s := range goFiles(t) {
		packages[s.dir()] = append(packages[s.dir()], s)
	}
	for dir, all := range packages {
		if wrong := packageComment(all); wrong != "" {
			t.Errorf("%s: %s", dir, wrong)
		}
	}

	long := "// Package a keeps what people wrote apart from who they are, and must never learn a name; everything else is for others to do, elsewhere."
	for want, codes := range map[string][]string{
		"":             {long + "\npackage a", "package a"},
		"none":         {"package a", "package a"},
		"two":          {long + "\npackage a", long + "\npackage a"},
		"too little":   {"// Package a does a.\npackage a"},
		"a test file":  {"package a", long + "\npackage a_test"},
		"begin with":   {strings.ReplaceAll(long, "Package a", "This package") + "\npackage a"},
		"and not of a": {strings.ReplaceAll(long, "Package a", "Package b") + "\npackage a"},
	} {
		var all []source
		for i, code := range codes {
			name := []string{"a/a.go", "a/b.go"}[i]
			if strings.Contains(code, "a_test") {
				name = "a/a_test.go"
			}
			s, err := parse(name, code)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		if wrong := packageComment(all); want == "" && wrong != "" || !strings.Contains(wrong, want) {
			t.Errorf("%q: found %q, want %q", codes, wrong, want)
		}
	}
}

// packageComment tells what is wrong with the comment of a package of these files.
func packageComment(all []source) string {
	var comments []source
	onlyTests := true
	for _, s := range all {
		onlyTests = onlyTests && s.test()
		if s.file.Doc != nil && strings.TrimSpace(s.file.Doc.Text()) != "" {
			comments = append(comments, s)
		}
	}
	switch {
	case len(comments) == 0:
		return "it has no package comment; none says what it protects and what it must never do"
	case len(comments) > 1:
		return "it has more than one package comment: two, in " + comments[0].path + " and " + comments[1].path
	case comments[0].test() && !onlyTests:
		return "its package comment is in a test file, where nobody reads it"
	}
	s := comments[0]
	text, name := s.file.Doc.Text(), s.file.Name.Name
	want := "Package " + name + " "
	if s.program() {
		want = "Command " + path.Base(s.dir()) + " "
	}
	switch {
	case !strings.HasPrefix(text, want):
		return "its comment must begin with “" + strings.TrimSpace(want) + "” and not of anything else"
	case len(text) < enough:
		return "its comment says too little: what does it protect, what must it never do?"
	}
	return ""
}

func TestNames(t *testing.T) {
	t.Parallel()
	plainNames.holds(t)
	plainNames.bites(t,
		sample{"internal/a/a.go", "package util", "drawer"},
		sample{"internal/a/helpers.go", "package a", "drawer"},
		sample{"internal/a/a.go", "package a\ntype TopicService struct{}", "TopicService"},
		sample{"internal/a/a.go", "package a\ntype repository struct{}", "repository"},
		sample{"internal/a/a.go", "package a\nfunc GetTopic() {}", "GetTopic"},
		sample{"internal/a/a.go", "package a\ntype x struct{}\nfunc (x) GetTopic() {}", "GetTopic"},
		sample{"internal/a/a.go", "package a\ntype x struct{}\nfunc (x) Get() {}\nfunc Getaway() {}\ntype Desk struct{}", ""},
	)
}

var (
	drawers    = []string{"util", "utils", "common", "helper", "helpers", "misc", "stuff", "lib", "models"}
	officeName = regexp.MustCompile(`(?i)(service|manager|repository|impl|dto|dao|helper|utils?|factory)$`)
	getter     = regexp.MustCompile(`^Get\p{Lu}`)

	// Methods that others' interfaces want by this name.
	owed = map[string]string{
		"GetStatus":  "huma.StatusError",
		"GetHeaders": "huma.HeadersError",
	}
)

var plainNames rule = func(s source) (wrong []string) {
	file := strings.TrimSuffix(strings.TrimSuffix(path.Base(s.path), ".go"), "_test")
	for _, name := range []string{s.file.Name.Name, file} {
		if slices.Contains(drawers, name) {
			wrong = append(wrong, s.found(s.file.Name, "%s is a drawer for odds and ends: name it for what it holds", name))
		}
	}
	each(s, func(d *ast.TypeSpec) {
		if officeName.MatchString(d.Name.Name) {
			wrong = append(wrong, s.found(d, "%s: use a noun that a member would recognise", d.Name.Name))
		}
	})
	each(s, func(d *ast.FuncDecl) {
		if getter.MatchString(d.Name.Name) && owed[d.Name.Name] == "" {
			wrong = append(wrong, s.found(d, "%s: say what it is, not that it is got", d.Name.Name))
		}
	})
	return wrong
}

// interfaces that production code declares. Each has two real implementations, or stands for a third party.
var interfaces = map[string]string{
	"internal/attachment.Tx":    "pgx.Tx, and the *pgx.Conn of a postgres.Write",
	"internal/audit.Tx":         "pgx.Tx, and the *pgx.Conn of a postgres.Write",
	"internal/deid/scrub.Model": "third parties bring them: the program of hamyar scrub -model, and whatever an operator builds in",
}

func TestInterfacesHaveTwoImplementations(t *testing.T) {
	t.Parallel()
	realInterfaces.holds(t)
	realInterfaces.bites(t,
		sample{"internal/a/a.go", "package a\ntype store interface{ Save() error }", "a.store"},
		sample{"internal/a/a.go", "package a\ntype number interface{ ~int | ~int64 }", ""},
		sample{"internal/a/a_test.go", "package a\ntype store interface{ Save() error }", ""},
	)
}

var realInterfaces rule = func(s source) (wrong []string) {
	if s.support() {
		return nil
	}
	each(s, func(d *ast.TypeSpec) {
		declared, ok := d.Type.(*ast.InterfaceType)
		if !ok || constraint(declared) {
			return
		}
		name := s.dir() + "." + d.Name.Name
		if interfaces[name] == "" {
			wrong = append(wrong, s.found(d, "interface %s: name its two real implementations in words_test.go, or use the type itself", name))
		}
	})
	return wrong
}

// constraint tells whether an interface only limits a type parameter: it has a union and no method.
func constraint(declared *ast.InterfaceType) bool {
	for _, field := range declared.Methods.List {
		if binary, ok := field.Type.(*ast.BinaryExpr); ok && binary.Op == token.OR {
			return true
		}
		if unary, ok := field.Type.(*ast.UnaryExpr); ok && unary.Op == token.TILDE {
			return true
		}
	}
	return false
}

// Lines that a file, a function and a test may have. Longer ones hold two concepts; a test may tell a story.
const (
	longFile     = 400
	longFunction = 70
	longTest     = 120
)

func TestSizes(t *testing.T) {
	t.Parallel()
	sizes.holds(t)
	sizes.bites(t,
		sample{"a/a.go", "package a\n" + strings.Repeat("\n", longFile), "lines"},
		sample{"a/a.go", "package a\nfunc f() {" + strings.Repeat("\n", longFunction) + "}", "f has"},
		sample{"a/a.go", "package a\nfunc f() {" + strings.Repeat("\n", longFunction-2) + "}", ""},
	)
}

var sizes rule = func(s source) (wrong []string) {
	if lines := s.fset.File(s.file.Package).LineCount(); lines > longFile {
		wrong = append(wrong, s.found(s.file, "%d lines, and %d are the most: which concept moves out?", lines, longFile))
	}
	each(s, func(d *ast.FuncDecl) {
		lines := s.fset.Position(d.End()).Line - s.line(d) + 1
		most := longFunction
		if s.test() {
			most = longTest
		}
		if lines > most {
			wrong = append(wrong, s.found(d, "%s has %d lines, and %d are the most", d.Name.Name, lines, most))
		}
	})
	return wrong
}
