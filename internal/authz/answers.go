package authz

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"

	"github.com/hamyar/hamyar/internal/fault"
)

// answers is the whole policy as one function of the facts: which decision it gives.
type answers struct {
	*forest
	allow     ref // yes or no
	decision  ref // a number below zero, of one of the decisions
	decisions []Decision
}

var errAnswer = errors.New("authz: the policy's answer is not a decision")

// understand reads the rules of data.hamyar.authz. A policy is refused that could, for any facts at all, contradict
// itself, say what nobody knows, or refuse without a reason.
func understand(f *forest, modules map[string]*ast.Module, revision string) (a *answers, err error) {
	defer func() {
		if recover() != nil { // no facts are known yet, so that it can only be about the policy's size or shape
			a, err = nil, errIntricate
		}
	}()
	r := newReader(f, modules)
	a = &answers{forest: f}
	if a.allow, err = r.allow(); err != nil {
		return nil, err
	}
	why, err := gather(r, "reasons", reasons)
	if err != nil {
		return nil, err
	}
	shown, err := gather[string](r, "visible_fields", nil)
	if err != nil {
		return nil, err
	}
	duties, err := gather(r, "obligations", obligations)
	if err != nil {
		return nil, err
	}
	if err := a.settle(why, shown, duties, revision); err != nil {
		return nil, err
	}
	return a, nil
}

func (r *reader) allow() (ref, error) {
	values, err := r.document("data.hamyar.authz.allow")
	if err != nil {
		return no, err
	}
	allow := no
	for _, v := range values {
		says, ok := v.value.Value.(ast.Boolean)
		if !ok {
			return no, fmt.Errorf("%w: allow is no boolean", errAnswer)
		}
		if says {
			allow = v.when
		}
	}
	if r.any(values) != yes {
		return no, fmt.Errorf("%w: allow may be undefined", errAnswer)
	}
	return allow, nil
}

// gathered is a function that says which names come together. Its answers are numbers of lists.
type gathered[T ~string] struct {
	says  ref
	lists [][]T
}

// gather reads a set of names, or of lists of names. Where known is given, every name must be in it, and names come in
// its order.
func gather[T ~string](r *reader, set string, known []T) (gathered[T], error) {
	g := gathered[T]{says: -1, lists: [][]T{nil}}
	elements, err := r.elements(ast.NewTerm(ast.MustParseRef("data.hamyar.authz." + set)))
	if err != nil {
		return g, err
	}
	for _, e := range elements {
		names, err := namesIn(e.value, known)
		if err != nil {
			return g, fmt.Errorf("%w in %s", err, set)
		}
		g.says = r.combine(g.says, e.when, func(list, holds ref) ref {
			if holds != yes {
				return list
			}
			return g.number(inOrder(slices.Concat(g.lists[-1-list], names), known))
		})
	}
	return g, nil
}

func (g *gathered[T]) number(list []T) ref {
	n := slices.IndexFunc(g.lists, func(l []T) bool { return slices.Equal(l, list) })
	if n < 0 {
		n = len(g.lists)
		g.lists = append(g.lists, list)
	}
	return ref(-1 - n)
}

func inOrder[T ~string](names, known []T) []T {
	slices.SortFunc(names, func(a, b T) int {
		if i, j := slices.Index(known, a), slices.Index(known, b); i != j {
			return i - j
		}
		return strings.Compare(string(a), string(b))
	})
	return slices.Clip(slices.Compact(names))
}

// namesIn is a name, or a list or a set of names.
func namesIn[T ~string](term *ast.Term, known []T) ([]T, error) {
	var all []T
	var err error
	add := func(t *ast.Term) {
		name, ok := t.Value.(ast.String)
		if !ok || known != nil && !slices.Contains(known, T(name)) {
			err = fmt.Errorf("%w: something is unknown", errAnswer)
		}
		all = append(all, T(name))
	}
	switch value := term.Value.(type) {
	case ast.Set:
		value.Foreach(add)
	case *ast.Array:
		value.Foreach(add)
	default:
		add(term)
	}
	return all, err
}

// settle makes decisions of what was read.
func (a *answers) settle(why gathered[Reason], shown gathered[string], duties gathered[Obligation], revision string) error {
	grants := map[[2]ref]ref{}
	number := func(d Decision) ref {
		d.Revision = revision
		a.decisions = append(a.decisions, d)
		return ref(-len(a.decisions))
	}
	const denied = ref(-1)
	number(Decision{})
	granted := a.combine(shown.says, duties.says, func(s, o ref) ref {
		if grants[[2]ref{s, o}] == 0 {
			grants[[2]ref{s, o}] = number(Decision{Allow: true, VisibleFields: shown.lists[-1-s], Obligations: duties.lists[-1-o]})
		}
		return grants[[2]ref{s, o}]
	})
	granted = a.combine(granted, a.allow, func(grant, allow ref) ref {
		if allow == yes {
			return grant
		}
		return denied
	})
	var err error
	refusals := map[ref]ref{}
	a.decision = a.combine(granted, why.says, func(grant, because ref) ref {
		if grant != denied {
			return grant
		}
		reasons := why.lists[-1-because]
		if len(reasons) == 0 {
			err = fmt.Errorf("%w: it refuses without a reason", errAnswer)
		} else if refusals[because] == 0 {
			refusals[because] = number(Decision{Reasons: reasons, Conceal: reasons[0] == fault.NotFound})
		}
		return refusals[because]
	})
	return err
}

// decide is the decision for these facts.
func (a *answers) decide(facts *codes) *Decision {
	return &a.decisions[-1-a.at(a.decision, facts)]
}
