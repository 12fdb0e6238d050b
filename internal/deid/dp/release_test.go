package dp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/deid/table"
)

func plan(t testing.TB, text string) *Plan {
	t.Helper()
	p, err := ReadPlan(strings.NewReader(text), "plan.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func read(t testing.TB, text string) *table.Table {
	t.Helper()
	made, err := table.Read(strings.NewReader(text), table.Options{Name: "t.csv"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func release(t testing.TB, p *Plan, from *table.Table) *Release {
	t.Helper()
	r, err := p.Release(context.Background(), from, "t.csv", nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// members writes a table of rows "place,score" for so many members of each place.
func members(of map[string]int) string {
	var text strings.Builder
	text.WriteString("who,place,score\n")
	next := 0
	for _, place := range slices.Sorted(func(yield func(string) bool) {
		for place := range of {
			if !yield(place) {
				return
			}
		}
	}) {
		for i := range of[place] {
			fmt.Fprintf(&text, "m%d,%s,%d\n", next, place, i%11)
			next++
		}
	}
	return text.String()
}

func TestAReleaseShowsListedCellsAndHidesSmallOnes(t *testing.T) {
	t.Parallel()
	p := plan(t, `
member: who
epsilon: 2
tables:
  - name: places
    by: [{column: place, values: [south, north, nowhere]}]
    measures: [{sum: score, min: 0, max: 10}, {mean: score, min: 0, max: 10, step: 0.5}, {quantiles: score, at: [0.5], min: 0, max: 10}]
  - name: all
    share: 0.5
`)
	r := release(t, p, read(t, members(map[string]int{"north": 5000, "south": 3000, "elsewhere": 100})))
	places := r.Tables[0]
	if len(places.Cells) != 3 || !places.Cells[2].Hidden || places.Cells[2].Figures != nil {
		t.Fatalf("%+v", places.Cells)
	}
	for i, want := range []struct {
		place           string
		count, sum      float64
		low, high, mean float64
	}{{"south", 3000, 15000, 4, 6, 5}, {"north", 5000, 25000, 4, 6, 5}} {
		c := places.Cells[i]
		if c.Key[0] != want.place || c.Hidden || len(c.Figures) != 4 {
			t.Fatalf("%+v", c)
		}
		if got := number(t, c.Figures[0].Value); math.Abs(got-want.count) > 100 || math.Mod(got, 5) != 0 {
			t.Errorf("%s has %g members", want.place, got)
		}
		if got := number(t, c.Figures[1].Value); math.Abs(got-want.sum) > 1000 {
			t.Errorf("%s has a sum of %g", want.place, got)
		}
		if got := number(t, c.Figures[2].Value); math.Abs(got-want.mean) > 0.3 {
			t.Errorf("%s has a mean of %g", want.place, got)
		}
		if got := number(t, c.Figures[3].Value); got < want.low || got > want.high {
			t.Errorf("%s has a median of %g", want.place, got)
		}
	}
	if r.Spent.Epsilon > 2*(1+1e-9) || r.Spent.Epsilon < 1.99 || r.Noise != "laplace" || r.Spent.Delta != 0 {
		t.Errorf("%s, spent %+v", r.Noise, r.Spent)
	}
	if d := cmp.Diff(release(t, p, read(t, members(map[string]int{"north": 5000, "south": 3000}))), r); d == "" {
		t.Error("two releases have the same noise")
	}
	written := r.Table()
	names := []string{}
	for _, c := range written.Columns {
		names = append(names, c.Name)
	}
	if d := cmp.Diff([]string{"table", "place", "figure", "value", "low", "high"}, names); d != "" || written.Rows != 4+4+1+1 {
		t.Errorf("%d rows: %s", written.Rows, d)
	}
	var told bytes.Buffer
	if err := r.WriteJSON(&told); err != nil || !strings.Contains(told.String(), `"hidden": 1`) {
		t.Errorf("%v: %s", err, told.String())
	}
}

func number(t testing.TB, text string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(text, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Whatever a member's rows say, they move at most Cells cells, each by one member, and each figure within its reach. What
// members add up to is a sum over members, so that one alone tells how far any can reach.
func TestAMemberMovesNoMoreThanIsAccountedFor(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.IntRange(-20, 20).Draw(t, "min")
		high := low + rapid.IntRange(1, 30).Draw(t, "range")
		cells := rapid.IntRange(1, 4).Draw(t, "cells")
		bounds := fmt.Sprintf("min: %d, max: %d, step: %s", low, high, rapid.SampledFrom([]string{"1", "0.5", "0.1"}).Draw(t, "step"))
		p, err := ReadPlan(strings.NewReader(fmt.Sprintf(`
member: who
epsilon: 1
tables: [{name: a, cells: %d, by: [{column: place}], measures: [{sum: score, %[2]s}, {mean: score, %[2]s}, {quantiles: score, at: [0.5], %[2]s}]}]
`, cells, bounds)), "plan.yaml")
		if err != nil {
			t.Fatal(err)
		}
		text := "who,place,score\n"
		for range rapid.IntRange(1, 30).Draw(t, "rows") {
			text += fmt.Sprintf("m,%d,%s\n", rapid.IntRange(0, 6).Draw(t, "place"), rapid.SampledFrom([]string{"", "0", "1", "-7.3", "12", "1e300", "-1e300", "1e9"}).Draw(t, "score"))
		}
		from, err := table.Read(strings.NewReader(text), table.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		whose, err := byMember(from, p, "t.csv")
		if err != nil {
			t.Fatal(err)
		}
		asked := &p.Tables[0]
		_, got, err := gather(from, asked, whose, "t.csv")
		if err != nil {
			t.Fatal(err)
		}
		if len(got) > cells || len(got) == 0 {
			t.Fatalf("one member is in %d cells", len(got))
		}
		nodes, height := 0, 0
		for _, c := range got {
			if c.members != 1 {
				t.Fatalf("one member counts %d times", c.members)
			}
			for i, f := range c.figures[:2] {
				if reach := asked.Measures[i].reaches(1)[0].Most; f.sum > reach || -f.sum > reach || f.said > 1 {
					t.Fatalf("%+v reaches beyond %d", f, reach)
				}
			}
			for _, level := range c.figures[2].tree {
				for _, n := range level {
					nodes += int(n)
				}
			}
			height = int(asked.Measures[2].reaches(1)[0].Cells)
		}
		if nodes > height*cells {
			t.Fatalf("one member counts in %d nodes", nodes)
		}
	})
}

func TestTheOrderOfRowsAndColumnsChangesNothing(t *testing.T) {
	t.Parallel()
	asked := "member: who\nepsilon: 1\ntables: [{name: a, cells: 2, by: [{column: place}], measures: [{mean: score, min: 0, max: 9}]}]"
	summed := func(text string) map[string]string {
		p, from := plan(t, asked), read(t, text)
		whose, err := byMember(from, p, "")
		if err != nil {
			t.Fatal(err)
		}
		g, cells, err := gather(from, &p.Tables[0], whose, "")
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for key, c := range cells {
			got[g.names(key)[0]] = fmt.Sprint(key, c.members, c.figures[0].sum, c.figures[0].said)
		}
		return got
	}
	want := map[string]string{"x": "0 2 -5 2", "y": "1 1 5 1"}
	for _, text := range []string{
		"who,place,score\na,x,1\na,y,9\nb,x,2\nb,x,0\na,x,2\n",
		"score,place,who\n9,y,a\n2,x,b\n2,x,a\n1,x,a\n0,x,b\n",
	} {
		if d := cmp.Diff(want, summed(text)); d != "" {
			t.Error(d)
		}
	}
}

// The figures are those that were measured elsewhere for ε = 1 and δ = 1e-6: mean errors, and members at which half of all
// cells are shown, and 99 % of them.
func TestNoiseAndChoicesAreAsLargeAsPublished(t *testing.T) {
	t.Parallel()
	for cells, want := range map[int64]float64{1: 0.97, 4: 3.99, 12: 12.0} {
		n, err := Laplace(1, Reach{Cells: cells, Most: 1})
		if err != nil {
			t.Fatal(err)
		}
		const draws = 15000
		sum := 0.0
		for range draws {
			noisy, err := n.Add(0)
			if err != nil {
				t.Fatal(err)
			}
			sum += math.Abs(float64(noisy))
		}
		if got := sum / draws; math.Abs(got-want) > 0.05*want {
			t.Errorf("%d cells: the mean error is %g, want %g", cells, got, want)
		}
	}
	for _, c := range []struct {
		cells, least, members int64
		share                 float64
	}{{1, 1, 14, 0.7}, {4, 1, 47, 0.5}, {1, 1, 17, 0.99}, {4, 1, 66, 0.99}, {1, 11, 24, 0.7}, {1, 11, 10, 0}, {1, 1, 0, 0}} {
		w := purse{kind: "laplace", epsilon: 1}
		var err error
		if w.account, err = NewAccount(Budget{Epsilon: 1, Delta: 1e-6}); err != nil {
			t.Fatal(err)
		}
		chooses, err := w.choice(&Counts{Cells: c.cells}, c.least, 1, 1e-6)
		if err != nil {
			t.Fatal(err)
		}
		shown := 0
		const draws = 1000
		for range draws {
			if yes, err := chooses.shows(c.members); err != nil {
				t.Fatal(err)
			} else if yes {
				shown++
			}
		}
		if got := float64(shown) / draws; math.Abs(got-c.share) > 0.1 || c.share == 0 && shown > 0 || c.share == 0.99 && got < 0.97 {
			t.Errorf("%+v: shown in %g of all draws", c, got)
		}
	}
}

// What is in no list is shown only if many members are there, and a budget with normal noise leaves room for the choice.
func TestCellsThatNobodyListed(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"laplace", "gaussian"} {
		p := plan(t, "member: who\nepsilon: 1\nnoise: "+kind+"\ntables: [{name: a, by: [{column: place}]}]")
		for range 20 {
			r := release(t, p, read(t, members(map[string]int{"many": 2000, "few": 10, "alone": 1})))
			if cells := r.Tables[0].Cells; len(cells) != 1 || cells[0].Key[0] != "many" {
				t.Fatalf("%s: %+v", kind, cells)
			}
			if r.Spent.Epsilon > 1+1e-9 || r.Spent.Epsilon < 0.9 || r.Spent.Delta != 1e-6 {
				t.Errorf("%s: spent %+v", kind, r.Spent)
			}
		}
	}
}

func TestTheNoiseIsTheNarrowerKind(t *testing.T) {
	t.Parallel()
	for tables, want := range map[int]string{1: "laplace", 40: "gaussian"} {
		text := "member: who\nepsilon: 1\ntables:\n"
		for i := range tables {
			text += fmt.Sprintf("  - {name: t%d}\n", i)
		}
		a, err := plan(t, text).allot()
		if err != nil {
			t.Fatal(err)
		}
		if a.kind != want {
			t.Errorf("%d tables: %s", tables, a.kind)
		}
		if spent := a.account.Spent(); spent.Epsilon > 1+1e-9 || spent.Epsilon < 0.98 {
			t.Errorf("%d tables: spent %+v", tables, spent)
		}
	}
}

func TestIntervalsHoldWhatWasThere(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"laplace", "gaussian"} {
		p := plan(t, `
one_row_each: true
epsilon: 1
least: 1
noise: `+kind+`
confidence: 0.9
tables:
  - name: a
    measures: [{sum: score, min: 0, max: 10}, {mean: score, min: 0, max: 10, step: 0.1}, {quantiles: score, at: [0.25, 0.5, 0.9], min: 0, max: 10, step: 0.1}]
`)
		from := read(t, members(map[string]int{"x": 1100}))
		exact := []float64{1100, 5500, 5, 2, 5, 9}
		held := make([]int, len(exact))
		const draws = 200
		for range draws {
			for i, f := range release(t, p, from).Tables[0].Cells[0].Figures {
				if number(t, f.Low) <= exact[i] && exact[i] <= number(t, f.High) {
					held[i]++
				}
				if low, at, high := number(t, f.Low), number(t, f.Value), number(t, f.High); low > at || at > high {
					t.Fatalf("%s: %g is not between %g and %g", f.Name, at, low, high)
				}
			}
		}
		for i, n := range held {
			if float64(n) < 0.8*draws { // 0.9, less more than four deviations
				t.Errorf("%s: figure %d was held in %d of %d", kind, i, n, draws)
			}
		}
	}
}

func TestRowsThatAPlanCantTake(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ plan, rows, want string }{
		"no member":     {"member: who\ntables: [{name: a}]", "a\n1\n", "t.csv: column who: the plan asks for it, and the table has no such column"},
		"nobody's row":  {"member: who\ntables: [{name: a}]", "who,a\nx,1\n,2\n", "t.csv: row 2, column who: it doesn't say whose the row is"},
		"a hidden row":  {"member: who\ntables: [{name: a}]", "who,a\n*,*\n", "t.csv: row 1, column who: it doesn't say whose the row is"},
		"no key":        {"member: who\ntables: [{name: a, by: [{column: b}]}]", "who\nx\n", "t.csv: column b: the plan asks for it, and the table has no such column"},
		"no measure":    {"member: who\ntables: [{name: a, measures: [{sum: b, min: 0, max: 1}]}]", "who\nx\n", "t.csv: column b: the plan asks for it, and the table has no such column"},
		"no number":     {"member: who\ntables: [{name: a, measures: [{sum: b, min: 0, max: 1}]}]", "who,b\nx,1\nx,secret\n", "t.csv: row 2, column b: it is measured, and this is no number; leave the cell empty where nothing is known"},
		"not a number":  {"member: who\ntables: [{name: a, measures: [{sum: b, min: 0, max: 1}]}]", "who,b\nx,NaN\n", "t.csv: row 1, column b: it is measured, and this is no number; leave the cell empty where nothing is known"},
		"no end":        {"member: who\ntables: [{name: a, measures: [{sum: b, min: 0, max: 1}]}]", "who,b\nx,-Inf\n", "t.csv: row 1, column b: it is measured, and this is no number; leave the cell empty where nothing is known"},
		"a large delta": {"member: who\ndelta: 1e-5\nnoise: gaussian\ntables: [{name: a}]", members(map[string]int{"x": 10001}), "t.csv: delta is 1e-05, and for as many members as these it has to be smaller: a tenth of one in as many, or less"},
	} {
		_, err := plan(t, "epsilon: 1\n"+c.plan).Release(context.Background(), read(t, c.rows), "t.csv", nil)
		var wrong *table.Wrong
		if !errors.As(err, &wrong) || !strings.HasSuffix(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	stop()
	if _, err := plan(t, "epsilon: 1\nmember: who\ntables: [{name: a}]").Release(ctx, read(t, "who\nx\n"), "", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}
