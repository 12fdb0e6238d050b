package recode

import "slices"

// fold is the ground seen at one node of the lattice: which combinations of values there are at those levels, with how
// many rows of which secret each. An entry is known by its key, and by one tuple of the ground that is in it.
type fold struct {
	node   node
	key    []uint64
	tuple  []uint32
	rows   []uint32
	people []uint32 // of the population, where presence is judged
}

// slots find entries by their key. They are used again and again, for making them anew is what would cost.
type slots struct {
	entry []uint32 // one more than its index; 0 where there is none
	mask  uint64
	out   fold // of the last roll
}

func (s *slots) clear(entries int) {
	size := 16
	for size < 2*entries {
		size *= 2
	}
	if size > len(s.entry) {
		s.entry = make([]uint32, size)
	}
	clear(s.entry[:size])
	s.mask = uint64(size - 1)
}

// grow makes room for as many keys again.
func (s *slots) grow(keys []uint64) {
	s.clear(max(4*len(keys), 1<<10))
	for e, key := range keys {
		*s.find(key, keys) = uint32(e + 1)
	}
}

// find is the slot in which a key is, or would be, if keys are those of the entries so far.
func (s *slots) find(key uint64, keys []uint64) *uint32 {
	mixed := key * 0x9e3779b97f4a7c15
	for at := (mixed ^ mixed>>32) & s.mask; ; at = (at + 1) & s.mask {
		if e := s.entry[at]; e == 0 || keys[e-1] == key {
			return &s.entry[at]
		}
	}
}

// roll is the fold at a node, made of one that is nowhere above it. It is valid until the next roll with these slots. into
// is told the entry that each of its entries goes into; it may be nil.
func (g *ground) roll(from *fold, to node, s *slots, into []uint32) *fold {
	shifts := make([]shift, 0, len(g.axes))
	for i := range g.axes {
		if from.node[i] != to[i] {
			shifts = append(shifts, g.shift(i, from.node[i], to[i]))
		}
	}
	out := &s.out
	out.node, out.key, out.tuple, out.rows, out.people = to, out.key[:0], out.tuple[:0], out.rows[:0], out.people[:0]
	s.clear(len(from.key))
	for e, key := range from.key {
		tuple := from.tuple[e]
		for i := range shifts {
			key += shifts[i].by[shifts[i].leaf[tuple]]
		}
		slot := s.find(key, out.key)
		if *slot == 0 {
			out.key, out.tuple, out.rows = append(out.key, key), append(out.tuple, tuple), append(out.rows, 0)
			if from.people != nil {
				out.people = append(out.people, 0)
			}
			*slot = uint32(len(out.key))
		}
		if into != nil {
			into[e] = *slot - 1
		}
		out.rows[*slot-1] += from.rows[e]
		if from.people != nil {
			out.people[*slot-1] += from.people[e]
		}
	}
	if from.people == nil {
		out.people = nil
	}
	return out
}

// copy is a fold that stays valid.
func (f *fold) copy() *fold {
	return &fold{node: f.node, key: slices.Clone(f.key), tuple: slices.Clone(f.tuple), rows: slices.Clone(f.rows), people: slices.Clone(f.people)}
}

// shift is what the key of a tuple changes by when one axis changes its level.
type shift struct {
	leaf []uint32 // of each tuple
	by   []uint64 // of each leaf; it wraps around
}

func (g *ground) shift(axis, from, to int) shift {
	a := &g.axes[axis]
	by := make([]uint64, len(a.levels[0]))
	for leaf := range by {
		by[leaf] = (uint64(a.levels[to][leaf]) - uint64(a.levels[from][leaf])) * a.stride
	}
	return shift{leaf: g.leaf[axis], by: by}
}
