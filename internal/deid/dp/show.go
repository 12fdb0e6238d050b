package dp

import (
	"fmt"
	"math"
)

// show puts noise to a measure.
func (m *Measure) show(f *figure, n []Noise, confidence float64) ([]Figure, error) {
	switch {
	case m.Sum != "":
		return m.showSum(f, n[0], confidence)
	case m.Mean != "":
		return m.showMean(f, n[0], n[1], confidence)
	}
	return m.showQuantiles(f, n[0], confidence)
}

func (m *Measure) showSum(f *figure, n Noise, confidence float64) ([]Figure, error) {
	noisy, err := n.Add(f.sum)
	if err != nil {
		return nil, err
	}
	low, high, err := n.Interval(noisy, confidence)
	if err != nil {
		return nil, err
	}
	return []Figure{m.figure("sum of "+m.Sum, 0, m.possible(float64(noisy)), m.possible(low), m.possible(high))}, nil
}

// possible keeps a sum on the side of 0 on which all its parts are.
func (m *Measure) possible(sum float64) float64 {
	if *m.Min >= 0 {
		sum = math.Max(0, sum)
	}
	if *m.Max <= 0 {
		sum = math.Min(0, sum)
	}
	return sum
}

func (m *Measure) showMean(f *figure, ofSum, ofSaid Noise, confidence float64) ([]Figure, error) {
	sum, err := ofSum.Add(f.sum)
	if err != nil {
		return nil, err
	}
	said, err := ofSaid.Add(f.said)
	if err != nil {
		return nil, err
	}
	each := 1 - (1-confidence)/2 // what holds for each of two so often holds for both as often as was asked
	sumLow, sumHigh, err := ofSum.Interval(sum, each)
	if err != nil {
		return nil, err
	}
	saidLow, saidHigh, err := ofSaid.Interval(said, each)
	if err != nil {
		return nil, err
	}
	fewest, most := math.Max(1, saidLow), math.Max(1, saidHigh)
	mean := float64(sum) / math.Max(1, float64(said))
	low, high := math.Min(sumLow/fewest, sumLow/most), math.Max(sumHigh/fewest, sumHigh/most)
	return []Figure{m.figure("mean of "+m.Mean, 2, m.within(mean), m.within(low), m.within(high))}, nil
}

// within is a mean from its middle, as one from 0 that can be.
func (m *Measure) within(mean float64) float64 {
	low, high := float64(m.steps(*m.Min)), float64(m.steps(*m.Max))
	return math.Max(low, math.Min(high, mean+float64(m.middle())))
}

func (m *Measure) showQuantiles(f *figure, n Noise, confidence float64) ([]Figure, error) {
	low := m.steps(*m.Min)
	noisy := newForest(f.tree, m.steps(*m.Max)-low+1, n)
	var all []Figure
	for _, share := range m.At {
		at, from, to, err := noisy.around(share, confidence)
		if err != nil {
			return nil, err
		}
		all = append(all, m.figure(fmt.Sprintf("quantile %g of %s", share, m.Quantiles), 0, at+float64(low), from+float64(low), to+float64(low)))
	}
	return all, nil
}

func (m *Measure) figure(name string, more int, value, low, high float64) Figure {
	return Figure{Name: name, Value: m.written(value, more), Low: m.written(low, more), High: m.written(high, more)}
}

// spreads are the standard deviations of what a measure shows, where they depend on nothing but the plan.
func (m *Measure) spreads(n []Noise) []float64 {
	switch {
	case m.Sum != "":
		return []float64{n[0].spread * m.Step}
	case m.Mean != "":
		return []float64{0}
	}
	return make([]float64, len(m.At))
}
