package verify_test

import (
	"bytes"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/deidtest"
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// untouched measures a table as if it were its own release.
func untouched(t *testing.T, name string, quasi []string, sensitive string) *verify.Measures {
	t.Helper()
	text, err := os.ReadFile(deidtest.Data(t, "pycanon", name))
	if err != nil {
		t.Fatal(err)
	}
	read, err := table.Read(bytes.NewReader(text), table.Options{Name: name}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := &table.Study{Columns: map[string]table.Trait{}, Privacy: table.Privacy{K: 1}}
	for _, c := range read.Columns {
		use := table.Insensitive
		if slices.Contains(quasi, c.Name) {
			use = table.Quasi
		}
		s.Columns[c.Name] = table.Trait{Use: use}
	}
	s.Columns[sensitive] = table.Trait{Use: table.Sensitive, T: &table.Closeness{Kind: "ordered", Value: 1}}
	p, err := s.Problem(read, table.Parts{Input: name})
	if err != nil {
		t.Fatal(err)
	}
	m, err := verify.Check(p, read, nil)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

var students = []string{"Teacher", "Gender", "Ethnic", "Freeredu", "wesson"}

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s: %.9f, want %.9f", what, got, want)
	}
}

func TestPublishedFiguresOfAVerifier(t *testing.T) {
	t.Parallel()
	s := untouched(t, "StudentsMath_Score.csv", students, "Score").Secrets[0]
	near(t, "basic β", s.BasicBeta, 71, 1e-9)
	near(t, "enhanced β", s.EnhancedBeta, 5.3753, 5e-5)
	near(t, "δ-disclosure", s.Disclosure, 4.2767, 5e-5)
	if s.OrderedT == nil {
		t.Fatal("scores have an order")
	}
	near(t, "t", *s.OrderedT, 0.41659, 5e-6)

	m := untouched(t, "StudentsMath_Score_k5.csv", students, "Score")
	if m.MinClass != 5 || m.Secrets[0].DistinctL != 4 || m.Secrets[0].RecursiveL != 4 {
		t.Errorf("k %d and l %d, want 5 and 4", m.MinClass, m.Secrets[0].DistinctL)
	}
	near(t, "α", m.Secrets[0].Alpha, 0.5, 1e-12)
	// pyCANON says c = 1 of (c, 4)-diversity, for it puts the rarest value first. By the definition, with the most frequent
	// one first, c must be greater than this.
	near(t, "c", m.Secrets[0].RecursiveC, leastC(t), 1e-12)
}

// leastC works out c for l = 4 of the smaller table of students, from its text.
func leastC(t *testing.T) float64 {
	t.Helper()
	text, err := os.ReadFile(deidtest.Data(t, "pycanon", "StudentsMath_Score_k5.csv"))
	if err != nil {
		t.Fatal(err)
	}
	classes := map[string]map[string]int{}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		cells := strings.Split(strings.TrimSpace(line), ",")
		key := strings.Join(append(slices.Clone(cells[1:5]), cells[6]), ",")
		if classes[key] == nil {
			classes[key] = map[string]int{}
		}
		classes[key][cells[5]]++
	}
	least := 0.0
	for _, counts := range classes {
		sorted := slices.Sorted(maps.Values(counts))
		rest := 0
		for _, n := range sorted[:len(sorted)-3] {
			rest += n
		}
		least = max(least, float64(sorted[len(sorted)-1])/float64(rest))
	}
	return least
}

var adultColumns = []string{"sex", "age", "race", "marital-status", "education", "native-country", "workclass", "occupation", "salary-class"}

// adult is the published table with a use for each of its columns: q for quasi, s for sensitive.
func adult(t *testing.T, uses string, k int) *table.Problem {
	t.Helper()
	s := &table.Study{
		Input: table.Written{Delimiter: ";"}, Columns: map[string]table.Trait{}, Privacy: table.Privacy{K: k, SuppressionLimit: 1},
	}
	for i, name := range adultColumns {
		if s.Columns[name] = (table.Trait{Use: table.Sensitive}); uses[i] == 'q' {
			s.Columns[name] = table.Trait{Use: table.Quasi, Hierarchy: "adult_hierarchy_" + name + ".csv"}
		}
	}
	path := deidtest.Data(t, "adult", "adult.csv")
	p, err := table.Folder{Path: filepath.Dir(path)}.Problem(s, path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishedFiguresOfReleases(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		uses                string
		k                   int
		levels              []int
		score               float64
		suppressed, classes int
		mean                float64
	}{
		{"qqqqqqqqq", 5, []int{0, 3, 0, 0, 2, 1, 1, 1, 0}, 0.220411928, 2553, 602, .2277},
		{"qqqqqqqqq", 5, []int{0, 3, 0, 1, 1, 1, 1, 2, 0}, 0.266110819, 1178, 370, .2928},
		{"qqqqqqqqq", 5, []int{0, 4, 1, 1, 3, 2, 2, 1, 0}, 0.573150966, 0, 24, .6355},
		{"qqqqqqqqq", 10, []int{0, 3, 0, 1, 2, 1, 1, 2, 0}, 0.291270016, 1437, 196, .3178},
		{"qqqqqqqqq", 10, []int{0, 3, 0, 0, 2, 1, 1, 1, 0}, 0.261394039, 3983, 381, .2677},
		{"qqqqqqqsq", 10, []int{0, 3, 0, 1, 2, 1, 1, 0}, 0.222546679, 1437, 196, .2326},
		{"qqqqqqqsq", 11, []int{0, 4, 0, 0, 2, 1, 1, 0}, 0.242595352, 1306, 159, .2739},
	} {
		p := adult(t, c.uses, c.k)
		released, gone := coarsened(p, c.levels)
		m, err := verify.Check(p, released, gone)
		if err != nil {
			t.Fatal(err)
		}
		near(t, "score", m.Score, c.score, 1e-9)
		near(t, "mean loss", m.MeanLoss, c.mean, 5e-5)
		if m.Suppressed != c.suppressed || m.Classes != c.classes || m.MinClass < c.k {
			t.Errorf("%d suppressed, %d classes, the smallest of %d; want %d and %d", m.Suppressed, m.Classes, m.MinClass, c.suppressed, c.classes)
		}
		if err := m.Meets(p); err != nil {
			t.Error(err)
		}
	}
}
