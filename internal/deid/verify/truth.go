package verify

import (
	"fmt"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Cell is what a value of a released quasi column stands for: a value of its hierarchy.
type Cell struct {
	Level  int
	Code   uint32
	Leaves int // that it could have been; 0 where the hierarchy doesn't have it
}

// truth finds what the released quasi cells stand for, by axis and code, and refuses a release that isn't true.
func truth(p *table.Problem, released *table.Table, suppressed []bool) ([][]Cell, error) {
	if released.Rows != p.Table.Rows || len(suppressed) != p.Table.Rows {
		return nil, &table.Wrong{What: fmt.Sprintf("the release has %d rows, and the table %d", released.Rows, p.Table.Rows)}
	}
	if len(released.Columns) != len(p.Table.Columns) {
		return nil, &table.Wrong{What: fmt.Sprintf("the release has %d columns, and the table %d", len(released.Columns), len(p.Table.Columns))}
	}
	quasi := map[int]int{}
	for axis := range p.Quasi {
		quasi[p.Quasi[axis].Column] = axis
	}
	cells := make([][]Cell, len(p.Quasi))
	for i := range released.Columns {
		if released.Columns[i].Name != p.Table.Columns[i].Name {
			return nil, &table.Wrong{Column: p.Table.Columns[i].Name, What: "the release has another column in its place"}
		}
		var err error
		if axis, coarse := quasi[i]; coarse {
			cells[axis], err = covers(&p.Quasi[axis], &p.Table.Columns[i], &released.Columns[i], suppressed)
		} else {
			err = same(&p.Table.Columns[i], &released.Columns[i], suppressed)
		}
		if err != nil {
			return nil, err
		}
	}
	return cells, nil
}

// covers checks that every released cell of an axis covers what stood there.
func covers(axis *table.Axis, was, is *table.Column, suppressed []bool) ([]Cell, error) {
	cells := Cells(axis.Hierarchy, is)
	for row, code := range is.Codes {
		if suppressed[row] {
			continue
		}
		c := cells[code]
		if c.Leaves == 0 {
			return nil, &table.Wrong{Row: row + 1, Column: is.Name, What: "the release has a value here that its hierarchy doesn't have"}
		}
		if axis.Hierarchy.Levels[c.Level][axis.LeafOf[was.Codes[row]]] != c.Code {
			return nil, &table.Wrong{Row: row + 1, Column: is.Name, What: "the release has a value here that doesn't cover the one of the table"}
		}
	}
	return cells, nil
}

// Cells finds the values of a column in its hierarchy, by code, at the lowest level that has them. * is everything where
// the hierarchy doesn't have it.
func Cells(h *table.Hierarchy, c *table.Column) []Cell {
	known := map[string]Cell{}
	for level := h.Top(); level >= 0; level-- {
		under := make([]int, len(h.Names[level]))
		for _, code := range h.Levels[level] {
			under[code]++
		}
		for code, name := range h.Names[level] {
			known[name] = Cell{Level: level, Code: uint32(code), Leaves: under[code]}
		}
	}
	if _, has := known[table.Suppressed]; !has {
		known[table.Suppressed] = Cell{Level: h.Top(), Leaves: len(h.Leaves)}
	}
	cells := make([]Cell, len(c.Values))
	for code, value := range c.Values {
		cells[code] = known[value]
	}
	return cells
}

// same checks that the cells of a column are what they were.
func same(was, is *table.Column, suppressed []bool) error {
	codes := map[string]uint32{}
	for code, value := range was.Values {
		codes[value] = uint32(code)
	}
	none := uint32(len(was.Values))
	became := make([]uint32, len(is.Values))
	for code, value := range is.Values {
		before, known := codes[value]
		if !known {
			before = none
		}
		became[code] = before
	}
	for row, code := range is.Codes {
		if !suppressed[row] && became[code] != was.Codes[row] {
			return &table.Wrong{Row: row + 1, Column: is.Name, What: "the release has another value here than the table, and the column isn't quasi"}
		}
	}
	return nil
}
