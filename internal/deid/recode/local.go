package recode

import (
	"context"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Local makes each class of rows coarser by itself, and suppresses rows only where no class can take them. What it returns
// is good, and not proved to be the best; it depends on neither the order of rows nor that of columns. It is a
// *table.Wrong if nothing meets the goal, and the error of ctx if that ended first. progress is told how much of the
// search is done, from 0 to 1; it may be nil.
func Local(ctx context.Context, p *table.Problem, progress func(share float64)) (*Release, error) {
	if p.Presence != nil {
		return nil, &table.Wrong{What: "privacy.delta needs coding: global; the classes of local coding overlap, so that nobody could count the population in one"}
	}
	g, err := newGround(p)
	if err != nil {
		return nil, err
	}
	l, err := newLattice(g)
	if err != nil {
		return nil, err
	}
	f := newForest(g)
	classes, left, err := f.peel(ctx, l, progress)
	if err != nil {
		return nil, err
	}
	classes, suppressed, err := f.settle(classes, left)
	if err != nil {
		return nil, err
	}
	if classes, err = f.improve(ctx, classes); err != nil {
		return nil, err
	}
	return f.release(p, classes, suppressed), nil
}

// peeling is what is left of the ground while classes are taken from it.
type peeling struct {
	*forest
	lattice *lattice
	left    *fold
	barren  []node // in which, and below which, nothing that is left passes
	rolled  slots
	grouped slots
	sorter  sorter
	into    []uint32
	classes []class
}

// peel goes through the lattice from the lowest Loss upwards, and takes at each node whatever passes there. So most rows
// stay fine, and the few that are like no others become coarse instead of making others so.
func (f *forest) peel(ctx context.Context, l *lattice, progress func(float64)) (classes []class, left []uint32, err error) {
	p := &peeling{forest: f, lattice: l, left: f.inOrder()}
	for i, number := range l.order {
		if len(p.left.key) == 0 {
			break
		}
		if i%64 == 0 {
			if err := ctx.Err(); err != nil {
				return nil, nil, err
			}
			if progress != nil {
				progress(float64(i) / float64(len(l.order)))
			}
		}
		p.visit(int(number))
	}
	return p.classes, p.left.tuple, nil
}

func (p *peeling) visit(number int) {
	at := p.lattice.node(number)
	for _, b := range p.barren {
		if at.below(b) {
			return
		}
	}
	if !p.take(at) {
		return
	}
	// The highest barren node on the way to the top tells the most. It stays barren, since what is left only shrinks.
	way := p.lattice.climb(number)
	low, high := 1, len(way)
	for low < high {
		middle := (low + high) / 2
		if found, _, _ := p.look(p.lattice.node(way[middle])); found.barren() {
			low = middle + 1
		} else {
			high = middle
		}
	}
	p.barren = append(p.barren, p.lattice.node(way[low-1]))
}

// barren tells whether no class passes, nor any part of one.
func (s sorted) barren() bool { return s.classes == 0 && s.meagre == s.suppressed }

// look judges what is left at a node. into has the entry of the fold into which each of those left goes.
func (p *peeling) look(at node) (found sorted, f *fold, into []uint32) {
	p.into = room(p.into, len(p.left.key))
	f = p.roll(p.left, at, &p.rolled, p.into)
	return p.sort(f, &p.grouped, &p.sorter), f, p.into
}

// take takes the classes of a node that pass, and tells whether it is barren.
func (p *peeling) take(at node) bool {
	found, f, into := p.look(at)
	if found.classes == 0 {
		return found.barren()
	}
	stays := make([]bool, len(f.key))
	for _, entries := range [][]uint32{found.failing, found.hopeless} {
		for _, e := range entries {
			stays[e] = true
		}
	}
	place, members := map[uint64]int{}, [][]uint32(nil)
	rest := &fold{node: p.left.node}
	for i, e := range into {
		tuple := p.left.tuple[i]
		if stays[e] {
			rest.key, rest.tuple, rest.rows = append(rest.key, p.left.key[i]), append(rest.tuple, tuple), append(rest.rows, p.left.rows[i])
			continue
		}
		key := p.classKey(f, int(e))
		at, known := place[key]
		if !known {
			at = len(members)
			place[key], members = at, append(members, nil)
		}
		members[at] = append(members[at], tuple)
	}
	for _, tuples := range members {
		p.classes = append(p.classes, p.newClass(tuples))
	}
	p.left = rest
	return false
}
