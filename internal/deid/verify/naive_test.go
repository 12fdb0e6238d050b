package verify_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// coarsened recodes a table to levels in the plainest way, and suppresses the rows of classes that have fewer than k.
func coarsened(p *table.Problem, levels []int) (*table.Table, []bool) {
	out := &table.Table{Columns: slices.Clone(p.Table.Columns), Rows: p.Table.Rows}
	key := make([]string, p.Table.Rows)
	for i, axis := range p.Quasi {
		cells := make([]string, p.Table.Rows)
		for row, code := range p.Table.Columns[axis.Column].Codes {
			cells[row] = axis.Hierarchy.Names[levels[i]][axis.Hierarchy.Levels[levels[i]][axis.LeafOf[code]]]
			key[row] += cells[row] + "\x00"
		}
		out.Columns[axis.Column] = column(p.Table.Columns[axis.Column].Name, cells)
	}
	size := map[string]int{}
	for _, k := range key {
		size[k]++
	}
	gone := make([]bool, p.Table.Rows)
	for row, k := range key {
		gone[row] = size[k] < p.K
	}
	return out, gone
}

func column(name string, cells []string) table.Column {
	c := table.Column{Name: name}
	for _, cell := range cells {
		at := slices.Index(c.Values, cell)
		if at < 0 {
			at = len(c.Values)
			c.Values = append(c.Values, cell)
		}
		c.Codes = append(c.Codes, uint32(at))
	}
	return c
}

