package attack_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/attack"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// ages is a hierarchy of the numbers below 64: steps of 4, of 16, all.
func ages(t testing.TB) *table.Hierarchy {
	t.Helper()
	var text strings.Builder
	for i := range 64 {
		fmt.Fprintf(&text, "%d,by four %d,by sixteen %d,*\n", i, i/4, i/16)
	}
	h, err := table.ReadHierarchy(strings.NewReader(text.String()), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// town draws people, whose illness has to do with where they live, and a problem of them.
func town(t testing.TB, r *rand.Rand, people int) *table.Problem {
	t.Helper()
	cells := make([][]string, 4)
	for range people {
		age, home := r.IntN(64), r.IntN(64)
		illness := fmt.Sprint("i", r.IntN(6))
		if r.IntN(3) == 0 {
			illness = fmt.Sprint("i", home/16)
		}
		for i, cell := range []string{fmt.Sprint(age), fmt.Sprint(home), illness, fmt.Sprintf("%016x", r.Uint64())} {
			cells[i] = append(cells[i], cell)
		}
	}
	whole := &table.Table{Rows: people}
	for i, name := range []string{"age", "home", "illness", "pseudonym"} {
		whole.Columns = append(whole.Columns, column(name, cells[i]))
	}
	return problem(t, whole)
}

func problem(t testing.TB, whole *table.Table) *table.Problem {
	t.Helper()
	s := &table.Study{Privacy: table.Privacy{K: 1, SuppressionLimit: 1}, Columns: map[string]table.Trait{
		"age": {Use: table.Quasi, Hierarchy: "h"}, "home": {Use: table.Quasi, Hierarchy: "h"},
		"illness": {Use: table.Sensitive}, "pseudonym": {Use: table.Insensitive},
	}}
	p, err := s.Problem(whole, table.Parts{Hierarchies: map[string]*table.Hierarchy{"h": ages(t)}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func column(name string, cells []string) table.Column {
	c, codes := table.Column{Name: name}, map[string]uint32{}
	for _, cell := range cells {
		code, met := codes[cell]
		if !met {
			code = uint32(len(c.Values))
			codes[cell], c.Values = code, append(c.Values, cell)
		}
		c.Codes = append(c.Codes, code)
	}
	return c
}

// released makes a table coarser to a level in each quasi column of each row, and suppresses classes smaller than k.
func released(t testing.TB, p *table.Problem, k int, level func(axis, row int) int) *attack.Release {
	t.Helper()
	out := &table.Table{Columns: slices.Clone(p.Table.Columns), Rows: p.Table.Rows}
	keys := make([]string, p.Table.Rows)
	for i, axis := range p.Quasi {
		cells := make([]string, p.Table.Rows)
		for row, code := range p.Table.Columns[axis.Column].Codes {
			at := level(i, row)
			cells[row] = axis.Hierarchy.Names[at][axis.Hierarchy.Levels[at][axis.LeafOf[code]]]
			keys[row] += cells[row] + ";"
		}
		out.Columns[axis.Column] = column(p.Table.Columns[axis.Column].Name, cells)
	}
	sizes := map[string]int{}
	for _, key := range keys {
		sizes[key]++
	}
	gone := make([]bool, p.Table.Rows)
	for row, key := range keys {
		gone[row] = sizes[key] < k
	}
	r, err := attack.Open(p, out, gone)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// flat is the same level everywhere.
func flat(level int) func(int, int) int { return func(int, int) int { return level } }

func draws(seed uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, 6)) //nolint:gosec // draws examples
}

func held(t *testing.T, f attack.Finding, want bool) {
	t.Helper()
	t.Logf("%-15s %-8s %9.5f limit %9.5f  %s", f.Attack, f.Column, f.Measured, f.Limit, f.Meaning)
	if f.Held() != want {
		t.Errorf("%s: held is %v, want %v", f.Attack, f.Held(), want)
	}
}

// Each attack is held off by a release that hides people, and comes through where the rows are released as they are.
func TestAttacksOnOneRelease(t *testing.T) {
	t.Parallel()
	limits := attack.Recommended()
	members, others := attack.Halves(town(t, draws(1), 4000))
	for want, r := range map[bool]*attack.Release{
		true:  released(t, members, 11, flat(2)),
		false: released(t, members, 1, flat(0)),
	} {
		control, err := r.Others(others.Table)
		if err != nil {
			t.Fatal(err)
		}
		held(t, attack.Linkage(r, limits), want)
		held(t, attack.Homogeneity(r, limits)[0], want)
		held(t, attack.Skewness(r, limits)[0], want)
		held(t, attack.Inference(r, control, limits)[0], want)
		held(t, attack.Membership(r, control, limits), want)
		held(t, attack.SinglingOut(r, control, limits), want)
	}
}

func TestLinkageFindsWhoCouldBeMeant(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		r := draws(seed)
		p := town(t, r, 30+r.IntN(200))
		levels := [2][64]int{}
		for i := range levels {
			for leaf := range levels[i] {
				levels[i][leaf] = r.IntN(4)
			}
		}
		at := func(axis, row int) int {
			return levels[axis][p.Quasi[axis].LeafOf[p.Table.Columns[axis].Codes[row]]]
		}
		// by the definition: who is in the smallest class, and whose quasi columns fit the fewest released rows
		fewest := p.Table.Rows
		for person := range p.Table.Rows {
			fit, class := 0, 0
			for row := range p.Table.Rows {
				fits, same := true, true
				for axis := range p.Quasi {
					h, leaf := p.Quasi[axis].Hierarchy, p.Quasi[axis].LeafOf
					mine, theirs := leaf[p.Table.Columns[axis].Codes[person]], leaf[p.Table.Columns[axis].Codes[row]]
					level := at(axis, row)
					fits = fits && h.Levels[level][mine] == h.Levels[level][theirs]
					same = same && at(axis, person) == level
				}
				if fits {
					fit++
				}
				if fits && same {
					class++
				}
			}
			fewest = min(fewest, fit, class)
		}
		f := attack.Linkage(released(t, p, 1, at), attack.Recommended())
		if f.Measured != 1/float64(fewest) {
			t.Fatalf("seed %d: %g, and by the definition 1/%d", seed, f.Measured, fewest)
		}
	}
}

// Linkability comes through where each half of what is known leads to a row or two.
func TestLinkability(t *testing.T) {
	t.Parallel()
	members, others := attack.Halves(town(t, draws(2), 80))
	for want, r := range map[bool]*attack.Release{
		true:  released(t, members, 5, func(axis, _ int) int { return 3 - axis }),
		false: released(t, members, 1, flat(0)),
	} {
		control, err := r.Others(others.Table)
		if err != nil {
			t.Fatal(err)
		}
		held(t, attack.Linkability(r, control, attack.Recommended()), want)
	}
}

func TestMinimality(t *testing.T) {
	t.Parallel()
	// in the homes below 4 everybody has the same illness, so they were put together with their neighbours
	r := draws(3)
	p := town(t, r, 3000)
	home, illness := &p.Table.Columns[1], &p.Table.Columns[2]
	for row, code := range home.Codes {
		if p.Quasi[1].LeafOf[code] < 4 {
			illness.Codes[row] = uint32(slices.Index(illness.Values, "i0"))
		}
	}
	fine := released(t, p, 1, func(axis, _ int) int { return 3 - 2*axis })
	forced := released(t, p, 1, func(axis, row int) int {
		if axis == 1 && p.Quasi[1].LeafOf[home.Codes[row]] < 16 {
			return 2
		}
		return 3 - 2*axis
	})
	held(t, attack.Minimality(forced, fine, attack.Recommended())[0], false)
	held(t, attack.Minimality(fine, fine, attack.Recommended())[0], true)
}

func TestAControlThatDoesNotFitIsRefused(t *testing.T) {
	t.Parallel()
	p := town(t, draws(4), 100)
	r := released(t, p, 1, flat(3))
	for what, wrong := range map[string]*table.Table{
		"no quasi column":     {Rows: 1, Columns: []table.Column{column("home", []string{"1"}), column("illness", []string{"i1"})}},
		"no sensitive column": {Rows: 1, Columns: []table.Column{column("home", []string{"1"}), column("age", []string{"1"})}},
		"no row":              {},
	} {
		if _, err := r.Others(wrong); err == nil {
			t.Errorf("%s: it was taken", what)
		}
	}
	gone := make([]bool, p.Table.Rows)
	for row := range gone {
		gone[row] = true
	}
	if _, err := attack.Open(p, p.Table, gone); err == nil {
		t.Error("a release without a row was opened")
	}
}
