package recode_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

var codings = map[string]coder{"global": recode.Global, "local": recode.Local}

func TestWhatCannotBeMetIsRefused(t *testing.T) {
	t.Parallel()
	for name, recoded := range codings {
		d := draw(0)
		d.goal = "{k: 2, l: {kind: entropy, value: 5}, suppression_limit: 0.5}"
		for i := range d.rows {
			d.rows[i][3] = max(i-len(d.rows)+5, 0) // nearly everybody has the same secret
		}
		r, err := recoded(t.Context(), d.problem(t), nil)
		var wrong *table.Wrong
		if !errors.As(err, &wrong) || r != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestWhoeverStopsWaitingIsLetGo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, recoded := range codings {
		if _, err := recoded(ctx, draw(1).problem(t), nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	for name, recoded := range codings {
		var told []float64
		if _, err := recoded(t.Context(), draw(1).problem(t), func(share float64) { told = append(told, share) }); err != nil {
			t.Fatal(err)
		}
		if len(told) == 0 || !slices.IsSorted(told) || told[0] < 0 || told[len(told)-1] > 1 {
			t.Errorf("%s: %v", name, told)
		}
	}
}

// A column that matters more is kept finer, and the Loss that is told is still that of the reference.
func TestWeightsAreMinded(t *testing.T) {
	t.Parallel()
	for name, recoded := range codings {
		plain, weighed := 0.0, 0.0
		for seed := range uint64(40) {
			d := draw(seed)
			d.goal = "{k: 3, suppression_limit: 0.1}"
			even, err := recoded(t.Context(), d.problem(t), nil)
			if err != nil {
				t.Fatal(err)
			}
			p := d.problem(t)
			p.Quasi[1].Weight = 20
			r, err := recoded(t.Context(), p, nil)
			if err != nil {
				t.Fatal(err)
			}
			meets(t, p, r)
			plain, weighed = plain+even.Loss[1], weighed+r.Loss[1]
		}
		if weighed >= plain*0.8 {
			t.Errorf("%s: a column of weight 20 loses %g, and %g without", name, weighed, plain)
		}
	}
}

// A hierarchy of a thousand leaves has too many pairs of values for a table of them.
func TestColumnsMayHaveManyValues(t *testing.T) {
	t.Parallel()
	d := draw(2)
	d.goal = "{k: 4, suppression_limit: 0.05}"
	d.hierarchies[0] = nil
	for leaf := range 1000 {
		d.hierarchies[0] = append(d.hierarchies[0], []int{leaf, leaf / 10, leaf / 100, 0})
	}
	for i := range d.rows {
		d.rows[i][0] = i * 7919 % 1000
	}
	p := d.problem(t)
	for name, recoded := range codings {
		r, err := recoded(t.Context(), p, nil)
		if err != nil {
			t.Fatal(err)
		}
		meets(t, p, r)
		if name == "global" && math.Abs(r.Score-optimum(p)) > 1e-12 {
			t.Errorf("%g isn't the optimum", r.Score)
		}
	}
}

// The numbers of classes grow with the columns; those that no number can hold are refused, as is a lattice without end.
func TestMoreThanCanBeSearchedIsRefused(t *testing.T) {
	t.Parallel()
	d := draw(3)
	p := d.problem(t)
	axis := p.Quasi[0]
	for range 40 {
		p.Quasi = append(p.Quasi, axis)
	}
	for name, recoded := range codings {
		_, err := recoded(t.Context(), p, nil)
		var wrong *table.Wrong
		if !errors.As(err, &wrong) || !strings.Contains(wrong.What, "fewer") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
