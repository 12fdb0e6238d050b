package dp

import (
	"errors"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/table"
)

const wholePlan = `
input: {delimiter: ";"}
member: who
epsilon: 1
delta: 1e-7
noise: gaussian
least: 20
round: 10
confidence: 0.99
tables:
  - name: posts
    by: [{column: place, values: [north, south]}, {column: quarter}]
    cells: 4
    share: 2
    measures:
      - {sum: posts, min: 0, max: 50}
      - {quantiles: mood, at: [0.25, 0.5], min: 1, max: 5, step: 0.1}
`

func TestAPlanIsRead(t *testing.T) {
	t.Parallel()
	p := plan(t, wholePlan)
	if p.Input.Delimiter != ";" || p.Least != 20 || p.Delta != 1e-7 || p.Tables[0].Cells != 4 || p.Tables[0].public() || p.Tables[0].Measures[0].Step != 1 {
		t.Errorf("%+v", p)
	}
	usual := plan(t, "member: who\nepsilon: 1\ntables: [{name: a}]")
	if usual.Delta != 1e-6 || usual.Least != 11 || usual.Round != 5 || usual.Confidence != 0.95 || usual.Tables[0].Cells != 1 || !usual.Tables[0].public() {
		t.Errorf("%+v", usual)
	}
}

func TestPlansThatProtectNobodyAreRefused(t *testing.T) {
	t.Parallel()
	head, _, _ := strings.Cut(wholePlan, "tables:")
	for name, c := range map[string]struct{ from, to, want string }{
		"nobody's rows":       {"member: who", "", "member: name the column"},
		"rows of two kinds":   {"member: who", "member: who\none_row_each: true", "member: name the column"},
		"no epsilon":          {"epsilon: 1", "", "epsilon: it is from"},
		"a negative epsilon":  {"epsilon: 1", "epsilon: -1", "epsilon: it is from"},
		"an endless epsilon":  {"epsilon: 1", "epsilon: .inf", "epsilon: it is from"},
		"no number":           {"epsilon: 1", "epsilon: .nan", "epsilon: it is from"},
		"a large delta":       {"delta: 1e-7", "delta: 0.01", "delta: it is above 0"},
		"no delta":            {"delta: 1e-7", "delta: 0", "delta: it is above 0"},
		"other noise":         {"noise: gaussian", "noise: secret", "noise: it is laplace or gaussian"},
		"a seed":              {"least: 20", "seed: 1", `line 7: there is no setting "seed"`},
		"a small least":       {"least: 20", "least: 0", "least: it is from"},
		"no rounding":         {"round: 10", "round: 0", "round: it is from"},
		"certainty":           {"confidence: 0.99", "confidence: 1", "confidence: it is from"},
		"many cells":          {"cells: 4", "cells: 5", "cells: a member counts in 1 to 4"},
		"a negative share":    {"share: 2", "share: -2", "share: it is above 0"},
		"a key twice":         {"{column: quarter}", "{column: place}", "by: each needs a column of its own"},
		"the member as a key": {"{column: quarter}", "{column: who}", "by: each needs a column of its own"},
		"a name of ours":      {"{column: quarter}", "{column: value}", "by: value is a column that every release has"},
		"a value twice":       {"[north, south]", "[north, north]", "a value is listed twice"},
		"two measures in one": {"{sum: posts,", "{sum: posts, mean: posts,", "it is one of sum, mean and quantiles"},
		"no bound":            {", max: 50", "", "it needs a min and a max"},
		"bounds turned round": {"min: 0, max: 50", "min: 50, max: 0", "it needs a min and a max"},
		"endless bounds":      {"max: 50", "max: .inf", "step: it is above 0"},
		"a tiny step":         {"max: 50", "max: 50, step: 1e-9", "step: it is above 0"},
		"a wide step":         {"max: 50", "max: 50, step: 200", "step: there is none"},
		"a quantile of a sum": {"max: 50", "max: 50, at: [0.5]", "at: only quantiles"},
		"no quantile":         {"at: [0.25, 0.5], ", "", "at: quantiles need it"},
		"a quantile of 1":     {"[0.25, 0.5]", "[1]", "at: each is between 0 and 1"},
		"fine quantiles":      {"step: 0.1", "step: 0.00001", "step: quantiles need fewer"},
		"no table":            {wholePlan, head, "tables: none is asked for"},
		"a table twice":       {"tables:\n", "tables:\n  - {name: posts}\n", "tables: each needs a name of its own"},
		"no YAML":             {"epsilon: 1", "epsilon: {secret", "plan.yaml"},
		"two plans":           {"tables:", "tables: []\n---\na:", "more than one document"},
	} {
		if !strings.Contains(wholePlan, c.from) {
			t.Fatalf("%s: %q isn't there to be replaced", name, c.from)
		}
		_, err := ReadPlan(strings.NewReader(strings.Replace(wholePlan, c.from, c.to, 1)), "plan.yaml")
		var wrong *table.Wrong
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whatever is taken as a plan can be paid for.
func FuzzPlan(f *testing.F) {
	f.Add([]byte(wholePlan))
	f.Add([]byte("one_row_each: true\nepsilon: 10\ntables: [{name: a, measures: [{mean: b, min: -1, max: 1e9, step: 1}]}]"))
	f.Add([]byte("tables: &a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		p, err := ReadPlan(strings.NewReader(string(text)), "plan.yaml")
		if err != nil {
			var wrong *table.Wrong
			if !errors.As(err, &wrong) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		if len(p.Tables) > 50 {
			return
		}
		a, err := p.allot()
		if err != nil {
			t.Fatal(err)
		}
		if spent := a.account.Spent(); !(spent.Epsilon <= p.Epsilon*(1+1e-9)) || !(spent.Delta <= p.Delta) {
			t.Fatalf("%+v was spent of %g, %g", spent, p.Epsilon, p.Delta)
		}
	})
}
