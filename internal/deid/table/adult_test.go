package table_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
	"github.com/hamyar/hamyar/internal/deid/table"
)

var adultColumns = []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"}

func adult(t testing.TB, privacy string) *table.Problem {
	t.Helper()
	folder := filepath.Dir(deidtest.Data(t, "adult", "adult.csv"))
	var study strings.Builder
	study.WriteString("input: {delimiter: \";\"}\nprivacy: " + privacy + "\ncolumns:\n")
	for _, name := range adultColumns {
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

func TestAdultIsReadWhole(t *testing.T) {
	t.Parallel()
	p := adult(t, "{k: 5, suppression_limit: 0.04}")
	if p.Table.Rows != 30162 || p.K != 5 || p.MostSuppressed() != 1206 {
		t.Errorf("%d rows, k %d, at most %d suppressed", p.Table.Rows, p.K, p.MostSuppressed())
	}
	nodes := 1
	for i, axis := range p.Quasi {
		if name := p.Table.Columns[axis.Column].Name; name != adultColumns[i] {
			t.Errorf("axis %d is %s", i, name)
		}
		nodes *= axis.Hierarchy.Top() + 1
	}
	if nodes != 12960 {
		t.Errorf("%d nodes in the lattice, want 12960", nodes)
	}
	if leaves := len(p.Quasi[1].Hierarchy.Leaves); leaves != 100 {
		t.Errorf("%d ages in the hierarchy, want 100", leaves)
	}
	var out bytes.Buffer
	if err := table.Write(&out, p.Table, table.Options{Delimiter: ';'}, nil); err != nil {
		t.Fatal(err)
	}
	original, err := os.ReadFile(deidtest.Data(t, "adult", "adult.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(out.Bytes()), bytes.TrimSpace(bytes.ReplaceAll(original, []byte("\r"), nil))) {
		t.Error("what was read is not what is written")
	}
}
