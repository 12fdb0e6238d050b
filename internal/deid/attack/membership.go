package attack

import (
	"math"
	"slices"
)

// Membership tries to tell people who are in the table from others of the same population, by how densely the release
// stands around them: the rows that could be theirs, for each combination of leaves that those could be, once with what
// is sensitive and once without. The surer of both counts, in whichever direction it tells.
func Membership(r *Release, others *People, limits Limits) Finding {
	f := Finding{
		Attack: "membership", Measured: 0.5, Limit: limits.AUC,
		Meaning: "the chance to tell a person of the release from one who isn't in it (area under the curve; 0.5 is chance)",
	}
	for _, known := range []bool{false, true} {
		in, out := r.density(r.Members(), known), r.density(others, known)
		area := Area(in, out)
		f.Measured = max(f.Measured, area, 1-area)
	}
	return f
}

// density is how many rows of the release stand where each person does.
func (r *Release) density(p *People, secretsKnown bool) []float64 {
	find, all := r.search(r.all()), make([]float64, p.rows)
	var counts [][]map[uint32]int // by sensitive column and class
	for secret := range r.secrets {
		if secretsKnown {
			counts = append(counts, r.tally(secret))
		}
	}
	for person := range all {
		for _, class := range find.classes(p, person) {
			rows := float64(len(r.rows[class]))
			stands := rows
			for i := range r.axes {
				stands /= float64(r.axes[i].cell[class].Leaves)
			}
			for secret := range counts {
				stands *= countOf(counts[secret][class], p.secret[secret][person]) / rows
			}
			all[person] += stands
		}
	}
	return all
}

func countOf(counts map[uint32]int, code int32) float64 {
	if code == none {
		return 0
	}
	return float64(counts[uint32(code)])
}

// Area is the chance that one drawn from above is greater than one drawn from below, and half of the chance that they are
// equal: the area under a receiver's curve.
func Area(above, below []float64) float64 {
	below = slices.Sorted(slices.Values(below))
	sum := 0.0
	for _, score := range above {
		less, _ := slices.BinarySearch(below, score)
		upTo, _ := slices.BinarySearch(below, math.Nextafter(score, math.Inf(1)))
		sum += float64(less+upTo) / 2
	}
	return sum / float64(len(above)) / float64(len(below))
}
