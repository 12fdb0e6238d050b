// Package verify judges a release from the release itself and the table that it was made of: whether it tells the truth,
// how well it hides those whose rows these are, and what it has cost. It finds everything by the definitions, row by row.
//
// It protects the people whose rows these are from mistakes of whoever made the release. It must never share code with
// the builder, believe what a builder says of its own work, or repeat a cell in an error.
package verify

import (
	"fmt"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Measures are what a release is. All are of the rows that are released, unless it says otherwise.
type Measures struct {
	Rows       int // of the table, suppressed ones too
	Suppressed int
	Classes    int         // of rows that nobody can tell apart by their quasi columns
	Sizes      map[int]int // how many classes there are of each size
	MinClass   int         // rows in the smallest class, which is k; 0 where no row is released
	MaxClass   int

	Secrets  []Secret  // of each sensitive column, in the order of the problem
	Presence *Presence // nil where there is no population

	Loss           []float64 // of each quasi column, in the order of the problem: 0 for untouched, 1 for nothing left (NCP)
	MeanLoss       float64
	Score          float64 // geometric mean of 1 + loss over the quasi columns, less 1, as ARX counts it
	Discernibility float64 // squares of class sizes, and all rows for each row that is suppressed

	Risk Risk
}

// Presence is how sure the release can make somebody that a person of the population is in it: in each class, rows as a
// share of the people of the population who could be meant.
type Presence struct{ Min, Max float64 }

// Risk is how likely somebody who knows a person's quasi columns finds that person's row.
type Risk struct {
	ProsecutorMax, ProsecutorMean float64 // if they know that the person is in the table
	JournalistMax, JournalistMean float64 // if they don't, and must consider everybody in the population; without one it is the table
	Marketer                      float64 // the share of all rows that are found by guessing within classes
}

// Check measures a release of the problem's table. Its rows and columns stand in the order of the table; suppressed tells
// the rows that are not in it, and where it is nil those are the rows that are * in all columns. It is a *table.Wrong if
// the release doesn't tell the truth: other rows or columns, a quasi cell that doesn't cover what it stands for, another
// cell that isn't what it was.
func Check(p *table.Problem, released *table.Table, suppressed []bool) (*Measures, error) {
	if suppressed == nil {
		suppressed = Suppressed(released)
	}
	cells, err := truth(p, released, suppressed)
	if err != nil {
		return nil, err
	}
	classes := group(p, released, suppressed)
	m := &Measures{Rows: p.Table.Rows, Classes: len(classes.first), Sizes: map[int]int{}}
	for class := range classes.first {
		size := classes.size(class)
		m.Sizes[size]++
		m.MaxClass = max(m.MaxClass, size)
		if m.MinClass == 0 || size < m.MinClass {
			m.MinClass = size
		}
	}
	m.Suppressed = p.Table.Rows - len(classes.rows)
	m.cost(p, released, cells, suppressed)
	m.Secrets = secrets(p, classes)
	people := crowd(p, released, cells, classes)
	m.presence(p, classes, people)
	m.risks(classes, people)
	return m, nil
}

// Suppressed tells the rows of a release that are * in all columns.
func Suppressed(released *table.Table) []bool {
	gone := make([]bool, released.Rows)
	for row := range gone {
		gone[row] = true
	}
	for i := range released.Columns {
		c := &released.Columns[i]
		star := len(c.Values)
		for code, value := range c.Values {
			if value == table.Suppressed {
				star = code
			}
		}
		for row, code := range c.Codes {
			gone[row] = gone[row] && int(code) == star
		}
	}
	return gone
}

// rounding is how far a distance or an entropy may be from its limit because logarithms and shares are rounded.
const rounding = 1e-9

// Meets is nil if a release is what the problem asks for, and otherwise tells the first thing that it is not.
func (m *Measures) Meets(p *table.Problem) error {
	switch {
	case m.Suppressed > p.MostSuppressed():
		return fmt.Errorf("%d rows are suppressed, and at most %d may be", m.Suppressed, p.MostSuppressed())
	case m.Classes == 0:
		return fmt.Errorf("no row is released")
	case m.MinClass < p.K:
		return fmt.Errorf("the smallest class has %d rows, and k is %d", m.MinClass, p.K)
	}
	for i := range p.Sensitive {
		if err := m.Secrets[i].meets(&p.Sensitive[i]); err != nil {
			return err
		}
	}
	if asked := p.Presence; asked != nil && (m.Presence.Min < asked.Min-rounding || m.Presence.Max > asked.Max+rounding) {
		return fmt.Errorf("the rows of a class are from %.3g to %.3g of its people, and delta is from %.3g to %.3g", m.Presence.Min, m.Presence.Max, asked.Min, asked.Max)
	}
	return nil
}
