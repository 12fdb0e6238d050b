package authz

import (
	"context"
	"fmt"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/metrics"
	"github.com/open-policy-agent/opa/v1/topdown"

	"github.com/hamyar/hamyar/internal/fault"
)

// question is a query that is ready to be asked of the policy as it is written.
type question struct {
	body  ast.Body
	query ast.QueryCompiler
	rules *ast.Compiler
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

// DecideAsWritten is Decide by the policy as it is written, for whoever compares. It is two hundred times as slow, and
// is told to nobody who watches.
func (e *Engine) DecideAsWritten(ctx context.Context, facts Facts) (Decision, error) {
	p, err := e.open()
	if err != nil {
		return Decision{}, err
	}
	d, err := p.judgeWritten(ctx, facts.input())
	if err != nil {
		return Decision{Revision: p.revision}, fault.Wrap(fault.Unavailable, err)
	}
	d.Purpose, d.Role = facts.Purpose, facts.role()
	return d, nil
}

// judgeWritten evaluates the policy as it is written about one complete set of facts. It is what the compiled policy is
// held against, and two hundred times as slow.
func (p *program) judgeWritten(ctx context.Context, input ast.Object) (Decision, error) {
	if err := ctx.Err(); err != nil {
		return Decision{}, err
	}
	if err := complete(input); err != nil {
		return Decision{}, err
	}
	var answers []ast.Value
	err := p.ask(ctx, p.written).WithInput(ast.NewTerm(input)).
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

// decisionOf reads the policy's answer; whatever it does not expect is an error.
func decisionOf(answer ast.Value) (Decision, error) {
	object, ok := answer.(ast.Object)
	if !ok {
		return Decision{}, fmt.Errorf("%w: the decision is no object", errAnswer)
	}
	allow, err := boolean(object, keyAllow)
	if err != nil {
		return Decision{}, err
	}
	d := Decision{Allow: allow}
	if d.Reasons, err = names(object, keyReasons, reasons); err != nil {
		return Decision{}, err
	}
	slices.SortFunc(d.Reasons, func(a, b Reason) int { return slices.Index(reasons, a) - slices.Index(reasons, b) })
	if d.Obligations, err = names(object, keyObligations, obligations); err != nil {
		return Decision{}, err
	}
	if d.VisibleFields, err = names[string](object, keyVisibleFields, nil); err != nil {
		return Decision{}, err
	}
	if d.Allow == (len(d.Reasons) > 0) {
		return Decision{}, fmt.Errorf("%w: it contradicts itself", errAnswer)
	}
	d.Conceal = !d.Allow && d.Reasons[0] == fault.NotFound
	return d, nil
}

var (
	keyAllow         = ast.StringTerm("allow")
	keyReasons       = ast.StringTerm("reasons")
	keyVisibleFields = ast.StringTerm("visible_fields")
	keyObligations   = ast.StringTerm("obligations")
)

func boolean(object ast.Object, key *ast.Term) (bool, error) {
	if term := object.Get(key); term != nil {
		if b, ok := term.Value.(ast.Boolean); ok {
			return bool(b), nil
		}
	}
	return false, fmt.Errorf("%w: %s is no boolean", errAnswer, key)
}

// names reads a list or a set of names, or of such lists. Where known is given, every name must be in it.
func names[T ~string](object ast.Object, key *ast.Term, known []T) ([]T, error) {
	var found []T
	if err := collect(object.Get(key), &found, known); err != nil {
		return nil, fmt.Errorf("%w: %s", err, key)
	}
	slices.Sort(found)
	return slices.Clip(slices.Compact(found)), nil
}

func collect[T ~string](term *ast.Term, found *[]T, known []T) error {
	if term == nil {
		return fmt.Errorf("%w: something is missing", errAnswer)
	}
	each := func(element *ast.Term) error { return collect(element, found, known) }
	switch value := term.Value.(type) {
	case *ast.Array:
		return value.Iter(each)
	case ast.Set:
		return value.Iter(each)
	case ast.String:
		if known == nil || slices.Contains(known, T(value)) {
			*found = append(*found, T(value))
			return nil
		}
	}
	return fmt.Errorf("%w: something is unknown", errAnswer)
}
