package authz

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
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
	revision  string
	compiler  *ast.Compiler          // the policy as it is written
	modules   map[string]*ast.Module // the same as it was parsed, to be shown to people
	store     storage.Store
	snapshot  storage.Transaction
	questions map[string]question // by action: the policy worked out as far as the action alone allows
	allow     question
	patience  time.Duration
	memo      *memo[Facts, Decision]
	filters   *memo[filterKey, Filter]
}

// question is a query that is ready to be asked.
type question struct {
	body  ast.Body
	query ast.QueryCompiler
	rules *ast.Compiler
}

// compile checks the policy and prepares what will be asked.
func compile(ctx context.Context, modules map[string]*ast.Module) (*program, error) {
	p, err := check(ctx, modules)
	if err != nil {
		return nil, err
	}
	if err := p.specialise(ctx, modules); err != nil {
		return nil, err
	}
	p.patience = patience
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
		revision: revision(modules), compiler: compiler, modules: modules, store: inmem.New(), patience: patienceToLoad,
		memo: newMemo[Facts, Decision](), filters: newMemo[filterKey, Filter](),
	}
	var err error
	if p.snapshot, err = p.store.NewTransaction(ctx); err != nil {
		return nil, fmt.Errorf("authz: open store: %w", err)
	}
	p.allow, err = prepare(compiler, "data.hamyar.authz.allow = true")
	return p, err
}

func prepare(rules *ast.Compiler, text string) (question, error) {
	body, err := ast.ParseBody(text)
	if err != nil {
		return question{}, fmt.Errorf("authz: query: %w", err)
	}
	query := rules.QueryCompiler()
	if body, err = query.Compile(body); err != nil {
		return question{}, fmt.Errorf("authz: query: %w", err)
	}
	return question{body, query, rules}, nil
}

// ask is a query of this policy; the caller adds what is known and unknown.
func (p *program) ask(ctx context.Context, q question) *topdown.Query {
	return topdown.NewQuery(q.body).WithQueryCompiler(q.query).WithCompiler(q.rules).
		WithStore(p.store).WithTransaction(p.snapshot).WithMetrics(metrics.NoOp()).
		WithStrictBuiltinErrors(true).WithCancel(newLimit(ctx, p.patience))
}

// judge asks the policy about one complete set of facts.
func (p *program) judge(ctx context.Context, input ast.Object) (Decision, error) {
	if err := ctx.Err(); err != nil {
		return Decision{}, err
	}
	if err := complete(input); err != nil {
		return Decision{}, err
	}
	action, _ := input.Get(keyAction).Value.(ast.String)
	var answers []ast.Value
	err := p.ask(ctx, p.questions[string(action)]).WithInput(ast.NewTerm(input)).
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
