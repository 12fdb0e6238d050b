package recode

import (
	"cmp"
	"context"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// settle finds a place for the tuples that no node took: in a class that passes with them, or among the suppressed where
// that loses less, or else in classes that are merged until they pass.
func (f *forest) settle(classes []class, left []uint32) (settled []class, suppressed []uint32, err error) {
	may := f.most
	if len(classes) == 0 {
		may = 0 // or there would be nothing to release
	}
	var rest []uint32
	restRows := 0
	h := f.newHerd(classes)
	for _, tuple := range left {
		rows := int(f.base.rows[tuple])
		to, cost := h.place(tuple, -1, math.Inf(1))
		switch {
		case rows <= may && cost > float64(rows):
			may -= rows
			suppressed = append(suppressed, tuple)
		case to < 0:
			rest, restRows = append(rest, tuple), restRows+rows
		default:
			h.put(to, tuple)
		}
	}
	switch {
	case len(rest) == 0:
		return h.classes, suppressed, nil
	case restRows <= may:
		return h.classes, append(suppressed, rest...), nil
	}
	merged, err := f.merge(h.classes, f.newClass(rest))
	return merged, suppressed, err
}

// merge makes one class of those nearest to a class that fails, until it passes.
func (f *forest) merge(classes []class, failing class) ([]class, error) {
	for !f.passes(failing.tuples, nil) {
		if len(classes) == 0 {
			return nil, &table.Wrong{What: "not even all rows together meet what the study asks for; ask for less, or allow more rows to be suppressed"}
		}
		nearest, least := 0, math.Inf(1)
		for i := range classes {
			lost := 0.0
			for axis, t := range f.trees {
				lost += t.lost[t.join(failing.value[axis], classes[i].value[axis])]
			}
			if cost := float64(failing.rows+classes[i].rows)*lost - classes[i].total(); cost < least {
				nearest, least = i, cost
			}
		}
		for _, tuple := range classes[nearest].tuples {
			f.add(&failing, tuple)
		}
		classes = slices.Delete(classes, nearest, nearest+1)
	}
	return append(classes, failing), nil
}

// patience bounds the comparisons of a tuple with a class while classes are improved.
const patience = 1 << 25

// improve gives the tuples of classes away to others wherever that loses less, beginning with the coarsest classes.
func (f *forest) improve(ctx context.Context, classes []class) ([]class, error) {
	h := f.newHerd(classes)
	order := make([]int, len(classes))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(classes[b].lost, classes[a].lost), cmp.Compare(a, b))
	})
	for _, a := range order {
		if h.compared > patience {
			break
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h.dissolve(a)
	}
	return slices.DeleteFunc(h.classes, func(c class) bool { return c.rows == 0 }), nil
}

// herd is classes among which tuples look for a place.
type herd struct {
	*forest
	classes  []class
	value    []uint32  // of all classes, one after the other: they are read far more often than anything else
	loses    []float64 // what each row of a class loses
	compared int

	// Of the tuple that looks for a place: its leaves, and what each of them loses with every value.
	leaves []uint32
	from   [][]float64
}

func (f *forest) newHerd(classes []class) *herd {
	h := &herd{forest: f, classes: classes, leaves: make([]uint32, len(f.trees)), from: make([][]float64, len(f.trees))}
	h.value, h.loses = make([]uint32, len(classes)*len(f.trees)), make([]float64, len(classes))
	for i := range classes {
		h.note(i)
	}
	return h
}

// place finds the class, but for one, that loses least by taking a tuple, and what all rows lose by it. It is -1 if none
// passes with it and costs less than most.
func (h *herd) place(tuple uint32, but int, most float64) (to int, cost float64) {
	to, cost = -1, most
	more := float64(h.base.rows[tuple])
	for i, t := range h.trees {
		h.leaves[i] = h.leaf[i][tuple]
		h.from[i] = t.from(h.leaves[i])
	}
	h.compared += len(h.classes)
	for i := range h.classes {
		if i == but || more*h.loses[i] >= cost {
			continue // the tuple alone would lose as much
		}
		c := &h.classes[i]
		rows := float64(c.rows)
		limit := (cost + c.total()) / (rows + more) // by each row
		lost := h.lost(h.value[i*len(h.trees):][:len(h.trees)], limit)
		if lost < limit && (h.secret == nil || h.passes(c.tuples, []uint32{tuple})) {
			to, cost = i, (rows+more)*lost-c.total()
		}
	}
	return to, cost
}

// lost is what each row of a class loses with the tuple that looks for a place, or something from most upwards.
func (h *herd) lost(value []uint32, most float64) float64 {
	lost := 0.0
	for axis, from := range h.from {
		if from != nil {
			lost += from[value[axis]]
		} else {
			t := h.trees[axis]
			lost += t.lost[t.join(h.leaves[axis], value[axis])]
		}
		if lost >= most {
			break
		}
	}
	return lost
}

func (h *herd) put(to int, tuple uint32) {
	h.add(&h.classes[to], tuple)
	h.note(to)
}

// note copies what is read of a class.
func (h *herd) note(i int) {
	c := &h.classes[i]
	h.loses[i] = c.lost
	if c.rows == 0 {
		h.loses[i] = math.Inf(1) // nothing finds a place there any more
	}
	copy(h.value[i*len(h.trees):], c.value)
}

// dissolve gives the tuples of a class away, unless that loses more than keeping it.
func (h *herd) dissolve(a int) {
	before := map[int]class{}
	keep, now := h.classes[a].total(), 0.0
	for _, tuple := range h.classes[a].tuples {
		to, cost := h.place(tuple, a, keep-now)
		if now += cost; to < 0 {
			for i, c := range before {
				h.classes[i] = c
				h.note(i)
			}
			return
		}
		if _, known := before[to]; !known {
			c := h.classes[to]
			c.value = slices.Clone(c.value)
			before[to] = c
		}
		h.put(to, tuple)
	}
	h.classes[a] = class{}
	h.note(a)
}
