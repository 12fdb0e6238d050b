package recode

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// lattice numbers the nodes, and holds a bound for each: the Loss if nothing were suppressed.
type lattice struct {
	sizes []int // levels of each axis
	step  []int // between the numbers of a node and of the next level of an axis
	bound []float64
	order []uint32 // numbers, from the lowest bound upwards
}

func newLattice(g *ground) (*lattice, error) {
	l := &lattice{}
	nodes := 1
	for i := range g.axes {
		l.sizes, l.step = append(l.sizes, len(g.axes[i].levels)), append(l.step, nodes)
		if nodes *= len(g.axes[i].levels); nodes > mostNodes {
			return nil, &table.Wrong{What: fmt.Sprintf("the hierarchies can be combined in more than %d ways, too many to go through; give fewer columns the role quasi, or hierarchies fewer levels", mostNodes)}
		}
	}
	l.bound, l.order = make([]float64, nodes), make([]uint32, nodes)
	for number := range l.bound {
		sum := 0.0
		for i, level := range l.node(number) {
			a := &g.axes[i]
			sum += a.weight * math.Log1p(a.share(a.total[level], g.rows))
		}
		l.bound[number], l.order[number] = math.Expm1(sum), uint32(number)
	}
	slices.SortFunc(l.order, func(a, b uint32) int {
		return cmp.Or(cmp.Compare(l.bound[a], l.bound[b]), cmp.Compare(a, b))
	})
	return l, nil
}

func (l *lattice) node(number int) node {
	at := make(node, len(l.sizes))
	for i, size := range l.sizes {
		at[i] = number % size
		number /= size
	}
	return at
}

// climb is a way from a node to the top, one level of one axis at a time, always with the lowest bound.
func (l *lattice) climb(number int) []int {
	way := []int{number}
	for at := l.node(number); ; {
		next := -1
		for axis, level := range at {
			if level+1 < l.sizes[axis] && (next < 0 || l.bound[number+l.step[axis]] < l.bound[number+l.step[next]]) {
				next = axis
			}
		}
		if next < 0 {
			return way
		}
		at[next]++
		number += l.step[next]
		way = append(way, number)
	}
}

// below tells whether a node is nowhere above another.
func (n node) below(other node) bool {
	for i := range n {
		if n[i] > other[i] {
			return false
		}
	}
	return true
}
