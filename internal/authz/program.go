package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
)

var (
	errFacts  = errors.New("authz: the facts are not as they must be")
	errAnswer = errors.New("authz: the policy's answer is not a decision")
)

// program is one compiled policy. It never changes.
type program struct {
	revision string
	compiler *ast.Compiler
	store    storage.Store
	snapshot storage.Transaction
	decision question
	allow    ast.Body
	patience time.Duration
	memo     *memo[Facts, Decision]
	filters  *memo[filterKey, Filter]
}

// question is a query that is ready to be asked.
type question struct {
	body     ast.Body
	compiler ast.QueryCompiler
}

// compile checks the policy strictly and against the schema of the facts.
func compile(ctx context.Context, modules map[string]*ast.Module) (*program, error) {
	if len(modules) == 0 {
		return nil, errors.New("authz: there is no policy")
	}
	schemas := ast.NewSchemaSet()
	schemas.Put(ast.SchemaRootRef, schema())
	compiler := ast.NewCompiler().WithStrict(true).WithSchemas(schemas).
		WithCapabilities(capabilities()).WithDefaultRegoVersion(ast.RegoV1)
	if compiler.Compile(maps.Clone(modules)); compiler.Failed() {
		return nil, fmt.Errorf("authz: compile policy: %w", compiler.Errors)
	}
	if got := len(compiler.Modules); got != len(modules) {
		return nil, fmt.Errorf("authz: %d modules of %d were compiled", got, len(modules))
	}
	p := &program{
		revision: revision(modules), compiler: compiler, store: inmem.New(), patience: patience,
		memo: newMemo[Facts, Decision](), filters: newMemo[filterKey, Filter](),
	}
	var err error
	if p.snapshot, err = p.store.NewTransaction(ctx); err != nil {
		return nil, fmt.Errorf("authz: open store: %w", err)
	}
	if p.decision, err = p.prepare("data.hamyar.authz.decision = answer"); err != nil {
		return nil, err
	}
	allow, err := p.prepare("data.hamyar.authz.allow = true")
	p.allow = allow.body
	return p, err
}

func (p *program) prepare(query string) (question, error) {
	body, err := ast.ParseBody(query)
	if err != nil {
		return question{}, fmt.Errorf("authz: query: %w", err)
	}
	compiler := p.compiler.QueryCompiler()
	if body, err = compiler.Compile(body); err != nil {
		return question{}, fmt.Errorf("authz: query: %w", err)
	}
	return question{body, compiler}, nil
}

// judge asks the policy about one complete set of facts.
func (p *program) judge(ctx context.Context, input ast.Value) (Decision, error) {
	if err := ctx.Err(); err != nil {
		return Decision{}, err
	}
	if err := complete(input); err != nil {
		return Decision{}, err
	}
	var answers []ast.Value
	err := topdown.NewQuery(p.decision.body).WithQueryCompiler(p.decision.compiler).WithCompiler(p.compiler).
		WithStore(p.store).WithTransaction(p.snapshot).WithInput(ast.NewTerm(input)).
		WithStrictBuiltinErrors(true).WithCancel(newLimit(ctx, p.patience)).
		Iter(ctx, func(r topdown.QueryResult) error {
			answers = append(answers, r["answer"].Value)
			return nil
		})
	if err != nil {
		return Decision{}, fmt.Errorf("authz: %w", err)
	}
	if len(answers) != 1 {
		return Decision{}, fmt.Errorf("%w: there are %d", errAnswer, len(answers))
	}
	d, err := decisionOf(answers[0])
	d.Revision = p.revision
	return d, err
}

// builtins that a policy may use: pure, quick, and translatable or understood. No clock, no chance, no network.
var builtins = []string{
	"assign", "eq", "equal", "neq", "lt", "lte", "gt", "gte", "internal.member_2", "internal.member_3",
	"and", "or", "minus", "count",
}

var capabilities = func() func() *ast.Capabilities {
	all := ast.CapabilitiesForThisVersion()
	all.Builtins = slices.DeleteFunc(all.Builtins, func(b *ast.Builtin) bool { return !slices.Contains(builtins, b.Name) })
	all.AllowNet = []string{}
	return func() *ast.Capabilities { return all }
}()

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
