package recode

import "math"

// witness is a node that was looked at, and what it tells of the nodes below: whatever is meagre in it is meagre in them.
type witness struct {
	node  node
	rows  int      // that are meagre
	extra []uint64 // by axis and level: what suppressing them adds to the loss of a column at that level
}

func (s *search) witness(f *fold, found sorted) *witness {
	w := &witness{node: f.node, rows: found.meagre}
	for i := range s.axes {
		a := &s.axes[i]
		of := make([]uint64, len(a.levels[0]))
		for _, e := range found.hopeless {
			of[s.leaf[i][f.tuple[e]]] += uint64(f.rows[e])
		}
		for _, loss := range a.loss {
			extra := uint64(0)
			for leaf, rows := range of {
				extra += rows * (a.most - loss[leaf])
			}
			w.extra = append(w.extra, extra)
		}
	}
	return w
}

// rulesOut tells whether a node can't be the best, for it suppresses too much, or loses more than the best so far.
func (w *witness) rulesOut(s *search, at node) bool {
	if !at.below(w.node) {
		return false
	}
	if w.rows > s.most {
		return true
	}
	if s.best == nil {
		return false
	}
	sum, first := 0.0, 0
	for i := range s.axes {
		a := &s.axes[i]
		sum += a.weight * math.Log1p(a.share(a.total[at[i]]+w.extra[first+at[i]], s.ground.rows))
		first += len(a.levels)
	}
	return math.Expm1(sum) > s.best.goal
}

// recent keeps the folds that were made last, up to a weight: the next ones are made of them.
type recent struct {
	folds []*fold
	held  int
}

// mostHeld is in entries of folds, of 16 bytes each, or 20.
const mostHeld = 1 << 20

func (r *recent) keep(f *fold) {
	r.folds, r.held = append(r.folds, f), r.held+len(f.key)
	for r.held > mostHeld && len(r.folds) > 1 {
		r.held -= len(r.folds[0].key)
		r.folds[0] = nil
		r.folds = r.folds[1:]
	}
}

// below is the smallest fold of which one at a node can be made.
func (r *recent) below(at node, base *fold) *fold {
	least := base
	for _, f := range r.folds {
		if len(f.key) < len(least.key) && f.node.below(at) {
			least = f
		}
	}
	return least
}
