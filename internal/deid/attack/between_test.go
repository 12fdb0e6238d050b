package attack_test

import (
	"errors"
	"math"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/attack"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// later is a table a while after: a tenth of the people left, and as many came. same says who is who.
func later(t *testing.T, p *table.Problem, keepNames bool) (*table.Problem, []int) {
	t.Helper()
	rows := p.Table.Rows
	fresh := town(t, draws(9), rows).Table
	same := make([]int, rows)
	next := &table.Table{Rows: rows}
	for i := range p.Table.Columns {
		cells := make([]string, rows)
		for row := range cells {
			from := &p.Table.Columns[i]
			if row%10 == 0 || i == 3 && !keepNames {
				from = &fresh.Columns[i]
			}
			cells[row] = from.At(row)
			if same[row] = row; row%10 == 0 {
				same[row] = -1
			}
		}
		next.Columns = append(next.Columns, column(p.Table.Columns[i].Name, cells))
	}
	return problem(t, next), same
}

func TestAttacksBetweenReleases(t *testing.T) {
	t.Parallel()
	limits := attack.Recommended()
	p := town(t, draws(5), 4000)
	second, same := later(t, p, false)
	frozen := attack.Intersection(released(t, p, 16, flat(2)), released(t, second, 16, flat(2)), same, limits)
	held(t, frozen[0], true)
	held(t, frozen[1], true)
	// one release by age alone and one by home alone, each with large classes
	crossed := attack.Intersection(
		released(t, p, 11, func(axis, _ int) int { return 3 * axis }),
		released(t, second, 11, func(axis, _ int) int { return 3 - 3*axis }), same, limits)
	held(t, crossed[0], false)
	held(t, crossed[1], false)

	held(t, attack.Moves(released(t, p, 1, flat(2)), released(t, second, 1, flat(2)), limits), false)
	held(t, attack.Moves(released(t, p, 1, flat(2)), released(t, p, 1, flat(2)), limits), true)

	held(t, attack.Pseudonyms(released(t, p, 1, flat(2)), released(t, second, 1, flat(2))), true)
	named, _ := later(t, p, true)
	held(t, attack.Pseudonyms(released(t, p, 1, flat(2)), released(t, named, 1, flat(2))), false)
}

func TestDifferencing(t *testing.T) {
	t.Parallel()
	exact := func(n int, groups ...string) attack.Statement {
		return attack.Statement{Groups: groups, Low: n, High: n}
	}
	rounded := func(n int, groups ...string) attack.Statement {
		return attack.Statement{Groups: groups, Low: max(0, n-2), High: n + 2}
	}
	hidden := func(groups ...string) attack.Statement { return attack.Statement{Groups: groups, High: 7} }
	for name, c := range map[string]struct {
		said []attack.Statement
		held bool
	}{
		"table less table":               {[]attack.Statement{exact(120, "in both", "new"), exact(117, "in both")}, false},
		"table less table, many":         {[]attack.Statement{exact(120, "in both", "new"), exact(100, "in both")}, true},
		"table less itself":              {[]attack.Statement{exact(120, "in both", "new"), exact(120, "in both")}, true},
		"rounded table less table":       {[]attack.Statement{rounded(120, "in both", "new"), rounded(115, "in both")}, true},
		"a total gives away one hidden":  {[]attack.Statement{exact(60, "a", "b", "c"), exact(30, "a"), exact(25, "b"), hidden("c")}, false},
		"two are hidden":                 {[]attack.Statement{exact(60, "a", "b", "c"), exact(50, "a"), hidden("b"), hidden("c")}, true},
		"two are hidden, and both large": {[]attack.Statement{exact(64, "a", "b", "c"), exact(50, "a"), hidden("b"), hidden("c")}, false},
		"rows and columns give it away": {[]attack.Statement{
			hidden("a"), hidden("b"), hidden("c"), exact(20, "d"), exact(9, "a", "b"), exact(24, "c", "d"), exact(7, "a", "c"), exact(26, "b", "d"),
		}, false},
	} {
		f, err := attack.Differencing(c.said, attack.Recommended())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if f.Held() != c.held {
			t.Errorf("%s: %+v", name, f)
		}
	}
	if _, err := attack.Differencing([]attack.Statement{exact(3, "a"), exact(4, "a", "b"), exact(2, "b")}, attack.Recommended()); !errors.Is(err, attack.ErrContradiction) {
		t.Errorf("a contradiction: %v", err)
	}
}

// laplace adds noise for that ε to a count of which one person makes rows.
func laplace(seed uint64, epsilon, rows float64) func(bool) (float64, error) {
	r := draws(seed)
	return func(with bool) (float64, error) {
		noise := (r.ExpFloat64() - r.ExpFloat64()) / epsilon
		if with {
			noise += rows
		}
		return noise, nil
	}
}

func TestNoiseIsHeard(t *testing.T) {
	t.Parallel()
	const heard = 200_000
	for _, c := range []struct {
		epsilon, rows float64
		held          bool
		least         float64
	}{
		{1, 1, true, 0.9},
		{0.1, 1, true, 0.05},
		{1, 4, false, 3.7}, // four rows of one person that nobody bounded
		{1, 1.2, false, 1.05},
	} {
		f, err := attack.Audit(t.Context(), laplace(7, c.epsilon, c.rows), heard, c.epsilon, 0)
		if err != nil {
			t.Fatal(err)
		}
		held(t, f, c.held)
		if f.Measured < c.least || f.Measured > c.epsilon*c.rows {
			t.Errorf("ε is %.3f, and at least %.3f was heard; want at least %.2f", c.epsilon*c.rows, f.Measured, c.least)
		}
	}
	silent := errors.New("silent")
	if _, err := attack.Audit(t.Context(), func(bool) (float64, error) { return 0, silent }, 10, 1, 0); !errors.Is(err, silent) {
		t.Errorf("a mechanism that fails: %v", err)
	}
}

func TestArea(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		above, below []float64
		want         float64
	}{
		{[]float64{2, 3}, []float64{0, 1}, 1},
		{[]float64{0, 1}, []float64{2, 3}, 0},
		{[]float64{1, 1}, []float64{1}, 0.5},
		{[]float64{0, 2}, []float64{1, 2}, 0.375},
	} {
		if got := attack.Area(c.above, c.below); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%v over %v: %g, want %g", c.above, c.below, got, c.want)
		}
	}
}
