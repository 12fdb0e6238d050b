package recode

import (
	"math"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Release is a table that meets its goal.
type Release struct {
	Table      *table.Table // with coarser quasi columns; the other columns are those of the original
	Suppressed []bool       // the rows that must not leave
	Levels     []int        // of each quasi column, in the order of the problem; nil with local coding
	Score      float64      // geometric mean over the quasi columns of 1 + their loss, less 1
	Loss       []float64    // of each quasi column: from 0, as it was, to 1, all rows suppressed
}

// release writes down what a search has found.
func (s *search) release(p *table.Problem, found *finding) *Release {
	r := &Release{Table: &table.Table{Columns: append([]table.Column{}, p.Table.Columns...), Rows: p.Table.Rows}}
	r.Levels = make([]int, len(s.axes))
	for i, a := range s.axes {
		level := found.node[i]
		r.Levels[a.quasi] = level
		q := &p.Quasi[a.quasi]
		r.Table.Columns[q.Column] = coarser(&p.Table.Columns[q.Column], q, level)
	}
	suppressed := make([]bool, len(s.base.key))
	for tuple := range suppressed {
		suppressed[tuple] = found.failing[s.classOf(tuple, found.node)]
	}
	r.Suppressed = make([]bool, s.rows)
	for row, tuple := range s.tupleOf {
		r.Suppressed[row] = suppressed[tuple]
	}
	r.measure(s.ground, func(axis, tuple int) uint64 {
		a := &s.axes[axis]
		if suppressed[tuple] {
			return a.most
		}
		return a.loss[found.node[axis]][s.leaf[axis][tuple]]
	})
	return r
}

// classOf is the class of a tuple at a node.
func (g *ground) classOf(tuple int, at node) uint64 {
	key := uint64(0)
	for i := range g.axes {
		a := &g.axes[i]
		key += uint64(a.levels[at[i]][g.leaf[i][tuple]]) * a.stride
	}
	return key
}

// coarser is a column at a level. Rows of the level that it has already share its codes.
func coarser(c *table.Column, q *table.Axis, level int) table.Column {
	if level == 0 {
		return *c
	}
	out := table.Column{Name: c.Name, Codes: make([]uint32, len(c.Codes))}
	known, become := map[string]uint32{}, make([]uint32, len(c.Values))
	for code := range c.Values {
		name := q.Hierarchy.Names[level][q.Hierarchy.Levels[level][q.LeafOf[code]]]
		at, met := known[name]
		if !met {
			at = uint32(len(out.Values))
			known[name], out.Values = at, append(out.Values, name)
		}
		become[code] = at
	}
	for row, code := range c.Codes {
		out.Codes[row] = become[code]
	}
	return out
}

// release writes down classes and the tuples that are in none.
func (f *forest) release(p *table.Problem, classes []class, suppressed []uint32) *Release {
	r := &Release{Table: &table.Table{Columns: append([]table.Column{}, p.Table.Columns...), Rows: p.Table.Rows}}
	classOf := make([]*class, len(f.base.key))
	for i := range classes {
		for _, tuple := range classes[i].tuples {
			classOf[tuple] = &classes[i]
		}
	}
	all := &class{}
	for _, t := range f.trees {
		all.value = append(all.value, uint32(len(t.parent)-1))
	}
	for _, tuple := range suppressed {
		classOf[tuple] = all
	}
	for i, t := range f.trees {
		q := &p.Quasi[t.axis.quasi]
		c := table.Column{Name: p.Table.Columns[q.Column].Name, Codes: make([]uint32, f.rows)}
		known, become := map[string]uint32{}, make([]uint32, len(t.parent)) // one more than a code
		for row, tuple := range f.tupleOf {
			value := classOf[tuple].value[i]
			if become[value] == 0 {
				name := t.name(q.Hierarchy, value)
				if _, met := known[name]; !met {
					c.Values = append(c.Values, name)
					known[name] = uint32(len(c.Values))
				}
				become[value] = known[name]
			}
			c.Codes[row] = become[value] - 1
		}
		r.Table.Columns[q.Column] = c
	}
	r.Suppressed = make([]bool, f.rows)
	for row, tuple := range f.tupleOf {
		r.Suppressed[row] = classOf[tuple] == all
	}
	r.measure(f.ground, func(axis, tuple int) uint64 {
		a, c := &f.axes[axis], classOf[tuple]
		if c == all {
			return a.most
		}
		return a.loss[f.trees[axis].level[c.value[axis]]][f.leaf[axis][tuple]]
	})
	return r
}

// measure adds up what the tuples lose.
func (r *Release) measure(g *ground, lost func(axis, tuple int) uint64) {
	r.Loss = make([]float64, len(g.axes))
	sum := 0.0
	for i := range g.axes {
		total := uint64(0)
		for tuple, rows := range g.base.rows {
			total += uint64(rows) * lost(i, tuple)
		}
		share := g.axes[i].share(total, g.rows)
		r.Loss[g.axes[i].quasi] = share
		sum += math.Log1p(share)
	}
	r.Score = math.Expm1(sum / float64(len(g.axes)))
}
