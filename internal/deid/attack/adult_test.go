package attack_test

import (
	"path/filepath"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/attack"
	"github.com/hamyar/hamyar/internal/deid/deidtest"
	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

// adult is the published table with occupation as a secret, under what is recommended for health data.
func adult(t *testing.T, coding table.Coding, k int) *table.Problem {
	t.Helper()
	s := &table.Study{
		Input: table.Written{Delimiter: ";"}, Coding: coding,
		Columns: map[string]table.Trait{"occupation": {Use: table.Sensitive}},
		Privacy: table.Privacy{
			K: k, L: table.Diversity{Kind: "distinct", Value: 3}, T: table.Closeness{Kind: "equal", Value: 0.5}, SuppressionLimit: 0.05,
		},
	}
	for _, name := range []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "salary-class"} {
		s.Columns[name] = table.Trait{Use: table.Quasi, Hierarchy: "adult_hierarchy_" + name + ".csv"}
	}
	path := deidtest.Data(t, "adult", "adult.csv")
	p, err := table.Folder{Path: filepath.Dir(path)}.Problem(s, path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAttacksOnAPublishedTable(t *testing.T) {
	t.Parallel()
	limits := attack.Recommended()
	for _, coding := range []table.Coding{table.Global, table.Local} {
		members, others := attack.Halves(adult(t, coding, 11))
		how := recode.Global
		if coding == table.Local {
			how = recode.Local
		}
		made, err := how(t.Context(), members, nil)
		if err != nil {
			t.Fatal(err)
		}
		asItWas, err := attack.Open(members, members.Table, make([]bool, members.Table.Rows))
		if err != nil {
			t.Fatal(err)
		}
		r, err := attack.Open(members, made.Table, made.Suppressed)
		if err != nil {
			t.Fatal(err)
		}
		control, err := r.Others(others.Table)
		if err != nil {
			t.Fatal(err)
		}
		t.Log(coding)
		held(t, attack.Linkage(r, limits), true)
		held(t, attack.Homogeneity(r, limits)[0], true)
		held(t, attack.Skewness(r, limits)[0], true)
		held(t, attack.Inference(r, control, limits)[0], true)
		held(t, attack.Membership(r, control, limits), true)
		held(t, attack.SinglingOut(r, control, limits), true)
		held(t, attack.Linkability(r, control, limits), true)

		control, err = asItWas.Others(others.Table)
		if err != nil {
			t.Fatal(err)
		}
		held(t, attack.Linkage(asItWas, limits), false)
		held(t, attack.Inference(asItWas, control, limits)[0], false)
		held(t, attack.Membership(asItWas, control, limits), false)
		held(t, attack.SinglingOut(asItWas, control, limits), false)
	}
}
