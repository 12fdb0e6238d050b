package recode

import "github.com/hamyar/hamyar/internal/deid/table"

// tree is one axis for local recoding: its values at all levels, each a value of its own.
type tree struct {
	axis   *axis
	leaf   []uint32 // the value that a leaf is
	parent []uint32 // of each value; the last value is the root, and its own parent
	level  []uint8
	lost   []float64 // by one cell, weighed
	joint  []uint32  // joint[a*values+b] is the lowest value above both; nil if there are too many
}

// fewValues are so few that all their pairs fit into a processor's cache.
const fewValues = 1 << 9

func newTree(a *axis) *tree {
	t := &tree{axis: a}
	first := uint32(0)
	for level, codes := range a.levels {
		values := uint32(0)
		for _, code := range codes {
			values = max(values, code+1)
		}
		t.parent, t.level, t.lost = append(t.parent, make([]uint32, values)...), append(t.level, make([]uint8, values)...), append(t.lost, make([]float64, values)...)
		for leaf, code := range codes {
			at := first + code
			t.level[at] = uint8(level)
			t.lost[at] = a.weight * float64(a.loss[level][leaf]) / float64(a.most)
			t.parent[at] = at
			if level == 0 {
				t.leaf = append(t.leaf, at)
			}
			if level+1 < len(a.levels) {
				t.parent[at] = first + values + a.levels[level+1][leaf]
			}
		}
		first += values
	}
	t.pair()
	return t
}

func (t *tree) pair() {
	n := uint32(len(t.parent))
	if n > fewValues {
		return
	}
	joint := make([]uint32, n*n)
	for a := range n {
		for b := range n {
			joint[a*n+b] = t.join(a, b)
		}
	}
	t.joint = joint
}

// join is the lowest value above two.
func (t *tree) join(a, b uint32) uint32 {
	if t.joint != nil {
		return t.joint[a*uint32(len(t.parent))+b]
	}
	for a != b {
		if t.level[a] <= t.level[b] {
			a = t.parent[a]
		} else {
			b = t.parent[b]
		}
	}
	return a
}

// name is how a value is written.
func (t *tree) name(h *table.Hierarchy, value uint32) string {
	level := t.level[value]
	for _, names := range h.Names[:level] {
		value -= uint32(len(names))
	}
	return h.Names[level][value]
}
