package recode_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// drawn is a small study with its files, so that it can be written in another order and with other words.
type drawn struct {
	goal        string
	columns     []string  // their names
	roles       []string  // quasi or sensitive
	rows        [][]int   // a leaf or a secret for each column
	hierarchies [][][]int // of each quasi column: the value of each leaf at each level
	population  [][]int
	words       []func(level, value int) string
}

var goals = []string{
	"{k: 2}", "{k: 3, suppression_limit: 0.1}", "{k: 4, suppression_limit: 1}",
	"{k: 2, l: {kind: distinct, value: 2}, suppression_limit: 0.2}",
	"{k: 2, l: {kind: entropy, value: 1.8}, suppression_limit: 0.1}",
	"{k: 2, l: {kind: recursive, value: 2, c: 2}, suppression_limit: 0.2}",
	"{k: 2, t: {kind: equal, value: 0.3}, suppression_limit: 0.1}",
	"{k: 3, t: {kind: ordered, value: 0.2}, suppression_limit: 0.3}",
	"{k: 2, l: {kind: distinct, value: 3}, t: {kind: equal, value: 0.4}}",
	"{k: 2, delta: {min: 0.1, max: 0.7, population: everybody.csv}, suppression_limit: 0.3}",
	"{k: 2, l: {kind: distinct, value: 3}, delta: {min: 0, max: 0.8, population: everybody.csv}, suppression_limit: 0.4}",
}

func draw(seed uint64) *drawn {
	r := rand.New(rand.NewPCG(seed, 6)) //nolint:gosec // a test that is the same every time
	d := &drawn{goal: goals[int(seed)%len(goals)]}
	for i := range 3 {
		d.columns, d.roles = append(d.columns, fmt.Sprintf("q%d", i)), append(d.roles, "quasi")
		leaves := 2 + r.IntN(7)
		levels := 2 + r.IntN(3)
		var h [][]int
		for leaf := range leaves {
			line := []int{leaf}
			for level := 1; level < levels-1; level++ {
				line = append(line, line[level-1]/2)
			}
			h = append(h, append(line, 0))
		}
		d.hierarchies = append(d.hierarchies, h)
	}
	d.columns, d.roles = append(d.columns, "secret"), append(d.roles, "sensitive")
	for range 30 + r.IntN(60) {
		var row []int
		for _, h := range d.hierarchies {
			row = append(row, min(r.IntN(len(h)), r.IntN(len(h)))) // some values are rarer than others
		}
		d.rows = append(d.rows, append(row, min(r.IntN(5), r.IntN(5))))
	}
	d.population = slices.Clone(d.rows)
	for range len(d.rows) {
		var row []int
		for _, h := range d.hierarchies {
			row = append(row, r.IntN(len(h)))
		}
		d.population = append(d.population, append(row, 0))
	}
	for range d.columns {
		d.words = append(d.words, func(level, value int) string { return fmt.Sprintf("%d%s", value, strings.Repeat("x", level)) })
	}
	d.words[3] = func(_, value int) string { return fmt.Sprint(value) }
	return d
}

func (d *drawn) problem(t testing.TB) *table.Problem {
	t.Helper()
	var study strings.Builder
	study.WriteString("privacy: " + d.goal + "\ncolumns:\n")
	parts := table.Parts{Input: "rows.csv", Hierarchies: map[string]*table.Hierarchy{}}
	for i, name := range d.columns {
		if d.roles[i] != "quasi" {
			fmt.Fprintf(&study, "  %s: {role: %s}\n", name, d.roles[i])
			continue
		}
		fmt.Fprintf(&study, "  %s: {role: quasi, hierarchy: %[1]s.csv}\n", name)
		var file strings.Builder
		for _, line := range d.hierarchies[i] {
			var cells []string
			for level, value := range line {
				word := d.words[i](level, value)
				if level == len(line)-1 {
					word = table.Suppressed
				}
				cells = append(cells, word)
			}
			file.WriteString(strings.Join(cells, ",") + "\n")
		}
		h, err := table.ReadHierarchy(strings.NewReader(file.String()), table.Options{})
		if err != nil {
			t.Fatal(err)
		}
		parts.Hierarchies[name+".csv"] = h
	}
	s, err := table.ReadStudy(strings.NewReader(study.String()), "study.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(d.goal, "delta") {
		parts.Population = d.table(t, d.population)
	}
	p, err := s.Problem(d.table(t, d.rows), parts)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (d *drawn) table(t testing.TB, rows [][]int) *table.Table {
	t.Helper()
	file := strings.Join(d.columns, ",") + "\n"
	for _, row := range rows {
		var cells []string
		for i, value := range row {
			cells = append(cells, d.words[i](0, value))
		}
		file += strings.Join(cells, ",") + "\n"
	}
	read, err := table.Read(strings.NewReader(file), table.Options{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return read
}
