package segment

import (
	"bytes"
	"cmp"
)

// Next returns the best hit that is left.
func (r *Ranked) Next() (hit Hit, more bool) {
	if len(r.heap) == 0 {
		return Hit{}, false
	}
	best, last := r.heap[0], len(r.heap)-1
	r.heap[0] = r.heap[last]
	r.heap = r.heap[:last]
	r.sink(0)
	return Hit{Facts: r.parts[best.part].in.Facts(int(best.doc)), Score: best.score}, true
}

// sink restores the order of the heap below i.
func (r *Ranked) sink(i int) {
	for {
		best := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(r.heap) && r.before(&r.heap[child], &r.heap[best]) {
				best = child
			}
		}
		if best == i {
			return
		}
		r.heap[i], r.heap[best] = r.heap[best], r.heap[i]
		i = best
	}
}

// before tells whether a is shown before b.
func (r *Ranked) before(a, b *standing) bool {
	if a.score != b.score {
		return a.score > b.score
	}
	x, y := r.row(a), r.row(b)
	return cmp.Or(cmp.Compare(y.day, x.day), bytes.Compare(y.post[:], x.post[:])) < 0
}

func (r *Ranked) row(s *standing) *row { return &r.parts[s.part].in.rows[s.doc] }
