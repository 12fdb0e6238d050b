package recode_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// optimum is the lowest Loss of all nodes, found by looking at each; it is not a number if none meets the goal.
func optimum(p *table.Problem) float64 {
	best := math.NaN()
	levels := make([]int, len(p.Quasi))
	for {
		if score, good := scoreAt(p, levels); good && !(score >= best) {
			best = score
		}
		i := 0
		for ; i < len(levels) && levels[i] == p.Quasi[i].Hierarchy.Top(); i++ {
			levels[i] = 0
		}
		if i == len(levels) {
			return best
		}
		levels[i]++
	}
}

func scoreAt(p *table.Problem, levels []int) (score float64, good bool) {
	members, people := map[string][]int{}, map[string]int{}
	key := func(leaf func(axis int) uint32) string {
		var at []uint32
		for i, q := range p.Quasi {
			at = append(at, q.Hierarchy.Levels[levels[i]][leaf(i)])
		}
		return fmt.Sprint(at)
	}
	for row := range p.Table.Rows {
		at := key(func(i int) uint32 { return leafOf(p, i, row) })
		members[at] = append(members[at], row)
	}
	if p.Presence != nil {
		for row := range p.Presence.Rows {
			people[key(func(i int) uint32 { return p.Presence.LeafOf[i][row] })]++
		}
	}
	lost, suppressed := make([]float64, len(levels)), 0
	for at, rows := range members {
		passes := len(rows) >= p.K
		for i := range p.Sensitive {
			s := &p.Sensitive[i]
			passes = passes && diverse(p, s, rows) && (s.T.Kind == "" || distance(p, s, rows) <= s.T.Value+1e-12)
		}
		if p.Presence != nil {
			share := float64(len(rows)) / float64(people[at])
			passes = passes && share >= p.Presence.Min && share <= p.Presence.Max
		}
		if !passes {
			suppressed += len(rows)
		}
		for i := range levels {
			h := p.Quasi[i].Hierarchy
			for _, row := range rows {
				if !passes {
					lost[i]++
					continue
				}
				under := 0
				for _, code := range h.Levels[levels[i]] {
					if code == h.Levels[levels[i]][leafOf(p, i, row)] {
						under++
					}
				}
				lost[i] += float64(under-1) / float64(len(h.Leaves)-1)
			}
		}
	}
	score = 1
	for _, l := range lost {
		score *= math.Pow(1+l/float64(p.Table.Rows), 1/float64(len(levels)))
	}
	return score - 1, suppressed <= p.MostSuppressed() && suppressed < p.Table.Rows
}

func leafOf(p *table.Problem, axis, row int) uint32 {
	q := &p.Quasi[axis]
	return q.LeafOf[p.Table.Columns[q.Column].Codes[row]]
}

func TestReleasesMeetTheirGoalsAndGlobalIsTheOptimum(t *testing.T) {
	t.Parallel()
	met := map[string]int{}
	for seed := range uint64(300) {
		d := draw(seed)
		p := d.problem(t)
		want := optimum(p)
		r, err := recode.Global(t.Context(), p, nil)
		var wrong *table.Wrong
		switch {
		case errors.As(err, &wrong):
			if !math.IsNaN(want) {
				t.Errorf("seed %d, %s: refused, and %g can be met", seed, d.goal, want)
			}
		case err != nil:
			t.Fatal(err)
		case math.IsNaN(want) || math.Abs(r.Score-want) > 1e-12:
			t.Errorf("seed %d, %s: %g, and the optimum is %g", seed, d.goal, r.Score, want)
		default:
			met[d.goal+" global"]++
			meets(t, p, r)
		}
		if p.Presence != nil {
			if _, err := recode.Local(t.Context(), p, nil); !errors.As(err, &wrong) {
				t.Errorf("seed %d: local coding promises presence: %v", seed, err)
			}
			continue
		}
		local, err := recode.Local(t.Context(), p, nil)
		if errors.As(err, &wrong) && math.IsNaN(want) {
			continue
		}
		if err != nil {
			t.Errorf("seed %d, %s: local coding refuses what global meets: %v", seed, d.goal, err)
			continue
		}
		met[d.goal+" local"]++
		meets(t, p, local)
	}
	for _, goal := range goals {
		if met[goal+" global"] == 0 || met[goal+" local"] == 0 && !strings.Contains(goal, "delta") {
			t.Errorf("%s was never met, so nothing was tried", goal)
		}
	}
}

func TestOrderAndWordsChangeNothing(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		d := draw(seed)
		for name, change := range map[string]func(*drawn){
			"rows in another order":    (*drawn).shuffle,
			"columns in another order": (*drawn).turn,
			"values in other words":    (*drawn).rename,
		} {
			other := draw(seed)
			change(other)
			for coding, recoded := range map[string]coder{"global": recode.Global, "local": recode.Local} {
				if before, after := outcome(t, d, recoded), outcome(t, other, recoded); before != after {
					t.Errorf("seed %d, %s, %s, %s:\n%s, was\n%s", seed, d.goal, coding, name, after, before)
				}
			}
		}
	}
}

type coder = func(context.Context, *table.Problem, func(float64)) (*recode.Release, error)

// outcome tells everything of a release that has no order and no words.
func outcome(t testing.TB, d *drawn, recoded coder) string {
	t.Helper()
	p := d.problem(t)
	r, err := recoded(t.Context(), p, nil)
	var wrong *table.Wrong
	if errors.As(err, &wrong) {
		return wrong.What
	}
	if err != nil {
		t.Fatal(err)
	}
	of, suppressed := classes(p, r)
	sizes := slices.Sorted(maps.Values(of))
	losses := map[string]string{}
	for i, q := range p.Quasi {
		losses[p.Table.Columns[q.Column].Name] = fmt.Sprintf("%.12f", r.Loss[i])
		if r.Levels != nil {
			losses[p.Table.Columns[q.Column].Name] += fmt.Sprint(" at ", r.Levels[i])
		}
	}
	return fmt.Sprint(losses, suppressed, sizes)
}

func (d *drawn) shuffle() {
	r := rand.New(rand.NewPCG(1, 1)) //nolint:gosec // a test that is the same every time
	r.Shuffle(len(d.rows), func(i, j int) { d.rows[i], d.rows[j] = d.rows[j], d.rows[i] })
}

func (d *drawn) turn() {
	slices.Reverse(d.columns)
	slices.Reverse(d.roles)
	slices.Reverse(d.words)
	d.hierarchies = append(d.hierarchies, nil)
	slices.Reverse(d.hierarchies)
	for _, rows := range [][][]int{d.rows, d.population[len(d.rows):]} { // the population's first rows are those of the table
		for _, row := range rows {
			slices.Reverse(row)
		}
	}
}

func (d *drawn) rename() {
	for i := range d.words[:3] {
		d.words[i] = func(level, value int) string { return fmt.Sprintf("%c%d", 'z'-rune(value), level) }
	}
	d.words[3] = func(_, value int) string { return fmt.Sprint(100 + 7*value) }
}
