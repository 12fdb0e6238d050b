package attack

import (
	"encoding/binary"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// People are those of whom an attacker knows the quasi columns.
type People struct {
	rows   int
	leaf   [][]int32 // by axis and person
	secret [][]int32 // by sensitive column and person, to score guesses by
}

// Members are the people of the release's own table, suppressed rows among them.
func (r *Release) Members() *People {
	everybody, _ := r.Others(r.problem.Table) // it has its own columns
	return everybody
}

// Others are people who aren't in the release, from the same population: the control of whatever is tried on members. It
// is a *table.Wrong if the table lacks a quasi or a sensitive column, or has no row.
func (r *Release) Others(t *table.Table) (*People, error) {
	p := &People{rows: t.Rows}
	find := func(column int) (*table.Column, error) {
		name := r.problem.Table.Columns[column].Name
		at := t.Find(name)
		if at < 0 {
			return nil, &table.Wrong{Column: name, What: "the control lacks this column"}
		}
		return &t.Columns[at], nil
	}
	if t.Rows == 0 {
		return nil, &table.Wrong{What: "the control has no row"}
	}
	for i := range r.axes {
		c, err := find(r.problem.Quasi[i].Column)
		if err != nil {
			return nil, err
		}
		p.leaf = append(p.leaf, translated(c, r.axes[i].names))
	}
	for i := range r.problem.Sensitive {
		at := r.problem.Sensitive[i].Column
		c, err := find(at)
		if err != nil {
			return nil, err
		}
		codes := map[string]int32{}
		for code, value := range r.problem.Table.Columns[at].Values {
			codes[value] = int32(code)
		}
		p.secret = append(p.secret, translated(c, codes))
	}
	return p, nil
}

func translated(c *table.Column, known map[string]int32) []int32 {
	code := make([]int32, len(c.Values))
	for i, value := range c.Values {
		number, has := known[value]
		if !has {
			number = none
		}
		code[i] = number
	}
	all := make([]int32, len(c.Codes))
	for row, at := range c.Codes {
		all[row] = code[at]
	}
	return all
}

// search finds the classes that people could be in by what is known of some of their columns, once for each different
// combination.
type search struct {
	release *Release
	axes    []int
	found   map[string][]int32
}

func (r *Release) search(axes []int) *search {
	return &search{release: r, axes: axes, found: map[string][]int32{}}
}

// all are the numbers of all quasi columns.
func (r *Release) all() []int {
	axes := make([]int, len(r.axes))
	for i := range axes {
		axes[i] = i
	}
	return axes
}

func (s *search) classes(p *People, person int) []int32 {
	key := make([]byte, 0, 4*len(s.axes))
	for _, axis := range s.axes {
		key = binary.LittleEndian.AppendUint32(key, uint32(p.leaf[axis][person]))
	}
	if known, met := s.found[string(key)]; met {
		return known
	}
	classes := s.look(p, person)
	s.found[string(key)] = classes
	return classes
}

// look goes through the classes that the most telling column allows.
func (s *search) look(p *People, person int) []int32 {
	var fewest [][]int32
	few := -1
	for _, axis := range s.axes {
		lists, many := s.release.axes[axis].allow(p.leaf[axis][person])
		if few < 0 || many < few {
			fewest, few = lists, many
		}
	}
	var classes []int32
	for _, list := range fewest {
		for _, class := range list {
			if s.cover(p, person, class) {
				classes = append(classes, class)
			}
		}
	}
	return classes
}

func (s *search) cover(p *People, person int, class int32) bool {
	for _, axis := range s.axes {
		if !s.release.axes[axis].covers(class, p.leaf[axis][person]) {
			return false
		}
	}
	return true
}

// allow lists the classes with a cell that covers a leaf, by the level of the cell.
func (a *reading) allow(leaf int32) (lists [][]int32, many int) {
	for level, codes := range a.hierarchy.Levels {
		at := value{level: level}
		switch {
		case leaf != none:
			at.code = codes[leaf]
		case level < a.hierarchy.Top():
			continue
		}
		if list := a.classes[at]; len(list) > 0 {
			lists, many = append(lists, list), many+len(list)
		}
	}
	return lists, many
}

// size is how many rows classes have together.
func (r *Release) size(classes []int32) int {
	rows := 0
	for _, class := range classes {
		rows += len(r.rows[class])
	}
	return rows
}
