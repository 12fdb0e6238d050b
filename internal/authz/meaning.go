package authz

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// reader finds out what rules say, for all facts there are: it follows each rule through the values that the facts can
// have. It knows the shapes of Rego that the policy is written in. Every other shape is an error, so that a policy is
// either understood whole or not let in.
type reader struct {
	*forest
	rules map[string][]*ast.Rule // by reference
	read  map[string]reading
}

// reading is what came of reading a rule.
type reading struct {
	found []possible
	err   error
}

// possible is a value that something can have, and when.
type possible struct {
	value *ast.Term
	when  ref
}

// way is one way in which the part of a body that was followed so far holds. A variable stands for a term, which is
// looked up when it is used.
type way struct {
	vars map[ast.Var]*ast.Term
	when ref
}

var errShape = errors.New("authz: this is not understood")

func unknown(at *ast.Location, what fmt.Stringer) error {
	return fmt.Errorf("%w: %s: %s", errShape, at, what)
}

func newReader(f *forest, modules map[string]*ast.Module) *reader {
	r := &reader{f, map[string][]*ast.Rule{}, map[string]reading{}}
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		for _, rule := range modules[path].Rules {
			name := rule.Ref().GroundPrefix().String()
			r.rules[name] = append(r.rules[name], rule)
		}
	}
	return r
}

// document is what a rule can be. For a set it is what may be in it.
func (r *reader) document(name string) ([]possible, error) {
	done, ok := r.read[name]
	if !ok {
		done.found, done.err = r.follow(name)
		r.read[name] = done
	}
	return done.found, done.err
}

// follow reads every rule of one name.
func (r *reader) follow(name string) ([]possible, error) {
	var found []possible
	rules := slices.Clone(r.rules[name])
	slices.SortStableFunc(rules, func(a, b *ast.Rule) int { return defaultLast(a) - defaultLast(b) })
	for _, rule := range rules {
		said := rule.Head.Value
		if rule.Head.RuleKind() == ast.MultiValue {
			said = rule.Head.Key
		}
		if said == nil || rule.Else != nil || len(rule.Head.Args) > 0 || !rule.Ref().IsGround() {
			return nil, unknown(rule.Location, rule.Head)
		}
		ways := []way{{map[ast.Var]*ast.Term{}, yes}}
		if rule.Default {
			ways[0].when = r.not(r.any(found))
		} else {
			var err error
			if ways, err = r.body(rule.Body, ways[0]); err != nil {
				return nil, err
			}
		}
		for _, w := range ways {
			values, err := r.values(r.settled(said, w))
			if err != nil {
				return nil, err
			}
			for _, v := range values {
				found = r.add(found, possible{v.value, r.and(w.when, v.when)})
			}
		}
	}
	return found, r.sure(name, found)
}

func defaultLast(rule *ast.Rule) int {
	if rule.Default {
		return 1
	}
	return 0
}

func (r *reader) add(to []possible, p possible) []possible {
	if p.when == no {
		return to
	}
	r.spend(len(to))
	for i := range to {
		if to[i].value.Equal(p.value) {
			to[i].when = r.or(to[i].when, p.when)
			return to
		}
	}
	return append(to, p)
}

// sure refuses a rule that says two things at once.
func (r *reader) sure(name string, found []possible) error {
	if r.isSet(name) {
		return nil
	}
	for i, a := range found {
		r.spend(i)
		for _, b := range found[:i] {
			if r.and(a.when, b.when) != no {
				return fmt.Errorf("%w: %s: it is both %s and %s", errShape, r.rules[name][0].Location, a.value, b.value)
			}
		}
	}
	return nil
}

func (r *reader) isSet(name string) bool {
	rules := r.rules[name]
	return len(rules) > 0 && rules[0].Head.RuleKind() == ast.MultiValue
}

// body is every way in which a body holds.
func (r *reader) body(body ast.Body, from way) ([]way, error) {
	ways := []way{from}
	for _, expr := range body {
		var next []way
		for _, w := range ways {
			more, err := r.expr(expr, w)
			if err != nil {
				return nil, err
			}
			next = append(next, slices.DeleteFunc(more, func(w way) bool { return w.when == no })...)
			r.spend(len(more) * (1 + len(w.vars)))
		}
		ways = next
	}
	return ways, nil
}

