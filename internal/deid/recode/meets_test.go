package recode_test

import (
	"math"
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// meets judges a release by the definitions, from its cells alone.
func meets(t testing.TB, p *table.Problem, r *recode.Release) {
	t.Helper()
	rows, suppressed := map[string][]int{}, 0
	for row := range p.Table.Rows {
		if r.Suppressed[row] {
			suppressed++
			continue
		}
		key := class(p, r, row)
		rows[key] = append(rows[key], row)
	}
	if suppressed > p.MostSuppressed() {
		t.Errorf("%d rows are suppressed, and %d may be", suppressed, p.MostSuppressed())
	}
	if len(rows) == 0 {
		t.Error("nothing is released")
	}
	for _, members := range rows {
		if len(members) < p.K {
			t.Errorf("a class of %d rows, and k is %d", len(members), p.K)
		}
		for i := range p.Sensitive {
			if !diverse(p, &p.Sensitive[i], members) {
				t.Errorf("a class of %d rows isn't as diverse as it was asked to be", len(members))
			}
			if far := distance(p, &p.Sensitive[i], members); far > p.Sensitive[i].T.Value+1e-9 {
				t.Errorf("a class of %d rows is at a distance of %g", len(members), far)
			}
		}
	}
	covers(t, p, r)
	verified(t, p, r)
}

// verified asks the verifier, who has never seen the builder.
func verified(t testing.TB, p *table.Problem, r *recode.Release) {
	t.Helper()
	m, err := verify.Check(p, r.Table, r.Suppressed)
	if err != nil {
		t.Error(err)
		return
	}
	if m.MinClass < p.K || m.Suppressed > p.MostSuppressed() {
		t.Errorf("the verifier sees a class of %d rows, and %d suppressed", m.MinClass, m.Suppressed)
	}
	if math.Abs(m.Score-r.Score) > 1e-12 {
		t.Errorf("the verifier counts a Loss of %.15f, and the release tells %.15f", m.Score, r.Score)
	}
	if c := p.Presence; c != nil && (m.Presence.Min < c.Min-1e-12 || m.Presence.Max > c.Max+1e-12) {
		t.Errorf("the verifier sees a presence from %g to %g", m.Presence.Min, m.Presence.Max)
	}
}

// covers checks that every cell is a value of its hierarchy above the original one, and every other column as it was.
func covers(t testing.TB, p *table.Problem, r *recode.Release) {
	t.Helper()
	quasi := map[int]bool{}
	for i, q := range p.Quasi {
		quasi[q.Column] = true
		original, released := &p.Table.Columns[q.Column], &r.Table.Columns[q.Column]
		for row, code := range original.Codes {
			leaf, above := q.LeafOf[code], false
			for level, names := range q.Hierarchy.Names {
				above = above || names[q.Hierarchy.Levels[level][leaf]] == released.At(row)
			}
			if !above {
				t.Fatalf("row %d, column %d: the cell is not above the original", row, i)
			}
		}
	}
	for i := range p.Table.Columns {
		if !quasi[i] && !slices.Equal(p.Table.Columns[i].Codes, r.Table.Columns[i].Codes) {
			t.Errorf("column %d was changed", i)
		}
	}
}

func shares(p *table.Problem, s *table.Secret, members []int) []float64 {
	c := &p.Table.Columns[s.Column]
	of := make([]float64, len(c.Values))
	for _, row := range members {
		of[c.Codes[row]] += 1 / float64(len(members))
	}
	return of
}

func diverse(p *table.Problem, s *table.Secret, members []int) bool {
	of := slices.DeleteFunc(shares(p, s, members), func(share float64) bool { return share == 0 })
	slices.Sort(of)
	slices.Reverse(of)
	switch s.L.Kind {
	case "distinct":
		return float64(len(of)) >= s.L.Value
	case "entropy":
		entropy := 0.0
		for _, share := range of {
			entropy -= share * math.Log(share)
		}
		return math.Exp(entropy) >= s.L.Value-1e-9
	case "recursive":
		if float64(len(of)) < s.L.Value {
			return false
		}
		rest := 0.0
		for _, share := range of[int(s.L.Value)-1:] {
			rest += share
		}
		return of[0] < s.L.C*rest-1e-9 // exactly as many is too many
	}
	return true
}

func distance(p *table.Problem, s *table.Secret, members []int) float64 {
	if s.T.Kind == "" {
		return 0
	}
	here, all := shares(p, s, members), make([]float64, len(p.Table.Columns[s.Column].Values))
	for _, code := range p.Table.Columns[s.Column].Codes {
		all[code] += 1 / float64(p.Table.Rows)
	}
	far := 0.0
	switch s.T.Kind {
	case "equal":
		for code := range all {
			far += math.Abs(here[code]-all[code]) / 2
		}
	case "ordered":
		ranks := slices.Max(s.Rank) + 1
		by := make([]float64, ranks)
		for code, rank := range s.Rank {
			by[rank] += here[code] - all[code]
		}
		sum := 0.0
		for _, difference := range by {
			sum += difference
			far += math.Abs(sum)
		}
		far /= max(float64(ranks-1), 1)
	}
	return far
}
