package verify_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// four are eight people in two classes of four, once ages are in steps of ten.
func four(t *testing.T, privacy table.Privacy) *table.Problem {
	t.Helper()
	ages, err := table.ReadHierarchy(strings.NewReader("31,30s,*\n32,30s,*\n41,40s,*\n42,40s,*\n"), table.Options{})
	if err != nil {
		t.Fatal(err)
	}
	read, err := table.Read(strings.NewReader("age,illness,note\n31,flu,a\n31,cold,b\n32,flu,c\n32,flu,d\n41,gout,e\n41,gout,f\n42,cold,g\n42,flu,h\n"), table.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &table.Study{Privacy: privacy, Columns: map[string]table.Trait{
		"age": {Use: table.Quasi, Hierarchy: "ages"}, "illness": {Use: table.Sensitive}, "note": {Use: table.Insensitive},
	}}
	p, err := s.Problem(read, table.Parts{Hierarchies: map[string]*table.Hierarchy{"ages": ages}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAReleaseIsHeldToWhatWasAsked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		privacy table.Privacy
		want    string // of the error; empty for none
	}{
		{table.Privacy{K: 4}, ""},
		{table.Privacy{K: 5}, "k is 5"},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "distinct", Value: 2}}, ""},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "distinct", Value: 3}}, "l is 3"},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "entropy", Value: 1.75}}, ""},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "entropy", Value: 1.76}}, "entropy"},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "recursive", Value: 2, C: 3.1}}, ""},
		{table.Privacy{K: 1, L: table.Diversity{Kind: "recursive", Value: 2, C: 3}}, "(c, 2)-diversity"},
		{table.Privacy{K: 1, T: table.Closeness{Kind: "equal", Value: 0.25}}, ""},
		{table.Privacy{K: 1, T: table.Closeness{Kind: "equal", Value: 0.249}}, "t is 0.25"},
	} {
		p := four(t, c.privacy)
		released, gone := coarsened(p, []int{1})
		clear(gone)
		m, err := verify.Check(p, released, gone)
		if err != nil {
			t.Fatal(err)
		}
		err = m.Meets(p)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%+v: %v, want %q", c.privacy, err, c.want)
		}
	}

	p := four(t, table.Privacy{K: 4, SuppressionLimit: 0.4})
	released, gone := coarsened(p, []int{1})
	for row := range 4 {
		gone[row] = true
	}
	m, err := verify.Check(p, released, gone)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Meets(p); err == nil || !strings.Contains(err.Error(), "suppressed") {
		t.Errorf("half of the rows are suppressed: %v", err)
	}
	if m.Loss[0] != (4+4*1.0/3)/8 || m.Discernibility != 4*8+16 || m.Risk.ProsecutorMax != 0.25 || m.Risk.Marketer != 0.125 {
		t.Errorf("%+v", m)
	}
	for row := range gone {
		gone[row] = true
	}
	if m, err = verify.Check(p, released, gone); err != nil || m.Meets(p) == nil || m.Classes != 0 || m.Score != 1 {
		t.Errorf("nothing is released: %+v, %v", m, err)
	}
}

func TestAReleaseThatIsNotTrueIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*table.Table)
		row    int
		column string
	}{
		"a cell that covers another age":       {func(r *table.Table) { r.Columns[0].Codes[2] = r.Columns[0].Codes[5] }, 3, "age"},
		"a cell that no hierarchy has":         {func(r *table.Table) { r.Columns[0].Values[1] = "50s" }, 5, "age"},
		"an illness that is another's":         {func(r *table.Table) { r.Columns[1].Codes = []uint32{1, 0, 0, 0, 2, 2, 1, 0} }, 1, "illness"},
		"an illness that nobody has":           {func(r *table.Table) { r.Columns[1].Values = []string{"flu", "cold", "mumps"} }, 5, "illness"},
		"a column of another name":             {func(r *table.Table) { r.Columns[2].Name = "name" }, 0, "note"},
		"a column more":                        {func(r *table.Table) { r.Columns = append(r.Columns, r.Columns[0]) }, 0, ""},
		"a row less":                           {func(r *table.Table) { r.Rows-- }, 0, ""},
		"a star where the row is not released": {func(r *table.Table) { r.Columns[2].Values = append(slices.Clone(r.Columns[2].Values[:7]), "*") }, 8, "note"},
	} {
		p := four(t, table.Privacy{K: 4})
		released, gone := coarsened(p, []int{1})
		c.change(released)
		_, err := verify.Check(p, released, gone)
		var wrong *table.Wrong
		if !errors.As(err, &wrong) || wrong.Row != c.row || wrong.Column != c.column {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWrittenReleaseIsJudgedAsTheOneInMemory(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		r := rand.New(rand.NewPCG(seed, 2)) //nolint:gosec // a test that fails must fail again
		p := drawn(t, r)
		released, gone := coarsened(p, []int{r.IntN(3), r.IntN(3)})
		var file bytes.Buffer
		if err := table.Write(&file, released, table.Options{}, gone); err != nil {
			t.Fatal(err)
		}
		again, err := table.Read(&file, table.Options{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(verify.Suppressed(again), gone) {
			t.Fatal("other rows are suppressed")
		}
		before, err := verify.Check(p, released, gone)
		if err != nil {
			t.Fatal(err)
		}
		after, err := verify.Check(p, again, nil)
		if err != nil {
			t.Fatal(err)
		}
		if before.Score != after.Score || before.Classes != after.Classes || before.Secrets[0].EqualT != after.Secrets[0].EqualT {
			t.Fatalf("seed %d: %+v, and as it was written %+v", seed, before, after)
		}
	}
}