func (r *reader) expr(expr *ast.Expr, w way) ([]way, error) {
	if len(expr.With) > 0 {
		return nil, unknown(expr.Location, expr)
	}
	if !expr.Negated {
		return r.positive(expr, w)
	}
	inner, err := r.positive(expr, way{w.vars, yes})
	holds := no
	for _, one := range inner { // what is bound in a negation stays there
		holds = r.or(holds, one.when)
	}
	return []way{{w.vars, r.and(w.when, r.not(holds))}}, err
}

func (r *reader) positive(expr *ast.Expr, w way) ([]way, error) {
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		return r.truth(terms, w)
	case []*ast.Term:
		if len(terms) != 3 {
			break
		}
		operator, left, right := terms[0].String(), w.resolve(terms[1]), w.resolve(terms[2])
		if operator == "eq" || operator == "assign" {
			if v, ok := left.Value.(ast.Var); ok {
				return r.let(v, right, w)
			}
			if v, ok := right.Value.(ast.Var); ok {
				return r.let(v, left, w)
			}
		}
		holds, err := r.compare(operator, left, right, expr.Location)
		return []way{{w.vars, r.and(w.when, holds)}}, err
	}
	return nil, unknown(expr.Location, expr)
}

func (w way) resolve(term *ast.Term) *ast.Term {
	if v, ok := term.Value.(ast.Var); ok {
		if known, bound := w.vars[v]; bound {
			return known
		}
	}
	return term
}

func (w way) with(v ast.Var, term *ast.Term, when ref) way {
	vars := maps.Clone(w.vars)
	vars[v] = term
	return way{vars, when}
}

// let binds a variable, which holds where the term is defined; or once for each entry of a collection.
func (r *reader) let(v ast.Var, term *ast.Term, w way) ([]way, error) {
	within, key, ok := r.entry(term, w)
	if !ok {
		term = r.settled(term, w)
		defined, err := r.defined(term)
		return []way{w.with(v, term, r.and(w.when, defined))}, err
	}
	entries, err := r.entries(within)
	if err != nil {
		return nil, err
	}
	ways := make([]way, 0, len(entries))
	for _, e := range entries {
		next := w.with(v, e.value, r.and(w.when, e.when))
		key := next.resolve(key) // in x = list[x], what stands there is also where it stands
		if k, free := key.Value.(ast.Var); free {
			next.vars[k] = e.key
		} else if next.when, err = r.alike(next.when, key, e.key); err != nil {
			return nil, err
		}
		ways = append(ways, next)
	}
	return ways, nil
}

func (r *reader) alike(when ref, a, b *ast.Term) (ref, error) {
	same, err := r.compare("eq", a, b, a.Location)
	return r.and(when, same), err
}

// truth is a term that stands alone as a condition.
func (r *reader) truth(term *ast.Term, w way) ([]way, error) {
	if within, key, ok := r.entry(term, w); ok && r.isSet(within.String()) {
		return r.element(within, key, term, w)
	}
	values, err := r.values(w.resolve(term))
	if err != nil {
		return nil, err
	}
	holds := no
	for _, v := range values {
		says, ok := v.value.Value.(ast.Boolean)
		if !ok {
			return nil, unknown(term.Location, term)
		}
		if says {
			holds = r.or(holds, v.when)
		}
	}
	return []way{{w.vars, r.and(w.when, holds)}}, nil
}

// element is an element of a set that stands alone as a condition: it is there, and isn't false.
func (r *reader) element(within, key, term *ast.Term, w way) ([]way, error) {
	untrue := ast.BooleanTerm(false)
	if k, free := key.Value.(ast.Var); free {
		ways, err := r.let(k, term, w)
		return slices.DeleteFunc(ways, func(w way) bool { return w.vars[k].Equal(untrue) }), err
	}
	there, err := r.compare("internal.member_2", key, within, term.Location)
	if err != nil {
		return nil, err
	}
	isFalse, err := r.compare("eq", key, untrue, term.Location)
	return []way{{w.vars, r.and(w.when, r.and(there, r.not(isFalse)))}}, err
}
