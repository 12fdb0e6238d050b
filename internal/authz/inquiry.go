package authz

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/internal/fault"
)

// inquiry asks the policy as it is written, rule by rule and condition by condition, about one set of facts.
type inquiry struct {
	p     *program
	input ast.Object
	all   []clause
	rules map[string][]clause // by reference
}

// clause is one rule as somebody wrote it.
type clause struct {
	ref    string // such as "data.hamyar.forum.granted"
	name   string // its last part
	module *ast.Module
	rule   *ast.Rule
}

// line is one condition of a rule, where it stands.
type line struct {
	from clause
	at   int
}

// path is a grant with everything that must hold for it: its own conditions, and those on the way to it.
type path struct {
	leaf  clause
	lines []line
}

func newInquiry(p *program, facts Facts) *inquiry {
	q := &inquiry{p: p, input: facts.input(), rules: map[string][]clause{}}
	for _, file := range slices.Sorted(maps.Keys(p.modules)) {
		module := p.modules[file]
		for _, rule := range module.Rules {
			c := clause{ref: rule.Ref().GroundPrefix().String(), name: rule.Head.Name.String(), module: module, rule: rule}
			q.all = append(q.all, c)
			q.rules[c.ref] = append(q.rules[c.ref], c)
		}
	}
	return q
}

// gives tells whether the rule gives this reason, in its own package and from no other. The rule that hands on what an
// operator denies is left out, because the operator's rules stand for it.
func (c clause) gives(reason Reason) bool {
	return c.name == "reasons" && c.rule.Head.Key != nil && c.rule.Head.Key.Equal(ast.StringTerm(string(reason))) &&
		reason != fault.RestrictedHere
}

// resolve is a part of a rule with every name in full.
func (q *inquiry) resolve(c clause, body ast.Body) (question, error) {
	around := ast.NewQueryContext().WithPackage(c.module.Package).WithImports(c.module.Imports)
	compiler := q.p.compiler.QueryCompiler().WithContext(around)
	compiled, err := compiler.Compile(body.Copy())
	if err != nil {
		return question{}, fmt.Errorf("authz: explain: %w", err)
	}
	return question{compiled, compiler, q.p.compiler}, nil
}

// holds tells whether a part of a rule holds.
func (q *inquiry) holds(ctx context.Context, c clause, body ast.Body) (bool, error) {
	asked, err := q.resolve(c, body)
	if err != nil {
		return false, err
	}
	found, err := q.p.ask(ctx, asked).WithInput(ast.NewTerm(q.input)).Run(ctx)
	if err != nil {
		return false, fmt.Errorf("authz: explain: %w", err)
	}
	return len(found) > 0, nil
}

// paths follows a rule down to the rules that name the action asked for. A rule that names another one is no path.
func (q *inquiry) paths(ctx context.Context, c clause, before []line) ([]path, error) {
	for at, expr := range c.rule.Body {
		if !mentions(expr, "action") || expr.Negated {
			continue
		}
		if about, err := q.holds(ctx, c, ast.NewBody(expr)); !about || err != nil {
			return nil, err
		}
		return []path{{c, c.lines(before, at)}}, nil
	}
	for at, expr := range c.rule.Body {
		if expr.Negated {
			continue
		}
		asked, err := q.resolve(c, ast.NewBody(expr))
		if err != nil {
			return nil, err
		}
		below, err := q.below(ctx, asked.body, c.lines(before, at))
		if err != nil || len(below) > 0 {
			return below, err
		}
	}
	return nil, nil
}

// below follows what the conditions refer to.
func (q *inquiry) below(ctx context.Context, body ast.Body, before []line) (found []path, err error) {
	for _, next := range q.referred(body) {
		more, err := q.paths(ctx, next, before)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// lines are those before and those of the rule, without the one that leads on.
func (c clause) lines(before []line, without int) []line {
	all := slices.Clone(before)
	for at := range c.rule.Body {
		if at != without {
			all = append(all, line{c, at})
		}
	}
	return all
}

// referred are the rules that a part of a rule refers to.
func (q *inquiry) referred(body ast.Body) (found []clause) {
	ast.WalkRefs(body, func(ref ast.Ref) bool {
		found = append(found, q.rules[ref.GroundPrefix().String()]...)
		return false
	})
	return found
}

// lacking is a grant with the conditions that keep it from holding.
func (q *inquiry) lacking(ctx context.Context, way path) (Ground, error) {
	g := q.ground(way.leaf)
	for _, c := range way.lines {
		asked := c.readable()
		holds, err := q.holds(ctx, c.from, asked)
		if err != nil {
			return Ground{}, err
		}
		if holds {
			continue
		}
		looked, err := q.facts(c.from, asked)
		if err != nil {
			return Ground{}, err
		}
		g.Lacks = append(g.Lacks, Lack{string(c.from.rule.Body[c.at].Location.Text), looked})
	}
	return g, nil
}

// facts are those that a condition looks at, directly or by other rules, as name=value.
func (q *inquiry) facts(c clause, body ast.Body) ([]string, error) {
	asked, err := q.resolve(c, body)
	if err != nil {
		return nil, err
	}
	seen, named := map[*ast.Rule]bool{}, map[string]bool{}
	for waiting := []any{asked.body}; len(waiting) > 0; waiting = waiting[1:] {
		ast.WalkRefs(waiting[0], func(ref ast.Ref) bool {
			if ref.HasPrefix(ast.InputRootRef) && len(ref) > 1 {
				named[string(ref[1].Value.(ast.String))] = true //nolint:forcetypeassert // the schema knows facts by name alone
			}
			for _, rule := range q.p.compiler.GetRules(ref.GroundPrefix()) {
				if !seen[rule] {
					seen[rule] = true
					waiting = append(waiting, rule)
				}
			}
			return false
		})
	}
	delete(named, "action")
	var all []string
	for _, f := range facts {
		if named[f.name] {
			all = append(all, f.name+"="+q.value(f))
		}
	}
	return all, nil
}
