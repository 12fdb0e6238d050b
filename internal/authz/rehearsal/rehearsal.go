// Package rehearsal runs the tests that are written in Rego: those of the built-in policy, and those that an operator
// wrote beside additions.
//
// It protects whoever is judged by a rule from one that nobody has tried. It must never run in a server, reach the network
// or a clock, or count a test that was not run.
package rehearsal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/hamyar/hamyar/policy"
)

// Report is how the tests went.
type Report struct {
	Ran    int
	Failed []Test
	Files  []File // of rules, not of tests
}

// Test is one test that did not hold.
type Test struct {
	Name string
	File string
	Line int
	Err  error // nil where it was simply not true
}

// File is how far the tests reach into a file of rules.
type File struct {
	Path     string
	Operator bool  // it is an addition
	Missed   []int // lines that no test reaches
}

// stage is where tests are run.
type stage struct {
	modules  map[string]*ast.Module
	compiler *ast.Compiler
	store    storage.Store
	snapshot storage.Transaction
	lines    *cover.Cover
}

const operator = "operator/"

// Run runs every test of the built-in policy, and those in the folder "operator" of additions, which may be nil.
func Run(ctx context.Context, additions fs.FS) (Report, error) {
	s, err := prepare(ctx, additions)
	if err != nil {
		return Report{}, err
	}
	var report Report
	for _, path := range slices.Sorted(maps.Keys(s.modules)) {
		named := map[string]bool{}
		for _, rule := range s.modules[path].Rules {
			name := rule.Ref().String()
			if !strings.HasPrefix(rule.Head.Name.String(), "test_") {
				continue
			}
			report.Ran++
			held, err := s.run(ctx, name)
			if named[name] {
				err = errors.New("another test has the same name")
			}
			if named[name] = true; err != nil || !held {
				report.Failed = append(report.Failed, Test{strings.TrimPrefix(name, "data."), path, rule.Location.Row, err})
			}
		}
	}
	report.Files = s.files()
	return report, ctx.Err()
}

func prepare(ctx context.Context, additions fs.FS) (*stage, error) {
	s := &stage{modules: map[string]*ast.Module{}, store: inmem.New(), lines: cover.New()}
	if err := s.take(policy.Files, "."); err != nil {
		return nil, err
	}
	if additions != nil {
		if err := s.take(additions, strings.TrimSuffix(operator, "/")); err != nil {
			return nil, err
		}
	}
	s.compiler = ast.NewCompiler().WithStrict(true).WithCapabilities(capabilities()).WithDefaultRegoVersion(ast.RegoV1)
	if s.compiler.Compile(maps.Clone(s.modules)); s.compiler.Failed() {
		return nil, fmt.Errorf("rehearsal: %w", s.compiler.Errors)
	}
	var err error
	if s.snapshot, err = s.store.NewTransaction(ctx); err != nil {
		return nil, fmt.Errorf("rehearsal: %w", err)
	}
	return s, nil
}

// take reads every file of Rego below a folder.
func (s *stage) take(files fs.FS, folder string) error {
	return fs.WalkDir(files, folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".rego") {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return fmt.Errorf("rehearsal: %w", err)
		}
		module, err := ast.ParseModuleWithOpts(path, string(text), ast.ParserOptions{RegoVersion: ast.RegoV1, Capabilities: capabilities()})
		if err != nil {
			return fmt.Errorf("rehearsal: %w", err)
		}
		s.modules[path] = module
		return nil
	})
}

// capabilities are those of tests: they may count and combine what rules may not, but nothing that differs from one run
// to the next.
func capabilities() *ast.Capabilities {
	c := ast.CapabilitiesForThisVersion()
	c.Builtins = slices.DeleteFunc(c.Builtins, func(b *ast.Builtin) bool { return b.Nondeterministic })
	c.AllowNet = []string{}
	return c
}

// run tells whether one test holds. An error in a built-in function is an error, and never a "no".
func (s *stage) run(ctx context.Context, name string) (held bool, err error) {
	body, err := ast.ParseBody(name + " = true")
	if err != nil {
		return false, err
	}
	query := s.compiler.QueryCompiler()
	if body, err = query.Compile(body); err != nil {
		return false, err
	}
	cancel := topdown.NewCancel()
	defer context.AfterFunc(ctx, cancel.Cancel)()
	results, err := topdown.NewQuery(body).WithQueryCompiler(query).WithCompiler(s.compiler).WithStore(s.store).
		WithTransaction(s.snapshot).WithStrictBuiltinErrors(true).WithCancel(cancel).WithQueryTracer(s.lines).Run(ctx)
	return len(results) > 0, err
}

// files tells which lines no test reached.
func (s *stage) files() (all []File) {
	report := s.lines.Report(s.modules)
	for _, path := range slices.Sorted(maps.Keys(s.modules)) {
		if strings.HasSuffix(path, "_test.rego") {
			continue
		}
		file := File{Path: path, Operator: strings.HasPrefix(path, operator)}
		for _, missed := range report.Files[path].NotCovered {
			for row := missed.Start.Row; row <= missed.End.Row; row++ {
				file.Missed = append(file.Missed, row)
			}
		}
		slices.Sort(file.Missed)
		file.Missed = slices.Compact(file.Missed)
		all = append(all, file)
	}
	return all
}
