package recode

import (
	"context"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// mostNodes is how many nodes a lattice may have that is gone through.
const mostNodes = 1 << 22

// Global makes each column coarser by one level for all rows, and suppresses the rows of classes that fail. What it
// returns is optimal: no other levels meet the goal with a lower Loss. It is a *table.Wrong if none meet it, and the
// error of ctx if that ended first. progress is told how much of the search is done, from 0 to 1; it may be nil.
func Global(ctx context.Context, p *table.Problem, progress func(share float64)) (*Release, error) {
	g, err := newGround(p)
	if err != nil {
		return nil, err
	}
	s, err := newSearch(g)
	if err != nil {
		return nil, err
	}
	if err := s.run(ctx, progress); err != nil {
		return nil, err
	}
	return s.release(p, s.best), nil
}

// search goes through the lattice from the lowest bound upwards. The bound of a node is its Loss if nothing were
// suppressed; suppressing only adds to it, so once the bound is above the best Loss, everything else is.
type search struct {
	*ground
	lattice *lattice
	recent  recent
	rolled  slots
	grouped slots
	sorter  sorter
	best    *finding

	looked    map[int]*witness // of each node that was looked at
	witnesses []*witness
}

// finding is a node that meets the goal.
type finding struct {
	node       node
	goal       float64 // Loss by weight
	suppressed int
	classes    int
	failing    map[uint64]bool // keys of suppressed classes
}

func newSearch(g *ground) (*search, error) {
	l, err := newLattice(g)
	if err != nil {
		return nil, err
	}
	return &search{ground: g, lattice: l, looked: map[int]*witness{}}, nil
}

func (s *search) run(ctx context.Context, progress func(float64)) error {
	for i, number := range s.lattice.order {
		if s.best != nil && s.lattice.bound[number] > s.best.goal {
			break
		}
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil {
				progress(float64(i) / float64(len(s.lattice.order)))
			}
		}
		s.visit(int(number))
	}
	if s.best == nil {
		return &table.Wrong{What: "no levels of the hierarchies meet what the study asks for; allow more rows to be suppressed, ask for less, or use fewer quasi columns"}
	}
	return nil
}

// visit looks at a node, unless what is known of nodes above it tells that it can't be the best. If it could, the way
// from it to the top is searched for the highest node that says no, since that one says no to the most others.
func (s *search) visit(number int) {
	at := s.lattice.node(number)
	if s.ruledOut(at) {
		return
	}
	way := s.lattice.climb(number)
	low, high := 0, len(way)
	for low < high {
		middle := (low + high) / 2
		if s.look(way[middle]).rulesOut(s, at) {
			low = middle + 1
		} else {
			high = middle
		}
	}
}

func (s *search) ruledOut(at node) bool {
	for i, w := range s.witnesses {
		if w.rulesOut(s, at) {
			s.witnesses[i], s.witnesses[i/2] = s.witnesses[i/2], w // who says no often is asked sooner
			return true
		}
	}
	return false
}

// look judges a node, keeps it if it is the best so far, and makes a witness of it.
func (s *search) look(number int) *witness {
	if known, looked := s.looked[number]; looked {
		return known
	}
	at := s.lattice.node(number)
	f := s.roll(s.recent.below(at, s.base), at, &s.rolled, nil)
	s.recent.keep(f.copy())
	found := s.sort(f, &s.grouped, &s.sorter)
	if found.suppressed <= s.most && found.classes > 0 {
		s.consider(f, found)
	}
	w := s.witness(f, found)
	s.looked[number], s.witnesses = w, append(s.witnesses, w)
	return w
}

func (s *search) consider(f *fold, found sorted) {
	goal := s.loss(f, found.failing, found.hopeless)
	one := &finding{node: f.node, goal: goal, suppressed: found.suppressed, classes: found.classes}
	if s.best != nil && !one.before(s.best) {
		return
	}
	one.failing = map[uint64]bool{}
	for _, entries := range [][]uint32{found.failing, found.hopeless} {
		for _, e := range entries {
			one.failing[s.classKey(f, int(e))] = true
		}
	}
	s.best = one
}

// before tells which of two findings is released. Of those with the same Loss it is the one that suppresses less, tells
// more classes apart, or else comes first by the names of its columns: never by the order of rows.
func (f *finding) before(other *finding) bool {
	switch {
	case f.goal != other.goal:
		return f.goal < other.goal
	case f.suppressed != other.suppressed:
		return f.suppressed < other.suppressed
	case f.classes != other.classes:
		return f.classes > other.classes
	}
	return slices.Compare(f.node, other.node) < 0
}

// loss is the geometric Loss of a node of which some entries are suppressed.
func (s *search) loss(f *fold, suppressed ...[]uint32) float64 {
	sum := 0.0
	for i := range s.axes {
		a := &s.axes[i]
		lost, of, leaf := a.total[f.node[i]], a.loss[f.node[i]], s.leaf[i]
		for _, entries := range suppressed {
			for _, e := range entries {
				lost += uint64(f.rows[e]) * (a.most - of[leaf[f.tuple[e]]])
			}
		}
		sum += a.weight * math.Log1p(a.share(lost, s.rows))
	}
	return math.Expm1(sum)
}

// share is a column's loss as a share of what it would be if all rows were suppressed.
func (a *axis) share(lost uint64, rows int) float64 {
	return float64(lost) / (float64(a.most) * float64(rows))
}
