package recode

import "github.com/hamyar/hamyar/internal/deid/table"

// tree is one axis for local recoding: its values at all levels, each a value of its own.
type tree struct {
	axis   *axis
	leaf   []uint32 // the value that a leaf is
	parent []uint32 // of each value; the last value is the root, and its own parent
	level  []uint8
	lost   []float64 // by one cell, weighed
	far    []float64 // far[leaf*values+value] is what the lowest value above both loses; nil if there are too many pairs
}

// fewPairs are so few that they fit into a processor's cache.
const fewPairs = 1 << 17

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
	if len(t.leaf)*len(t.parent) > fewPairs {
		return
	}
	far := make([]float64, 0, len(t.leaf)*len(t.parent))
	for _, leaf := range t.leaf {
		for value := range t.parent {
			far = append(far, t.lost[t.join(leaf, uint32(value))])
		}
	}
	t.far = far
}

// from is what a leaf loses in each class, by the class's value; nil where there are too many pairs.
func (t *tree) from(leaf uint32) []float64 {
	if t.far == nil {
		return nil
	}
	return t.far[int(leaf)*len(t.parent):][:len(t.parent)]
}

// join is the lowest value above two.
func (t *tree) join(a, b uint32) uint32 {
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
