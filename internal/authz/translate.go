package authz

import (
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// translation turns what partial evaluation left of the policy into a condition on rows. It knows few shapes, and every
// other one is an error: a shape that is misread could let rows through.
type translation struct {
	columns Columns
	rules   map[string][]*ast.Rule // by reference
	done    map[string]condition
	open    map[string]bool
}

// scope holds what the variables of one body stand for.
type scope map[ast.Var]*ast.Term

func translate(bodies []ast.Body, support []*ast.Module, columns Columns) (condition, error) {
	t := translation{columns, map[string][]*ast.Rule{}, map[string]condition{}, map[string]bool{}}
	for _, module := range support {
		for _, rule := range module.Rules {
			ref := module.Package.Path.Extend(rule.Head.Ref()).String()
			t.rules[ref] = append(t.rules[ref], rule)
		}
	}
	return t.anyOf(bodies)
}

func (t *translation) anyOf(bodies []ast.Body) (condition, error) {
	parts := make([]condition, 0, len(bodies))
	for _, body := range bodies {
		part, err := t.body(body)
		if err != nil {
			return condition{}, err
		}
		parts = append(parts, part)
	}
	return some(parts...), nil
}

func (t *translation) body(body ast.Body) (condition, error) {
	vars, parts := scope{}, make([]condition, 0, len(body))
	for _, expr := range body {
		part, err := t.expr(expr, vars)
		if err != nil {
			return condition{}, err
		}
		parts = append(parts, part)
	}
	return every(parts...), nil
}

func (t *translation) expr(expr *ast.Expr, vars scope) (condition, error) {
	if len(expr.With) > 0 {
		return unsupported(expr)
	}
	if expr.Negated {
		inner, err := t.positive(expr, maps.Clone(vars)) // what is bound in a negation stays there
		return not(inner), err
	}
	return t.positive(expr, vars)
}

func (t *translation) positive(expr *ast.Expr, vars scope) (condition, error) {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		return t.truth(vars.resolve(terms))
	case []*ast.Term:
		if len(terms) != 3 {
			return unsupported(expr)
		}
		left, right := vars.resolve(terms[1]), vars.resolve(terms[2])
		operator := terms[0].String()
		if operator == "eq" || operator == "assign" {
			if v, ok := left.Value.(ast.Var); ok {
				return t.let(vars, v, right)
			}
			if v, ok := right.Value.(ast.Var); ok {
				return t.let(vars, v, left)
			}
		}
		return t.compare(operator, left, right)
	default:
		return unsupported(expr)
	}
}

func (s scope) resolve(term *ast.Term) *ast.Term {
	if v, ok := term.Value.(ast.Var); ok {
		if known, bound := s[v]; bound {
			return known
		}
	}
	return term
}

// let binds a variable. That holds where the term is defined: a column and a rule with a default always are, another
// rule only where it is true.
func (t *translation) let(vars scope, v ast.Var, term *ast.Term) (condition, error) {
	vars[v] = term
	everywhere := condition{verdict: All}
	if !isRule(term) {
		_, err := t.operand(term)
		return everywhere, err
	}
	defined, err := t.truth(term)
	if slices.ContainsFunc(t.rules[term.Value.String()], func(r *ast.Rule) bool { return r.Default }) {
		defined = everywhere
	}
	return defined, err
}

// truth is a term that stands alone as a condition.
func (t *translation) truth(term *ast.Term) (condition, error) {
	switch value := term.Value.(type) {
	case ast.Boolean:
		if value {
			return condition{verdict: All}, nil
		}
		return condition{}, nil
	case ast.Ref:
		if !value.HasPrefix(ast.InputRootRef) {
			return t.rule(value)
		}
		return t.compare("eq", term, ast.InternedTerm(true))
	default:
		return unsupported(term)
	}
}

// rule is a reference to a rule that is true or undefined.
func (t *translation) rule(ref ast.Ref) (condition, error) {
	name := ref.String()
	if done, ok := t.done[name]; ok {
		return done, nil
	}
	if len(t.rules[name]) == 0 || t.open[name] {
		return unsupported(ref)
	}
	t.open[name] = true
	var bodies []ast.Body
	for _, rule := range t.rules[name] {
		body, err := plain(rule)
		if err != nil {
			return condition{}, err
		}
		bodies = append(bodies, body...)
	}
	result, err := t.anyOf(bodies)
	t.done[name] = result
	return result, err
}

// plain is the body of a rule that says true, or none for the default that says false.
func plain(rule *ast.Rule) ([]ast.Body, error) {
	says, ok := ast.Boolean(false), false
	if rule.Head.Value != nil {
		says, ok = rule.Head.Value.Value.(ast.Boolean)
	}
	if !ok || bool(says) == rule.Default || rule.Else != nil || len(rule.Head.Args) > 0 || rule.Head.Key != nil {
		_, err := unsupported(rule)
		return nil, err
	}
	if rule.Default {
		return nil, nil
	}
	return []ast.Body{rule.Body}, nil
}

func unsupported(what fmt.Stringer) (condition, error) {
	return condition{}, fmt.Errorf("%w: this shape has no translation: %s", errFilter, what)
}
