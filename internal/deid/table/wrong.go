package table

import (
	"fmt"
	"strings"
)

// Wrong is what is wrong with something that was given: in which file, and where in it. It repeats no cell, for a cell may
// be somebody's. Names of columns and settings are the steward's own, and are told.
type Wrong struct {
	File   string // as it was named by whoever gave it
	Row    int    // counted from 1 below the header; 0 where none is meant
	Line   int    // of the file, counted from 1; 0 where it isn't known
	Column string // its name, or its number where it has none
	What   string // what is wrong, and what to do
}

func (w *Wrong) Error() string {
	var where []string
	if w.Row > 0 {
		where = append(where, fmt.Sprintf("row %d", w.Row))
	}
	if w.Line > 0 {
		where = append(where, fmt.Sprintf("line %d", w.Line))
	}
	if w.Column != "" {
		where = append(where, "column "+w.Column)
	}
	told := w.What
	if len(where) > 0 {
		told = strings.Join(where, ", ") + ": " + told
	}
	if w.File != "" {
		told = w.File + ": " + told
	}
	return told
}
