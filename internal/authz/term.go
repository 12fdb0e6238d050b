package authz

import (
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// values is every value that a term can have, and when; where it is none of them, it is undefined.
func (r *reader) values(term *ast.Term) ([]possible, error) {
	if constant(term) {
		return []possible{{term, yes}}, nil
	}
	if ref, ok := term.Value.(ast.Ref); ok {
		if fact, ok := factOf(ref); ok {
			return r.each(fact), nil
		}
		if name := ref.String(); len(r.rules[name]) > 0 && !r.isSet(name) {
			return r.document(name)
		}
	}
	return nil, unknown(term.Location, term)
}

func (r *reader) each(f fact) []possible {
	all := make([]possible, len(f.values))
	for i, value := range f.values {
		all[i] = possible{ast.NewTerm(value), r.where(f.index, func(v int) bool { return v == i })}
	}
	return all
}

// defined is where a term has a value.
func (r *reader) defined(term *ast.Term) (ref, error) {
	if ref, ok := term.Value.(ast.Ref); ok && r.isSet(ref.String()) {
		return yes, nil
	}
	values, err := r.values(term)
	return r.any(values), err
}

// entry takes apart a reference into a collection, like reasons[code].
func (r *reader) entry(term *ast.Term, w way) (within, key *ast.Term, ok bool) {
	ref, ok := term.Value.(ast.Ref)
	if !ok || len(ref) < 2 {
		return nil, nil, false
	}
	within, key = ast.NewTerm(ref[:len(ref)-1]).SetLocation(term.Location), w.resolve(ref[len(ref)-1])
	if len(ref) == 2 {
		within = w.resolve(ref[0])
		return within, key, constant(within)
	}
	return within, key, len(r.rules[within.String()]) > 0
}

// entry is what stands in a collection under a key. In a set it is the key itself.
type entry struct {
	key, value *ast.Term
	when       ref
}

// entries is what may be in a collection.
func (r *reader) entries(within *ast.Term) ([]entry, error) {
	var all []entry
	if ref, ok := within.Value.(ast.Ref); ok && r.isSet(ref.String()) {
		elements, err := r.document(ref.String())
		for _, e := range elements {
			all = append(all, entry{e.value, e.value, e.when})
		}
		return all, err
	}
	whole, err := r.values(within)
	if err != nil {
		return nil, err
	}
	for _, one := range whole {
		switch list := one.value.Value.(type) {
		case ast.Set:
			list.Foreach(func(t *ast.Term) { all = append(all, entry{t, t, one.when}) })
		case ast.Object:
			list.Foreach(func(k, v *ast.Term) { all = append(all, entry{k, v, one.when}) })
		case *ast.Array:
			for i := range list.Len() {
				all = append(all, entry{ast.IntNumberTerm(i), list.Elem(i), one.when})
			}
		default:
			return nil, unknown(within.Location, within)
		}
	}
	return all, nil
}

// elements is the values in a collection.
func (r *reader) elements(within *ast.Term) ([]possible, error) {
	entries, err := r.entries(within)
	all := make([]possible, len(entries))
	for i, e := range entries {
		all[i] = possible{e.value, e.when}
	}
	return all, err
}

// settled is the term with every variable replaced by what it stands for, and every rule that is the same whatever the
// facts by what it says.
func (r *reader) settled(term *ast.Term, w way) *ast.Term {
	term = w.resolve(term)
	settle := func(t *ast.Term) *ast.Term { return r.settled(t, w) }
	switch value := term.Value.(type) {
	case ast.Ref:
		if said, err := r.values(term); err == nil && len(said) == 1 && said[0].when == yes {
			return said[0].value
		}
	case *ast.Array:
		all := make([]*ast.Term, value.Len())
		for i := range all {
			all[i] = settle(value.Elem(i))
		}
		return ast.ArrayTerm(all...).SetLocation(term.Location)
	case ast.Set:
		all := ast.NewSet()
		value.Foreach(func(t *ast.Term) { all.Add(settle(t)) })
		return ast.NewTerm(all).SetLocation(term.Location)
	case ast.Object:
		all := ast.NewObject()
		value.Foreach(func(k, v *ast.Term) { all.Insert(settle(k), settle(v)) })
		return ast.NewTerm(all).SetLocation(term.Location)
	}
	return term
}

// constant reports whether a term is the same whatever the facts.
func constant(term *ast.Term) bool {
	switch value := term.Value.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return true
	case ast.Set:
		return !slices.ContainsFunc(value.Slice(), func(t *ast.Term) bool { return !constant(t) })
	case *ast.Array:
		all := true
		value.Foreach(func(t *ast.Term) { all = all && constant(t) })
		return all
	case ast.Object:
		all := true
		value.Foreach(func(k, v *ast.Term) { all = all && constant(k) && constant(v) })
		return all
	default:
		return false
	}
}

var comparisons = map[string]func(order int) bool{
	"eq":    func(order int) bool { return order == 0 },
	"equal": func(order int) bool { return order == 0 },
	"neq":   func(order int) bool { return order != 0 },
	"lt":    func(order int) bool { return order < 0 },
	"lte":   func(order int) bool { return order <= 0 },
	"gt":    func(order int) bool { return order > 0 },
	"gte":   func(order int) bool { return order >= 0 },
}

// compare is where a comparison of two terms holds.
func (r *reader) compare(operator string, left, right *ast.Term, at *ast.Location) (ref, error) {
	holds := comparisons[operator]
	of := r.values
	if operator == "internal.member_2" {
		holds, of = comparisons["eq"], r.elements
	}
	if holds == nil {
		return no, unknown(at, ast.NewArray(ast.StringTerm(operator), left, right))
	}
	rights, err := of(right)
	if err != nil {
		return no, err
	}
	r.spend(len(rights))
	if fact, ok := factTerm(left); ok && constant(right) {
		return r.where(fact.index, func(v int) bool {
			return slices.ContainsFunc(rights, func(p possible) bool { return holds(ast.Compare(fact.values[v], p.value.Value)) })
		}), nil
	}
	lefts, err := r.values(left)
	if err != nil {
		return no, err
	}
	somewhere := no
	r.spend(len(lefts) * len(rights))
	for _, a := range lefts {
		for _, b := range rights {
			if holds(ast.Compare(a.value, b.value)) {
				somewhere = r.or(somewhere, r.and(a.when, b.when))
			}
		}
	}
	return somewhere, nil
}

func factTerm(term *ast.Term) (fact, bool) {
	if ref, ok := term.Value.(ast.Ref); ok {
		return factOf(ref)
	}
	return fact{}, false
}
