package authz

import (
	"encoding/binary"
	"errors"
)

// A function of the facts is kept as a decision diagram: each node looks at one fact and has a branch for each value
// that the fact can have, and the facts are always looked at in the same order. Every fact has few values, so such a
// diagram says for all facts there are what a policy says, and two functions are the same exactly where they are the
// same node.

// ref is a function: a node of a forest, or, below zero, one that says the same for all facts.
type ref int32

// What conditions say. Other functions have answers of their own below zero.
const (
	no  ref = -1
	yes ref = -2
)

type node struct {
	fact  uint8
	first int32 // of its branches
}

// forest holds functions that share their nodes.
type forest struct {
	nodes    []node
	branches []ref
	known    map[string]ref
	joined   map[[3]ref]ref
	key      []byte
	most     int // nodes that it may have
	left     int // steps that may still be taken
}

// What a policy may cost: to keep, in nodes, and to understand, in steps of less than a microsecond. The built-in one
// takes some ten thousand of each.
const (
	intricate = 1 << 18
	lengthy   = 1 << 20
)

var errIntricate = errors.New("authz: the policy is too intricate")

func newForest() *forest {
	return &forest{known: map[string]ref{}, joined: map[[3]ref]ref{}, most: intricate, left: lengthy}
}

// spend takes steps. It panics with errIntricate where there would be too many.
func (f *forest) spend(steps int) {
	if f.left -= steps; f.left < 0 {
		panic(errIntricate)
	}
}

// forget lets go of what is needed only while functions are made.
func (f *forest) forget() { f.known, f.joined, f.key = nil, nil, nil }

// at is what a function says of the facts.
func (f *forest) at(r ref, facts *codes) ref {
	for r >= 0 {
		n := f.nodes[r]
		r = f.branches[n.first+int32(facts[n.fact])]
	}
	return r
}

func (f *forest) branchesOf(n ref) []ref {
	first := int(f.nodes[n].first)
	return f.branches[first : first+len(facts[f.nodes[n].fact].values)]
}

// node is the function that looks at a fact first. It panics with errIntricate where there would be too many.
func (f *forest) node(fact uint8, branches []ref) ref {
	same := true
	f.key = append(f.key[:0], fact)
	for _, b := range branches {
		same = same && b == branches[0]
		f.key = binary.LittleEndian.AppendUint32(f.key, uint32(b))
	}
	if same {
		return branches[0]
	}
	if known, ok := f.known[string(f.key)]; ok {
		return known
	}
	if len(f.nodes) >= f.most {
		panic(errIntricate)
	}
	r := ref(len(f.nodes))
	f.nodes = append(f.nodes, node{fact, int32(len(f.branches))})
	f.branches = append(f.branches, branches...)
	f.known[string(f.key)] = r
	return r
}

// where holds for the values of one fact that are chosen.
func (f *forest) where(fact uint8, chosen func(value int) bool) ref {
	branches := make([]ref, len(facts[fact].values))
	for i := range branches {
		branches[i] = condition(chosen(i))
	}
	return f.node(fact, branches)
}

func condition(holds bool) ref {
	if holds {
		return yes
	}
	return no
}

// operation joins what two functions say. Quick answers from less than both, where it can.
type operation struct {
	name  ref // of operations that are remembered; zero is none
	quick func(a, b ref) (ref, bool)
	both  func(a, b ref) ref
}

var (
	conjunction = operation{name: 1, quick: func(a, b ref) (ref, bool) {
		switch {
		case a == no || b == no:
			return no, true
		case a == yes || a == b:
			return b, true
		default:
			return a, b == yes
		}
	}}
	disjunction = operation{name: 2, quick: func(a, b ref) (ref, bool) {
		switch {
		case a == yes || b == yes:
			return yes, true
		case a == no || a == b:
			return b, true
		default:
			return a, b == no
		}
	}}
	negation = operation{name: 3, both: func(a, _ ref) ref { return condition(a == no) }}
)

func (f *forest) and(a, b ref) ref { return f.join(conjunction, f.joined, a, b) }
func (f *forest) or(a, b ref) ref  { return f.join(disjunction, f.joined, a, b) }
func (f *forest) not(a ref) ref    { return f.join(negation, f.joined, a, no) }

// any is where one of them holds.
func (f *forest) any(of []possible) ref {
	holds := no
	for _, p := range of {
		holds = f.or(holds, p.when)
	}
	return holds
}

// combine is join for an operation whose results need to be remembered only for a while.
func (f *forest) combine(a, b ref, both func(a, b ref) ref) ref {
	return f.join(operation{both: both}, map[[3]ref]ref{}, a, b)
}

func (f *forest) join(op operation, done map[[3]ref]ref, a, b ref) ref {
	if op.quick != nil {
		if r, ok := op.quick(a, b); ok {
			return r
		}
	}
	if a < 0 && b < 0 {
		return op.both(a, b)
	}
	key := [3]ref{op.name, a, b}
	if r, ok := done[key]; ok {
		return r
	}
	f.spend(1)
	fact := f.firstOf(a, b)
	branches := make([]ref, len(facts[fact].values))
	for i := range branches {
		branches[i] = f.join(op, done, f.branch(a, fact, i), f.branch(b, fact, i))
	}
	r := f.node(fact, branches)
	done[key] = r
	return r
}

// firstOf is the fact that comes first in either.
func (f *forest) firstOf(a, b ref) uint8 {
	if a < 0 || b >= 0 && f.nodes[b].fact < f.nodes[a].fact {
		return f.nodes[b].fact
	}
	return f.nodes[a].fact
}

// branch is what is left of a function once the fact has its value.
func (f *forest) branch(r ref, fact uint8, value int) ref {
	if r < 0 || f.nodes[r].fact != fact {
		return r
	}
	return f.branches[int(f.nodes[r].first)+value]
}
