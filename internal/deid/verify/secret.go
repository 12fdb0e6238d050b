package verify

import (
	"fmt"
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Secret is how well a sensitive column is protected: each figure is that of the worst class. Distributions are compared
// with that in the whole table, suppressed rows among them.
type Secret struct {
	Column    string
	DistinctL int
	EntropyL  float64 // e to the entropy; entropy l-diversity holds up to it
	// RecursiveC is how often the most frequent value is met for each of those from the RecursiveL-th on: (c, l)-diversity
	// holds for every c above it. RecursiveL is what was asked for, and otherwise DistinctL.
	RecursiveL int
	RecursiveC float64
	EqualT     float64  // half the sum of differences between shares
	OrderedT   *float64 // by the order of the values; nil unless the problem has one
	Alpha      float64  // the share of the most frequent value
	BasicBeta  float64  // how much larger a value's share is than in the table, as a share of that
	// EnhancedBeta is the least β such that no share is larger by more than min(β, −ln p), p being the value's share in the
	// table, bounded as pyCANON bounds it.
	EnhancedBeta float64
	Disclosure   float64 // δ: the logarithm of how many times larger or smaller a share is, of values that a class has
}

// spread is a sensitive column while classes are looked at.
type spread struct {
	codes []uint32
	share []float64 // of each code in the table
	here  []int     // rows of each code in the class
	met   []uint32  // codes of which here has some
	order []uint32  // codes by rank; nil without an order
	rank  []int
	ranks int
}

func secrets(p *table.Problem, c *classes) []Secret {
	var all []Secret
	for i := range p.Sensitive {
		asked := &p.Sensitive[i]
		column := &p.Table.Columns[asked.Column]
		s := newSpread(column, asked.Rank)
		one := s.worst(c, Secret{Column: column.Name})
		one.RecursiveL = one.DistinctL
		if asked.L.Kind == "recursive" {
			one.RecursiveL = int(asked.L.Value)
		}
		for class := range c.first {
			s.count(c.of(class))
			one.RecursiveC = max(one.RecursiveC, s.recursive(one.RecursiveL))
		}
		all = append(all, one)
	}
	return all
}

func newSpread(c *table.Column, rank []int) *spread {
	s := &spread{codes: c.Codes, share: make([]float64, len(c.Values)), here: make([]int, len(c.Values)), rank: rank}
	counts := make([]int, len(c.Values))
	for _, code := range c.Codes {
		counts[code]++
	}
	for code, count := range counts {
		s.share[code] = float64(count) / float64(len(c.Codes))
	}
	if rank != nil {
		for code := range rank {
			s.order = append(s.order, uint32(code))
			s.ranks = max(s.ranks, rank[code]+1)
		}
		slices.SortFunc(s.order, func(a, b uint32) int { return rank[a] - rank[b] })
	}
	return s
}

func (s *spread) count(rows []uint32) {
	for _, code := range s.met {
		s.here[code] = 0
	}
	s.met = s.met[:0]
	for _, row := range rows {
		code := s.codes[row]
		if s.here[code] == 0 {
			s.met = append(s.met, code)
		}
		s.here[code]++
	}
}

func (s *spread) worst(c *classes, w Secret) Secret {
	far := 0.0
	for class := range c.first {
		rows := c.of(class)
		s.count(rows)
		if class == 0 || len(s.met) < w.DistinctL {
			w.DistinctL = len(s.met)
		}
		entropy, beta, equal := 0.0, math.Inf(-1), 1.0
		for _, code := range s.met {
			here, all := float64(s.here[code])/float64(len(rows)), s.share[code]
			entropy -= here * math.Log(here)
			beta = max(beta, here/all-1)
			equal -= min(here, all)
			w.Alpha = max(w.Alpha, here)
			w.Disclosure = max(w.Disclosure, math.Abs(math.Log(here/all)))
		}
		if l := math.Exp(entropy); class == 0 || l < w.EntropyL {
			w.EntropyL = l
		}
		w.BasicBeta, w.EqualT = max(w.BasicBeta, beta), max(w.EqualT, equal)
		far = max(far, s.ordered(len(rows)))
	}
	if s.order != nil {
		w.OrderedT = &far
	}
	for _, all := range s.share {
		w.EnhancedBeta = max(w.EnhancedBeta, min(w.BasicBeta, -math.Log(all)))
	}
	return w
}

// ordered is the earth mover's distance between ranks, each one step from the next, as a share of the longest way.
func (s *spread) ordered(rows int) float64 {
	if s.ranks < 2 {
		return 0
	}
	far, carried := 0.0, 0.0
	for i, code := range s.order {
		carried += float64(s.here[code])/float64(rows) - s.share[code]
		if i+1 < len(s.order) && s.rank[s.order[i+1]] != s.rank[code] {
			far += math.Abs(carried)
		}
	}
	return far / float64(s.ranks-1)
}

// recursive is the most frequent value's rows for each of the rows from the l-th value on.
func (s *spread) recursive(l int) float64 {
	counts := make([]int, 0, len(s.met))
	for _, code := range s.met {
		counts = append(counts, s.here[code])
	}
	slices.SortFunc(counts, func(a, b int) int { return b - a })
	if len(counts) < l {
		return math.Inf(1)
	}
	rest := 0
	for _, count := range counts[l-1:] {
		rest += count
	}
	return float64(counts[0]) / float64(rest)
}

func (s *Secret) meets(asked *table.Secret) error {
	l, t := asked.L, asked.T
	switch {
	case l.Kind == "distinct" && float64(s.DistinctL) < l.Value:
		return fmt.Errorf("column %s: a class has %d different values, and l is %g", s.Column, s.DistinctL, l.Value)
	case l.Kind == "entropy" && s.EntropyL < l.Value*(1-rounding):
		return fmt.Errorf("column %s: entropy l is %.4g in a class, and %g is asked for", s.Column, s.EntropyL, l.Value)
	case l.Kind == "recursive" && s.RecursiveC >= l.C:
		return fmt.Errorf("column %s: recursive (c, %d)-diversity holds for c above %.4g, and c is %g", s.Column, s.RecursiveL, s.RecursiveC, l.C)
	case t.Kind == "equal" && s.EqualT > t.Value+rounding:
		return fmt.Errorf("column %s: t is %.4g in a class, and %g is asked for", s.Column, s.EqualT, t.Value)
	case t.Kind == "ordered" && (s.OrderedT == nil || *s.OrderedT > t.Value+rounding):
		return fmt.Errorf("column %s: ordered t is above %g in a class", s.Column, t.Value)
	}
	return nil
}
