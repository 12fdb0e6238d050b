package recode

import "slices"

// forest is the ground for local coding, where every value of a hierarchy may stand beside any other.
type forest struct {
	*ground
	trees   []*tree
	secrets []uint32 // of the class that is judged, and the rows of each
	each    []uint32
}

// class is rows that become equal.
type class struct {
	tuples []uint32
	value  []uint32 // on each axis: the lowest above all of them
	rows   uint32
	lost   float64 // by each row, from 0 to 1
}

func newForest(g *ground) *forest {
	f := &forest{ground: g}
	for i := range g.axes {
		f.trees = append(f.trees, newTree(&g.axes[i]))
	}
	return f
}

// inOrder is the ground with its tuples in the order of what they hold, not of the rows that hold them.
func (f *forest) inOrder() *fold {
	out := &fold{node: f.base.node, tuple: slices.Clone(f.base.tuple)}
	slices.SortFunc(out.tuple, func(a, b uint32) int {
		if f.base.key[a] < f.base.key[b] {
			return -1
		}
		return 1
	})
	for _, tuple := range out.tuple {
		out.key, out.rows = append(out.key, f.base.key[tuple]), append(out.rows, f.base.rows[tuple])
	}
	return out
}

func (f *forest) newClass(tuples []uint32) class {
	c := class{value: make([]uint32, len(f.trees))}
	for i, t := range f.trees {
		c.value[i] = t.leaf[f.leaf[i][tuples[0]]]
	}
	for _, tuple := range tuples {
		f.add(&c, tuple)
	}
	return c
}

// add puts a tuple into a class, which becomes as coarse as it must.
func (f *forest) add(c *class, tuple uint32) {
	c.lost = 0
	for i, t := range f.trees {
		c.value[i] = t.join(c.value[i], t.leaf[f.leaf[i][tuple]])
		c.lost += t.lost[c.value[i]]
	}
	c.rows += f.base.rows[tuple]
	c.tuples = append(c.tuples, tuple)
}

// total is what all rows of a class lose.
func (c *class) total() float64 { return float64(c.rows) * c.lost }

// passes judges tuples as one class.
func (f *forest) passes(some, more []uint32) bool {
	rows := uint32(0)
	f.secrets, f.each = f.secrets[:0], f.each[:0]
	for _, tuples := range [2][]uint32{some, more} {
		for _, tuple := range tuples {
			rows += f.base.rows[tuple]
			if f.secret != nil {
				f.secrets, f.each = append(f.secrets, f.secret[tuple]), append(f.each, f.base.rows[tuple])
			}
		}
	}
	return f.judge.judge(rows, 0, f.secrets, f.each) == passes
}
