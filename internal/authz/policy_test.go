package authz

import (
	"bytes"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/format"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/tester"

	"github.com/hamyar/hamyar/policy"
)

// regoFiles is every Rego file there is, tests included.
func regoFiles(t *testing.T) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	err := fs.WalkDir(policy.Files, ".", func(path string, _ fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".rego") {
			found[path], err = fs.ReadFile(policy.Files, path)
		}
		return err
	})
	if err != nil || len(found) == 0 {
		t.Fatalf("read policy: %d files, %v", len(found), err)
	}
	return found
}

func parseAll(t *testing.T) map[string]*ast.Module {
	t.Helper()
	modules := map[string]*ast.Module{}
	for path, text := range regoFiles(t) {
		module, err := ast.ParseModuleWithOpts(path, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, ProcessAnnotation: true})
		if err != nil {
			t.Fatal(err)
		}
		modules[path] = module
	}
	return modules
}

func TestPolicyIsFormatted(t *testing.T) {
	for path, text := range regoFiles(t) {
		tidy, err := format.SourceWithOpts(path, text, format.Opts{RegoVersion: ast.RegoV1})
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(tidy, text) {
			t.Errorf("%s is not formatted; run: opa fmt -w policy", path)
		}
	}
}

func TestPolicyPassesItsOwnTests(t *testing.T) {
	modules, lines := parseAll(t), cover.New()
	ran := 0
	for result := range runRego(t, modules, lines) {
		ran++
		if !result.Pass() {
			t.Errorf("%s", result)
		}
	}
	if ran < 60 {
		t.Errorf("only %d tests ran", ran)
	}
	for path, file := range lines.Report(modules).Files {
		if !strings.HasSuffix(path, "_test.rego") && len(file.NotCovered) > 0 {
			t.Errorf("%s: no test reaches %v", path, file.NotCovered)
		}
	}
}

// runRego runs the tests that are written in Rego.
func runRego(t *testing.T, modules map[string]*ast.Module, lines *cover.Cover) iter.Seq[*tester.Result] {
	t.Helper()
	return func(yield func(*tester.Result) bool) {
		store := inmem.New()
		err := storage.Txn(t.Context(), store, storage.WriteParams, func(txn storage.Transaction) error {
			runner := tester.NewRunner().SetCompiler(ast.NewCompiler().WithStrict(true)).SetStore(store).
				SetModules(maps.Clone(modules)).SetParallel(1).RaiseBuiltinErrors(true)
			if lines != nil {
				runner.SetCoverageQueryTracer(lines)
			}
			results, err := runner.RunTests(t.Context(), txn)
			if err != nil {
				return err
			}
			more := true
			for result := range results {
				more = more && yield(result)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// told is whether people are shown this title: a feature's, or that of a rule which lets or stops.
func told(note *ast.Annotations) bool {
	path := note.GetTargetPath()
	name, _ := path[len(path)-1].Value.(ast.String)
	return note.Scope == "package" ||
		note.Scope == "rule" && slices.Contains([]ast.String{"granted", "power", "grave", "private", "denied", "reasons"}, name)
}

func TestEveryPublicRuleSaysWhatItIs(t *testing.T) {
	described, want := map[string]bool{}, map[string]bool{}
	for path, module := range parseAll(t) {
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		for _, note := range module.Annotations {
			if note.Title == "" || note.Description == "" && note.Scope != "rule" {
				t.Errorf("%s: metadata without title or description at line %d", path, note.Location.Row)
			}
			if told(note) && note.Custom["fa"] == nil {
				t.Errorf("%s: no Persian title at line %d", path, note.Location.Row)
			}
			described[note.GetTargetPath().String()] = true
		}
		want[module.Package.Path.String()] = true
		for _, rule := range untitled(module) {
			t.Errorf("%s: no title at line %d", path, rule.Location.Row)
		}
		for _, rule := range module.Rules {
			if name := rule.Head.Name.String(); !strings.HasPrefix(name, "_") {
				want[rule.Ref().GroundPrefix().String()] = true
			}
		}
	}
	for ref := range want {
		if !described[ref] {
			t.Errorf("%s has no metadata", ref)
		}
	}
}

// untitled are the rules of a feature that let or stop, and that nobody named.
func untitled(module *ast.Module) []*ast.Rule {
	return slices.DeleteFunc(slices.Clone(module.Rules), func(r *ast.Rule) bool {
		explains := slices.Contains([]ast.Var{"granted", "power", "grave", "private", "denied", "reasons"}, r.Head.Name)
		return !explains || module.Package.Path.String() == "data.hamyar.authz" ||
			slices.ContainsFunc(r.Annotations, func(note *ast.Annotations) bool { return note.Scope == "rule" })
	})
}

func TestPolicyHasOneEntrypoint(t *testing.T) {
	var found []string
	for _, module := range parseAll(t) {
		for _, note := range module.Annotations {
			if note.Entrypoint {
				found = append(found, note.GetTargetPath().String())
			}
		}
	}
	if len(found) != 1 || found[0] != "data.hamyar.authz.decision" {
		t.Fatalf("entrypoints: %v", found)
	}
}
