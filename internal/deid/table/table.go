// Package table holds tables as they are read from files and written to them, the hierarchies that make their values
// coarser, and the study that says what each column is and how well the rows must be protected. It refuses whatever is
// wrong with any of them before a row is looked at, and says where.
//
// It protects the people whose rows these are: a column that nobody classified is refused, identifiers are let go while
// reading, and no error repeats a cell. It must never guess what a column is, repair a row, or know a key or a database.
package table

import "slices"

// Table is a table by columns. Each column keeps its different values once, and a number for each row.
type Table struct {
	Columns []Column
	Rows    int
}

// Column is one column. Codes has an entry for each row: the index of its value in Values, which are different from each
// other and stand in the order in which they were first met.
type Column struct {
	Name   string
	Values []string
	Codes  []uint32
}

// Suppressed stands in every cell of a row that is not released.
const Suppressed = "*"

// Find is the index of the column of that name, or -1.
func (t *Table) Find(name string) int {
	return slices.IndexFunc(t.Columns, func(c Column) bool { return c.Name == name })
}

// At is the value of a row, counted from 0.
func (c *Column) At(row int) string { return c.Values[c.Codes[row]] }
