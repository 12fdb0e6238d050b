package dp

import (
	"errors"
	"fmt"
	"math"

	"github.com/google/differential-privacy/go/v3/noise"
)

// Reach is how far one member can move the figures of a table: at most Cells of them, each by at most Most.
type Reach struct {
	Cells int64
	Most  int64
}

// Noise is noise of whole numbers for the figures of a table. Whole numbers have no last bits that tell what they were
// before: floating-point figures would.
type Noise struct {
	reach          Reach
	source         noise.Noise
	epsilon, delta float64 // as the source wants to be told how much
	spread         float64 // standard deviation
	cost           Cost
}

// Laplace is two-sided geometric noise for ε-differential privacy.
func Laplace(epsilon float64, r Reach) (Noise, error) {
	n := Noise{reach: r, source: noise.Laplace(), epsilon: epsilon, cost: pureCost(epsilon, 0)}
	n.spread = math.Sqrt2 * float64(r.Cells) * float64(r.Most) / epsilon
	return n, n.check()
}

// Gaussian is normal noise for rho-concentrated differential privacy.
func Gaussian(rho float64, r Reach) (Noise, error) {
	n := Noise{reach: r, source: noise.Gaussian(), cost: normalCost(rho)}
	if err := r.check(); err != nil {
		return n, err
	}
	if !(rho > 0) || math.IsInf(rho, 1) {
		return n, errors.New("noise without a cost above 0 can't be drawn")
	}
	// The source is told an (ε, δ) and finds the least σ for it. Of all the pairs with the same σ, that of ε = Δ/σ has
	// a δ that is far from what floating-point numbers can't tell from 0 or 1.
	far := math.Sqrt(float64(r.Cells)) * float64(r.Most)
	sigma := far / math.Sqrt(2*rho)
	n.epsilon = far / sigma
	n.delta = normalDelta(n.epsilon, far/sigma)
	n.spread = noise.SigmaForGaussian(r.Cells, float64(r.Most), n.epsilon, n.delta)
	if n.spread < sigma*(1-1e-9) {
		return n, fmt.Errorf("the source of noise would draw σ = %g instead of %g", n.spread, sigma)
	}
	return n, n.check()
}

// normalDelta is the δ that normal noise of deviation 1 meets exactly at an ε, where a member moves a figure by far
// (Balle and Wang 2018, theorem 8).
func normalDelta(epsilon, far float64) float64 {
	below := func(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }
	return below(far/2-epsilon/far) - math.Exp(epsilon)*below(-far/2-epsilon/far)
}

// farthest keeps sums of as many figures as a table can have rows far from the largest whole number.
const farthest = 1 << 30

func (r Reach) check() error {
	if r.Cells < 1 || r.Cells > 1<<10 || r.Most < 1 || r.Most > farthest {
		return fmt.Errorf("a member may move from 1 to %d figures by 1 to %d", 1<<10, farthest)
	}
	return nil
}

func (n Noise) check() error {
	if err := n.reach.check(); err != nil {
		return err
	}
	_, err := n.Add(0)
	return err
}

// Add draws noise and adds it. Each call draws anew and costs anew.
func (n Noise) Add(x int64) (int64, error) {
	noisy, err := n.source.AddNoiseInt64(x, n.reach.Cells, n.reach.Most, n.epsilon, n.delta)
	if err != nil {
		return 0, fmt.Errorf("noise could not be drawn: %w", err)
	}
	return noisy, nil
}

// Interval holds what a figure was before its noise, with that confidence (0 to 1) or more. It costs nothing.
func (n Noise) Interval(noisy int64, confidence float64) (low, high float64, err error) {
	i, err := n.source.ComputeConfidenceIntervalInt64(noisy, n.reach.Cells, n.reach.Most, n.epsilon, n.delta, 1-confidence)
	if err != nil {
		return 0, 0, fmt.Errorf("an interval of %g could not be found: %w", confidence, err)
	}
	return i.LowerBound, i.UpperBound, nil
}

// Cost is what it costs to add this noise to all figures of one kind in a table, once to each.
func (n Noise) Cost() Cost { return n.cost }

// Spread is the standard deviation, in the unit of the figures.
func (n Noise) Spread() float64 { return n.spread }
