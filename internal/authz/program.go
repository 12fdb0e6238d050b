package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

var errFacts = errors.New("authz: the facts are not as they must be")

// program is one compiled policy. It never changes.
type program struct {
	*answers
	revision string
	compiler *ast.Compiler          // the policy as it is written, for whoever explains or compares
	modules  map[string]*ast.Module // the same as it was parsed, to be shown to people
	store    storage.Store
	snapshot storage.Transaction
	written  question
	defaults Defaults // of new communities
	patience time.Duration
	filters  *memo[filterKey, Filter]
}

// compile checks the policy and understands it.
func compile(ctx context.Context, modules map[string]*ast.Module) (*program, error) {
	p, err := check(ctx, modules)
	if err != nil {
		return nil, err
	}
	if p.answers, err = understand(newForest(), p.compiler.Modules, p.revision); err != nil {
		return nil, err
	}
	return p, nil
}

// check compiles the policy as it is written, strictly and against the schema of the facts.
func check(ctx context.Context, modules map[string]*ast.Module) (*program, error) {
	if len(modules) == 0 {
		return nil, errors.New("authz: there is no policy")
	}
	if err := spelling(modules); err != nil {
		return nil, err
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema())
	compiler := ast.NewCompiler().WithStrict(true).WithSchemas(schemas).
		WithCapabilities(capabilities).WithDefaultRegoVersion(ast.RegoV1)
	if compiler.Compile(maps.Clone(modules)); compiler.Failed() {
		return nil, fmt.Errorf("authz: compile policy: %w", compiler.Errors)
	}
	if got := len(compiler.Modules); got != len(modules) {
		return nil, fmt.Errorf("authz: %d modules of %d were compiled", got, len(modules))
	}
	p := &program{
		revision: revision(modules), compiler: compiler, modules: modules, store: inmem.New(), patience: patience,
		filters: newMemo[filterKey, Filter](),
	}
	var err error
	if p.snapshot, err = p.store.NewTransaction(ctx); err != nil {
		return nil, fmt.Errorf("authz: open store: %w", err)
	}
	p.written, err = prepare(compiler, "data.hamyar.authz.decision = answer")
	return p, err
}
