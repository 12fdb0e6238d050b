// Package attack tries releases as somebody would who wants to know who is in them, or what is true of somebody: by
// joining what is known elsewhere, by comparing releases, by guessing, and by listening to noise many times.
//
// It protects people by being first. It must never repeat a cell or point out a row, or call a release safe because an
// attack failed: a limit that was held is all that a finding says.
package attack

import (
	"github.com/hamyar/hamyar/internal/deid/table"
	"github.com/hamyar/hamyar/internal/deid/verify"
)

// Limits are how far an attack may come.
type Limits struct {
	Group     int     // the fewest rows, or people, that anybody may be narrowed down to
	Values    int     // the fewest sensitive values that anybody may be narrowed down to
	Distance  float64 // of sensitive values in a class from those in the table, half the sum of differences between shares
	Narrowed  float64 // the share of people whom two releases may narrow down to a smaller group
	AUC       float64 // of telling who is in a release from who isn't; 0.5 is chance
	Advantage float64 // of guessing about people in a release over people who aren't in it
}

// Recommended are limits for health data: a risk below 0.09 in every class, three values of everything sensitive.
func Recommended() Limits {
	return Limits{Group: 11, Values: 3, Distance: 0.5, Narrowed: 0.005, AUC: 0.55, Advantage: 0.05}
}

// Finding is what an attack came to.
type Finding struct {
	Attack   string  `json:"attack"`
	Column   string  `json:"column,omitempty"` // the sensitive column that it was after
	Measured float64 `json:"measured"`
	Limit    float64 `json:"limit"`
	Least    bool    `json:"least,omitempty"` // the limit is the least that is well, not the most
	Meaning  string  `json:"meaning"`         // of what was measured, in words
}

// Held tells whether the attack was held off.
func (f *Finding) Held() bool {
	if f.Least {
		return f.Measured >= f.Limit-rounding
	}
	return f.Measured <= f.Limit+rounding
}

// rounding is how far a measure may be from its limit because shares are rounded.
const rounding = 1e-9

// Release is a release in the hands of somebody who studies it, and the truth to score them by.
type Release struct {
	problem *table.Problem
	axes    []reading
	rows    [][]uint32 // of each class
	class   []int32    // of each row; none where it is suppressed
	secrets [][]uint32 // codes of each sensitive column
}

// none is a class that isn't there, and a leaf or a value that the table doesn't have.
const none = -1

// reading is what a released column tells.
type reading struct {
	hierarchy *table.Hierarchy
	cell      []verify.Cell     // of each class
	classes   map[value][]int32 // that have a value of the hierarchy
	names     map[string]int32  // leaves
}

// value is a value of a hierarchy.
type value struct {
	level int
	code  uint32
}

// Open studies a release of the problem's table, whose rows stand in the order of the table. Where suppressed is nil the
// rows that are * in all columns are suppressed. It is a *table.Wrong if the release isn't true, or releases no row.
func Open(p *table.Problem, released *table.Table, suppressed []bool) (*Release, error) {
	if suppressed == nil {
		suppressed = verify.Suppressed(released)
	}
	measured, err := verify.Check(p, released, suppressed)
	if err != nil {
		return nil, err
	}
	if measured.Classes == 0 {
		return nil, &table.Wrong{What: "no row is released, so there is nothing to attack"}
	}
	r := &Release{problem: p, rows: verify.Classes(p, released, suppressed), class: make([]int32, p.Table.Rows)}
	for row := range r.class {
		r.class[row] = none
	}
	for class, rows := range r.rows {
		for _, row := range rows {
			r.class[row] = int32(class)
		}
	}
	for i := range p.Quasi {
		r.axes = append(r.axes, r.read(&p.Quasi[i], &released.Columns[p.Quasi[i].Column]))
	}
	for i := range p.Sensitive {
		r.secrets = append(r.secrets, p.Table.Columns[p.Sensitive[i].Column].Codes)
	}
	return r, nil
}

func (r *Release) read(axis *table.Axis, c *table.Column) reading {
	a := reading{hierarchy: axis.Hierarchy, classes: map[value][]int32{}, names: map[string]int32{}}
	for leaf, name := range axis.Hierarchy.Leaves {
		a.names[name] = int32(leaf)
	}
	cells := verify.Cells(axis.Hierarchy, c)
	for class, rows := range r.rows {
		cell := cells[c.Codes[rows[0]]]
		a.cell = append(a.cell, cell)
		at := value{cell.Level, cell.Code}
		a.classes[at] = append(a.classes[at], int32(class))
	}
	return a
}

// covers tells whether a class could be that of somebody with this leaf.
func (a *reading) covers(class, leaf int32) bool {
	cell := a.cell[class]
	if leaf == none {
		return cell.Level == a.hierarchy.Top()
	}
	return a.hierarchy.Levels[cell.Level][leaf] == cell.Code
}

// column is the name of a sensitive column.
func (r *Release) column(secret int) string {
	return r.problem.Table.Columns[r.problem.Sensitive[secret].Column].Name
}
