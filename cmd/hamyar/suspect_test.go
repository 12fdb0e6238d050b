package main

import (
	"fmt"
	"math"
	"slices"
)

// suspicion is a pair of personas in two communities, and what the clues say of them.
type suspicion struct {
	a, b   string
	one    bool // they are one member's
	member int  // whose, where they are
	places string
	clues  []float64
	score  float64
}

// suspicions are all pairs across communities. Members are kept apart by group, so that a guess which was learnt from
// some is tried on others.
func suspicions(all map[string]*dossier, owners map[string]int, clues []clue, group func(member int) bool) []*suspicion {
	ids := make([]string, 0, len(all))
	for id := range all {
		if group(owners[id]) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	var pairs []*suspicion
	for i, a := range ids {
		for _, b := range ids[i+1:] {
			x, y := all[a], all[b]
			if x.community == y.community {
				continue
			}
			p := &suspicion{a: a, b: b, one: owners[a] == owners[b], member: owners[a], places: min(x.community, y.community) + max(x.community, y.community), clues: make([]float64, len(clues))}
			for j, c := range clues {
				p.clues[j] = c.weigh(x, y)
			}
			pairs = append(pairs, p)
		}
	}
	for j := range clues {
		known, sum := 0, 0.0
		for _, p := range pairs {
			if !math.IsNaN(p.clues[j]) {
				known, sum = known+1, sum+p.clues[j]
			}
		}
		for _, p := range pairs {
			if math.IsNaN(p.clues[j]) {
				p.clues[j] = sum / float64(known)
			}
		}
	}
	return pairs
}

// outcome says how well a score tells pairs of one member from pairs of two: 0.5 is a guess, 1 is certain. Compared are
// pairs in the same two communities, so that which communities go together tells nothing.
type outcome struct{ auc, margin float64 } // margin: half of the 95 % interval, by members

func (o outcome) String() string { return fmt.Sprintf("%.3f ± %.3f", o.auc, o.margin) }

func judge(pairs []*suspicion, score func(*suspicion) float64) outcome {
	strangers := map[string][]float64{}
	for _, p := range pairs {
		if !p.one {
			strangers[p.places] = append(strangers[p.places], score(p))
		}
	}
	for _, scores := range strangers {
		slices.Sort(scores)
	}
	ranks := map[int][]float64{}
	for _, p := range pairs {
		if others := strangers[p.places]; p.one && len(others) > 0 {
			below, _ := slices.BinarySearch(others, score(p))
			above, _ := slices.BinarySearchFunc(others, score(p), func(x, s float64) int { return map[bool]int{true: -1, false: 1}[x <= s] })
			ranks[p.member] = append(ranks[p.member], float64(below+above)/2/float64(len(others)))
		}
	}
	sum, pairsOfOne := 0.0, 0.0
	for _, r := range ranks {
		for _, x := range r {
			sum += x
		}
		pairsOfOne += float64(len(r))
	}
	auc, spread := sum/pairsOfOne, 0.0
	for _, r := range ranks { // the members are what was drawn; their pairs hang together
		d := 0.0
		for _, x := range r {
			d += x - auc
		}
		spread += d * d
	}
	return outcome{auc, 1.96 * math.Sqrt(spread) / pairsOfOne}
}

// bestGuess is for how many personas the likeliest other one is the same member's.
func bestGuess(pairs []*suspicion) float64 {
	best := map[string]*suspicion{}
	for _, p := range pairs {
		for _, id := range []string{p.a, p.b} {
			if best[id] == nil || best[id].score < p.score {
				best[id] = p
			}
		}
	}
	right := 0
	for _, p := range best {
		if p.one {
			right++
		}
	}
	return float64(right) / float64(len(best))
}

// investigate learns from half of the members how to weigh the clues, and tries it on the other half; then the other
// way round.
func investigate(all map[string]*dossier, owners map[string]int, clues []clue) (outcome, []*suspicion) {
	even := func(member int) bool { return member%2 == 0 }
	odd := func(member int) bool { return member%2 == 1 }
	halves := [2][]*suspicion{suspicions(all, owners, clues, even), suspicions(all, owners, clues, odd)}
	for i, half := range halves {
		weights := learn(halves[1-i], len(clues))
		for _, p := range half {
			p.score = weights.of(p.clues)
		}
	}
	pairs := slices.Concat(halves[0], halves[1])
	return judge(pairs, func(p *suspicion) float64 { return p.score }), pairs
}

// weights are a logistic regression over standardised clues.
type weights struct{ mean, spread, weight []float64 }

func (w weights) of(clues []float64) (score float64) {
	for j, c := range clues {
		score += w.weight[j] * (c - w.mean[j]) / w.spread[j]
	}
	return score
}

// learn gives the few pairs of one member as much weight as all others together, of whom a sample will do.
func learn(all []*suspicion, n int) weights {
	var pairs []*suspicion
	for i, p := range all {
		if p.one || i%8 == 0 {
			pairs = append(pairs, p)
		}
	}
	w := weights{make([]float64, n), make([]float64, n), make([]float64, n)}
	ones := 0.0
	for _, p := range pairs {
		for j, c := range p.clues {
			w.mean[j] += c / float64(len(pairs))
		}
		if p.one {
			ones++
		}
	}
	for _, p := range pairs {
		for j, c := range p.clues {
			w.spread[j] += (c - w.mean[j]) * (c - w.mean[j]) / float64(len(pairs))
		}
	}
	for j := range w.spread {
		w.spread[j] = max(math.Sqrt(w.spread[j]), 1e-9)
	}
	intercept := 0.0
	for range 150 {
		slope, step := make([]float64, n), 0.0
		for _, p := range pairs {
			truth, weight := 0.0, 0.5/(float64(len(pairs))-ones)
			if p.one {
				truth, weight = 1, 0.5/ones
			}
			miss := weight * (1/(1+math.Exp(-w.of(p.clues)-intercept)) - truth)
			for j, c := range p.clues {
				slope[j] += miss * (c - w.mean[j]) / w.spread[j]
			}
			step += miss
		}
		for j := range slope {
			w.weight[j] -= 2 * (slope[j] + 0.002*w.weight[j])
		}
		intercept -= 2 * step
	}
	return w
}
