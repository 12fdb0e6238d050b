package attack

import (
	"context"
	"math"
	"slices"
)

// unlucky is the chance that an audit says more than is true because of bad luck.
const unlucky = 1e-4

// Audit listens to a mechanism many times, with and without one person, and tells the least ε that what it heard leaves
// possible: with luck of less than one in ten thousand it is above the true one. draws are how often each is heard; delta
// is the δ that the mechanism is allowed. A mechanism that says it has epsilon is held to it. The error is that of ctx, or
// of the mechanism.
func Audit(ctx context.Context, mechanism func(with bool) (float64, error), draws int, epsilon, delta float64) (Finding, error) {
	var heard [2][]float64
	for i, with := range []bool{false, true} {
		for draw := range draws {
			if draw%1024 == 0 && ctx.Err() != nil {
				return Finding{}, ctx.Err()
			}
			noisy, err := mechanism(with)
			if err != nil {
				return Finding{}, err
			}
			heard[i] = append(heard[i], noisy)
		}
	}
	return Finding{
		Attack: "noise", Measured: least(heard[0], heard[1], delta), Limit: epsilon,
		Meaning: "the least ε that is possible after what the mechanism said with and without a person",
	}, nil
}

// guess is a way to tell who is there: the number is on one side of a threshold.
type guess struct {
	threshold float64
	above     bool
	swapped   bool // it speaks for the draws without the person
}

// least chooses the best guess by one half of what was heard, and judges it by the other, since a guess that is chosen
// and judged by the same numbers looks better than it is.
func least(without, with []float64, delta float64) float64 {
	half := len(without) / 2
	choose := [2][]float64{slices.Sorted(slices.Values(without[:half])), slices.Sorted(slices.Values(with[:half]))}
	judge := [2][]float64{slices.Sorted(slices.Values(without[half:])), slices.Sorted(slices.Values(with[half:]))}
	best, most := guess{}, math.Inf(-1)
	thresholds := slices.Concat(choose[0], choose[1])
	slices.Sort(thresholds)
	thresholds = slices.Compact(thresholds)
	step := max(1, len(thresholds)/1000)
	for i := 0; i < len(thresholds); i += step {
		for _, above := range []bool{false, true} {
			for _, swapped := range []bool{false, true} {
				g := guess{thresholds[i], above, swapped}
				if found := g.epsilon(choose, delta); found > most {
					best, most = g, found
				}
			}
		}
	}
	return max(0, best.epsilon(judge, delta))
}

// epsilon is the least that a guess leaves possible: ln((true − δ)/false), with both shares as bad as luck allows.
func (g guess) epsilon(sorted [2][]float64, delta float64) float64 {
	first, second := sorted[1], sorted[0]
	if g.swapped {
		first, second = second, first
	}
	right := lowest(g.share(first), len(first)) - delta
	if right <= 0 {
		return math.Inf(-1)
	}
	return math.Log(right / highest(g.share(second), len(second)))
}

func (g guess) share(sorted []float64) float64 {
	at, _ := slices.BinarySearch(sorted, g.threshold)
	if g.above {
		at = len(sorted) - at
	}
	return float64(at) / float64(len(sorted))
}

// highest is the largest chance that leaves a share among n draws possible, by the bound of Chernoff: n times the
// divergence of the share from the chance is at most the logarithm of how unlikely it may be.
func highest(share float64, n int) float64 {
	low, high := share, 1.0
	for range 60 {
		middle := (low + high) / 2
		if float64(n)*divergence(share, middle) > -math.Log(unlucky/2) {
			high = middle
		} else {
			low = middle
		}
	}
	return high
}

func lowest(share float64, n int) float64 { return 1 - highest(1-share, n) }

// divergence is that of Kullback and Leibler between two coins.
func divergence(p, q float64) float64 {
	sum := 0.0
	if p > 0 {
		sum += p * math.Log(p/q)
	}
	if p < 1 {
		sum += (1 - p) * math.Log((1-p)/(1-q))
	}
	return sum
}