// steps is a hierarchy of the numbers below 8: halves, quarters.
func steps(t testing.TB) *table.Hierarchy {
	t.Helper()
	var text strings.Builder
	for i := range 8 {
		fmt.Fprintf(&text, "%d,p%d,h%d,*\n", i, i/2, i/4)
	}
	h, err := table.ReadHierarchy(strings.NewReader(text.String()), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// drawn is a small table of chance, with a population that it was taken from.
func drawn(t testing.TB, r *rand.Rand) *table.Problem {
	t.Helper()
	rows := 2 + r.IntN(60)
	cells := make([][]string, 3)
	for range rows {
		cells[0] = append(cells[0], fmt.Sprint(r.IntN(8)))
		cells[1] = append(cells[1], fmt.Sprint(r.IntN(8)))
		cells[2] = append(cells[2], fmt.Sprint(r.IntN(1+r.IntN(5))))
	}
	taken := &table.Table{Rows: rows, Columns: []table.Column{column("a", cells[0]), column("b", cells[1]), column("s", cells[2])}}
	for range r.IntN(60) {
		cells[0], cells[1] = append(cells[0], fmt.Sprint(r.IntN(8))), append(cells[1], fmt.Sprint(r.IntN(8)))
	}
	everybody := &table.Table{Rows: len(cells[0]), Columns: []table.Column{column("a", cells[0]), column("b", cells[1])}}
	s := &table.Study{
		Columns: map[string]table.Trait{
			"a": {Use: table.Quasi, Hierarchy: "h"}, "b": {Use: table.Quasi, Hierarchy: "h"},
			"s": {Use: table.Sensitive, T: &table.Closeness{Kind: "ordered", Value: 1}},
		},
		Privacy: table.Privacy{K: 1 + r.IntN(3), SuppressionLimit: 1, Delta: &table.Presence{Max: 1, Population: "everybody"}},
	}
	s.Privacy.K = min(s.Privacy.K, rows)
	p, err := s.Problem(taken, table.Parts{Hierarchies: map[string]*table.Hierarchy{"h": steps(t)}, Population: everybody})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMeasuresAreThoseOfTheDefinitions(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // a test that fails must fail again
		p := drawn(t, r)
		released, gone := coarsened(p, []int{r.IntN(4), r.IntN(4)})
		if r.IntN(2) == 0 {
			released, gone = mixed(p, r)
		}
		m, err := verify.Check(p, released, gone)
		if err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		want := plainly(p, released, gone)
		s := m.Secrets[0]
		for what, pair := range map[string][2]float64{
			"smallest class": {float64(m.MinClass), want.k}, "classes": {float64(m.Classes), want.classes},
			"distinct l": {float64(s.DistinctL), want.l}, "entropy l": {s.EntropyL, want.entropy}, "c": {s.RecursiveC, want.c},
			"equal t": {s.EqualT, want.equal}, "ordered t": {*s.OrderedT, want.ordered},
			"α": {s.Alpha, want.alpha}, "β": {s.BasicBeta, want.beta}, "δ": {s.Disclosure, want.delta},
			"discernibility": {m.Discernibility, want.discernibility}, "mean loss": {m.MeanLoss, want.loss},
			"presence": {m.Presence.Max, want.presence}, "journalist": {m.Risk.JournalistMax, want.journalist}, "marketer": {m.Risk.Marketer, want.marketer},
		} {
			if !(math.Abs(pair[0]-pair[1]) < 1e-9) {
				t.Fatalf("seed %d: %s is %g, and by the definition %g", seed, what, pair[0], pair[1])
			}
		}
	}
}

// mixed is a release with levels of its own for each pair of values, as local recoding has them.
func mixed(p *table.Problem, r *rand.Rand) (*table.Table, []bool) {
	out := &table.Table{Columns: slices.Clone(p.Table.Columns), Rows: p.Table.Rows}
	gone := make([]bool, p.Table.Rows)
	for _, axis := range p.Quasi {
		var cells []string
		levels := make([]int, 8)
		for i := range levels {
			levels[i] = r.IntN(4)
		}
		for _, code := range p.Table.Columns[axis.Column].Codes {
			leaf := axis.LeafOf[code]
			level := levels[leaf]
			cells = append(cells, axis.Hierarchy.Names[level][axis.Hierarchy.Levels[level][leaf]])
		}
		out.Columns[axis.Column] = column(p.Table.Columns[axis.Column].Name, cells)
	}
	for row := range gone {
		gone[row] = r.IntN(5) == 0
	}
	return out, gone
}

type plain struct {
	k, classes, l, entropy, c, equal, ordered, alpha, beta, delta, discernibility, loss, presence, journalist, marketer float64
}

// plainly works every figure out from the text of its definition, with strings alone.
func plainly(p *table.Problem, released *table.Table, gone []bool) plain {
	byKey, leaves := map[string][]int{}, map[string]int{"*": 8}
	for i := range 8 {
		leaves[fmt.Sprint(i)], leaves[fmt.Sprintf("p%d", i/2)], leaves[fmt.Sprintf("h%d", i/4)] = 1, 2, 4
	}
	var w plain
	for row := range released.Rows {
		a, b := released.Columns[0].At(row), released.Columns[1].At(row)
		if gone[row] {
			w.loss += 1 / float64(released.Rows)
			w.discernibility += float64(released.Rows)
			continue
		}
		byKey[a+" "+b] = append(byKey[a+" "+b], row)
		w.loss += float64(leaves[a]-1+leaves[b]-1) / 7 / 2 / float64(released.Rows)
	}
	w.classes = float64(len(byKey))
	if len(byKey) == 0 {
		return w
	}
	secret := &p.Table.Columns[2]
	shareIn := func(rows []int, value string) float64 {
		n := 0.0
		for _, row := range rows {
			if secret.At(row) == value {
				n++
			}
		}
		return n / float64(len(rows))
	}
	everyone := make([]int, p.Table.Rows)
	for row := range everyone {
		everyone[row] = row
	}
	values := slices.Sorted(slices.Values(secret.Values))
	w.k, w.l, w.entropy = math.Inf(1), math.Inf(1), math.Inf(1)
	for _, rows := range byKey {
		n := float64(len(rows))
		w.k, w.discernibility = min(w.k, n), w.discernibility+n*n
		distinct, entropy, equal, ordered, so := 0.0, 0.0, 0.0, 0.0, 0.0
		for i, v := range values {
			q, all := shareIn(rows, v), shareIn(everyone, v)
			equal += math.Abs(q-all) / 2
			if so += q - all; i+1 < len(values) {
				ordered += math.Abs(so) / float64(len(values)-1)
			}
			w.beta = max(w.beta, (q-all)/all)
			if q > 0 {
				distinct++
				entropy -= q * math.Log(q)
				w.alpha, w.delta = max(w.alpha, q), max(w.delta, math.Abs(math.Log(q/all)))
			}
		}
		w.l, w.entropy = min(w.l, distinct), min(w.entropy, math.Exp(entropy))
		w.equal, w.ordered = max(w.equal, equal), max(w.ordered, ordered)
		crowd := meant(p, released, rows[0])
		w.presence, w.journalist = max(w.presence, n/crowd), max(w.journalist, 1/crowd)
		w.marketer += n / crowd / float64(p.Table.Rows)
	}
	for _, rows := range byKey {
		var shares []float64
		for _, v := range values {
			shares = append(shares, shareIn(rows, v))
		}
		slices.Sort(shares)
		slices.Reverse(shares)
		rest := 0.0
		for _, share := range shares[int(w.l)-1:] {
			rest += share
		}
		w.c = max(w.c, shares[0]/rest)
	}
	return w
}

// meant counts the people of the population whom a released row could be of.
func meant(p *table.Problem, released *table.Table, row int) float64 {
	n := 0.0
	for person := range p.Presence.Rows {
		all := true
		for axis := range p.Quasi {
			h, cell := p.Quasi[axis].Hierarchy, released.Columns[axis].At(row)
			leaf, covered := p.Presence.LeafOf[axis][person], false
			for level := range h.Levels {
				covered = covered || h.Names[level][h.Levels[level][leaf]] == cell
			}
			all = all && covered
		}
		if all {
			n++
		}
	}
	return n
}
