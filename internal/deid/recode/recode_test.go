package recode_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
	"github.com/hamyar/hamyar/internal/deid/recode"
	"github.com/hamyar/hamyar/internal/deid/table"
)

var adultColumns = []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"}

// adult is the Adult table, in which occupation is a quasi-identifier or a secret.
func adult(t testing.TB, occupation, privacy string) *table.Problem {
	t.Helper()
	folder := filepath.Dir(deidtest.Data(t, "adult", "adult.csv"))
	var study strings.Builder
	study.WriteString("input: {delimiter: \";\"}\nprivacy: " + privacy + "\ncolumns:\n")
	for _, name := range adultColumns {
		if name == "occupation" && occupation == "sensitive" {
			study.WriteString("  occupation: {role: sensitive}\n")
			continue
		}
		fmt.Fprintf(&study, "  %s: {role: quasi, hierarchy: adult_hierarchy_%[1]s.csv}\n", name)
	}
	s, err := table.ReadStudy(strings.NewReader(study.String()), "study.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := table.Folder{Path: folder}.Problem(s, filepath.Join(folder, "adult.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// classes are those of the rows that a release keeps, each with how many it has.
func classes(p *table.Problem, r *recode.Release) (of map[string]int, suppressed int) {
	of = map[string]int{}
	for row := range p.Table.Rows {
		if r.Suppressed[row] {
			suppressed++
			continue
		}
		of[class(p, r, row)]++
	}
	return of, suppressed
}

func class(p *table.Problem, r *recode.Release, row int) string {
	var cells []string
	for _, q := range p.Quasi {
		cells = append(cells, r.Table.Columns[q.Column].At(row))
	}
	return strings.Join(cells, "\x00")
}
