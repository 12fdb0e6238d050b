package recode

import (
	"cmp"
	"math/bits"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// node is a level for each axis.
type node []int

// axis is a quasi-identifying column as the search sees it. Losses are whole numbers, so that they add up to the same sum
// in any order: the leaves under a value less one, of which most is that of the last level and of a suppressed cell.
type axis struct {
	quasi  int        // its place among those of the problem
	levels [][]uint32 // levels[l][leaf] is the leaf's value
	loss   [][]uint64 // loss[l][leaf] is that of one cell
	total  []uint64   // total[l] is that of the whole column
	most   uint64
	weight float64 // all of them add up to 1
	stride uint64  // of its values in keys
}

// ground is what a search stands on: the different combinations of leaves and secrets, each a tuple, and how many rows
// hold it. Everything after it takes as long as there are tuples, however many rows there are.
type ground struct {
	axes    []axis     // in the order of their columns' names, so that the order of columns changes nothing
	leaf    [][]uint32 // leaf[axis][tuple]
	secret  []uint32   // of each tuple; nil unless secrets are judged
	base    *fold
	tupleOf []uint32 // of each row
	rows    int
	most    int // rows that may be suppressed
	judge   *judge
}

func newGround(p *table.Problem) (*ground, error) {
	g := &ground{rows: p.Table.Rows, most: p.MostSuppressed()}
	for i := range p.Quasi {
		g.axes = append(g.axes, newAxis(i, &p.Quasi[i]))
	}
	name := func(a axis) string { return p.Table.Columns[p.Quasi[a.quasi].Column].Name }
	slices.SortFunc(g.axes, func(a, b axis) int { return cmp.Compare(name(a), name(b)) })
	secrets := newSecrets(p)
	if err := g.stride(uint64(secrets.kinds)); err != nil {
		return nil, err
	}
	g.judge = newJudge(p, secrets)
	g.gather(p, secrets)
	g.totals()
	return g, nil
}

func newAxis(quasi int, q *table.Axis) axis {
	h := q.Hierarchy
	a := axis{quasi: quasi, levels: h.Levels, most: uint64(max(len(h.Leaves)-1, 1)), weight: q.Weight}
	for level, codes := range h.Levels {
		under := make([]uint64, len(h.Names[level]))
		for _, code := range codes {
			under[code]++
		}
		loss := make([]uint64, len(codes))
		for leaf, code := range codes {
			loss[leaf] = under[code] - 1
		}
		a.loss = append(a.loss, loss)
	}
	return a
}

// stride gives every axis its place in keys of 64 bits.
func (g *ground) stride(next uint64) error {
	sum := 0.0
	for i := range g.axes {
		a := &g.axes[i]
		a.stride = next
		over, product := bits.Mul64(next, uint64(len(a.levels[0])))
		if over > 0 {
			return &table.Wrong{What: "the quasi columns have more combinations than can be told apart (2⁶⁴); give fewer columns that role"}
		}
		next, sum = product, sum+a.weight
	}
	for i := range g.axes {
		g.axes[i].weight /= sum
	}
	return nil
}

// gather finds the tuples.
func (g *ground) gather(p *table.Problem, secrets *secrets) {
	g.leaf, g.tupleOf = make([][]uint32, len(g.axes)), make([]uint32, g.rows)
	base := &fold{node: make(node, len(g.axes))}
	leaves := make([]uint32, len(g.axes))
	s := &slots{}
	enter := func(secret uint32) uint32 {
		key := uint64(secret)
		for i, leaf := range leaves {
			key += uint64(leaf) * g.axes[i].stride
		}
		if 2*len(base.key) >= len(s.entry) {
			s.grow(base.key)
		}
		slot := s.find(key, base.key)
		if *slot == 0 {
			base.key, base.tuple, base.rows = append(base.key, key), append(base.tuple, uint32(len(base.key))), append(base.rows, 0)
			for i, leaf := range leaves {
				g.leaf[i] = append(g.leaf[i], leaf)
			}
			if secrets.of != nil {
				g.secret = append(g.secret, secret)
			}
			*slot = uint32(len(base.key))
		}
		return *slot - 1
	}
	for row := range g.tupleOf {
		for i := range g.axes {
			q := &p.Quasi[g.axes[i].quasi]
			leaves[i] = q.LeafOf[p.Table.Columns[q.Column].Codes[row]]
		}
		tuple := enter(secrets.at(row))
		g.tupleOf[row] = tuple
		base.rows[tuple]++
	}
	if p.Presence != nil {
		g.crowd(p.Presence, leaves, enter, base)
	}
	g.base = base
}

// crowd counts the population among the tuples. Those of its people who aren't among the rows add tuples without rows.
func (g *ground) crowd(c *table.Crowd, leaves []uint32, enter func(uint32) uint32, base *fold) {
	for row := range c.Rows {
		for i := range g.axes {
			leaves[i] = c.LeafOf[g.axes[i].quasi][row]
		}
		tuple := enter(0) // presence is a matter of classes, whatever secret stands for it
		base.people = append(base.people, make([]uint32, len(base.key)-len(base.people))...)
		base.people[tuple]++
	}
	base.people = append(base.people, make([]uint32, len(base.key)-len(base.people))...)
}

// totals adds up each column's loss at each level.
func (g *ground) totals() {
	for i := range g.axes {
		a := &g.axes[i]
		of := make([]uint64, len(a.levels[0]))
		for tuple, leaf := range g.leaf[i] {
			of[leaf] += uint64(g.base.rows[tuple])
		}
		a.total = make([]uint64, len(a.levels))
		for level, loss := range a.loss {
			for leaf, rows := range of {
				a.total[level] += rows * loss[leaf]
			}
		}
	}
}
