package table

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

// Problem is a table with what a study asks of it: everything that is needed to make a release, and to judge one.
type Problem struct {
	Table            *Table // without its identifiers
	Quasi            []Axis // in the order of the table
	Sensitive        []Secret
	K                int // 1 where none is asked for
	Presence         *Crowd
	SuppressionLimit float64 // the share of rows that may be suppressed, 0 to 1
	Coding           Coding
}

// Axis is a column by which somebody may be recognised, and how it is made coarser.
type Axis struct {
	Column    int // of the table
	Hierarchy *Hierarchy
	LeafOf    []uint32 // LeafOf[code] is the leaf of that value of the column
	Weight    float64  // of the column's loss; 1 unless the study says otherwise
}

// Secret is a column whose values nobody should learn of anybody. L and T have no kind where they aren't asked for.
type Secret struct {
	Column int
	L      Diversity
	T      Closeness
	// Rank[code] is the place of that value among those of the table, from 0 and without a gap; nil unless T is ordered.
	Rank []int
}

// Crowd is the population that the rows were taken from. In every class the rows must be between Min and Max of it.
type Crowd struct {
	Min, Max float64
	Rows     int
	LeafOf   [][]uint32 // LeafOf[axis][row] is the leaf of a person of the population
}

// MostSuppressed is how many rows may be suppressed.
func (p *Problem) MostSuppressed() int {
	return int(math.Floor(p.SuppressionLimit*float64(p.Table.Rows) + 1e-9)) // or 4 % of 100 rows could be 3
}

// Parts are the files of a study beside the table itself, by the names that the study calls them.
type Parts struct {
	Input       string // names the table in errors
	Hierarchies map[string]*Hierarchy
	Population  *Table
}

// Problem puts a table and what belongs to it together. It is a *Wrong if a column isn't classified, a value isn't in its
// hierarchy, or no release can be what the study asks for.
func (s *Study) Problem(t *Table, parts Parts) (*Problem, error) {
	p := &Problem{Table: t, K: s.Privacy.K, SuppressionLimit: s.Privacy.SuppressionLimit, Coding: s.Coding}
	for i := range t.Columns {
		c := &t.Columns[i]
		trait, classified := s.Columns[c.Name]
		var err error
		switch {
		case !classified:
			err = s.unclassified(parts.Input, c.Name, len(t.Columns))
		case trait.Use == Quasi:
			err = p.addAxis(i, trait, parts)
		case trait.Use == Sensitive:
			err = p.addSecret(i, trait, s.Privacy, parts)
		case trait.Use == Identifier:
			err = &Wrong{File: parts.Input, Column: c.Name, What: "an identifier is left out while reading"}
		}
		if err != nil {
			return nil, err
		}
	}
	if p.K > t.Rows {
		return nil, &Wrong{File: parts.Input, What: fmt.Sprintf("it has %d rows, and k asks for %d in every class", t.Rows, p.K)}
	}
	if err := p.addCrowd(s.Privacy.Delta, parts); err != nil {
		return nil, err
	}
	return p, nil
}

func (s *Study) unclassified(input, name string, columns int) error {
	wrong := &Wrong{File: input, Column: name, What: "the study doesn't classify it; give it a role, or name it identifier to leave it out"}
	if columns == 1 && len(s.Columns) > 1 {
		wrong.What = fmt.Sprintf("the header has this one column alone, and the study has %d; is input.delimiter right?", len(s.Columns))
	}
	return wrong
}

func (p *Problem) addAxis(column int, trait Trait, parts Parts) error {
	c := &p.Table.Columns[column]
	axis := Axis{Column: column, Weight: 1, Hierarchy: parts.Hierarchies[trait.Hierarchy]}
	if trait.Weight != nil {
		axis.Weight = *trait.Weight
	}
	if trait.Hierarchy == "" {
		axis.Hierarchy = Flat(slices.Sorted(slices.Values(c.Values)))
	}
	var err error
	axis.LeafOf, err = axis.Hierarchy.place(c, parts.Input, trait.Hierarchy)
	p.Quasi = append(p.Quasi, axis)
	return err
}

// place finds the leaf of each value of a column.
func (h *Hierarchy) place(c *Column, input, hierarchy string) ([]uint32, error) {
	leafOf, missing := make([]uint32, len(c.Values)), -1
	leaves := make(map[string]uint32, len(h.Leaves))
	for leaf, name := range h.Leaves {
		leaves[name] = uint32(leaf)
	}
	for code, value := range c.Values {
		leaf, known := leaves[value]
		if !known {
			missing = code
			break
		}
		leafOf[code] = leaf
	}
	if missing < 0 {
		return leafOf, nil
	}
	row := slices.Index(c.Codes, uint32(missing)) + 1
	return nil, &Wrong{File: input, Row: row, Column: c.Name, What: "this value is missing from its hierarchy, " + hierarchy}
}

func (p *Problem) addSecret(column int, trait Trait, all Privacy, parts Parts) error {
	c := &p.Table.Columns[column]
	secret := Secret{Column: column, L: all.L, T: all.T}
	if trait.L != nil {
		secret.L = *trait.L
	}
	if trait.T != nil {
		secret.T = *trait.T
	}
	if n := len(c.Values); secret.L.Kind != "" && float64(n) < secret.L.Value {
		return &Wrong{File: parts.Input, Column: c.Name, What: fmt.Sprintf("it has %d different values, and l asks for %g in every class", n, secret.L.Value)}
	}
	if secret.T.Kind == "ordered" {
		var err error
		if secret.Rank, err = ranks(c, trait, parts); err != nil {
			return err
		}
	}
	p.Sensitive = append(p.Sensitive, secret)
	return nil
}

// ranks puts the values of a column in order: that of its hierarchy, or of numbers.
func ranks(c *Column, trait Trait, parts Parts) ([]int, error) {
	order := make([]float64, len(c.Values))
	if trait.Hierarchy != "" {
		leafOf, err := parts.Hierarchies[trait.Hierarchy].place(c, parts.Input, trait.Hierarchy)
		if err != nil {
			return nil, err
		}
		for code, leaf := range leafOf {
			order[code] = float64(leaf)
		}
	} else {
		for code, value := range c.Values {
			number, err := strconv.ParseFloat(value, 64)
			if err != nil || math.IsNaN(number) {
				row := slices.Index(c.Codes, uint32(code)) + 1
				return nil, &Wrong{File: parts.Input, Row: row, Column: c.Name, What: "ordered t-closeness needs numbers here, or a hierarchy whose leaves stand in order"}
			}
			order[code] = number
		}
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(order)))
	rank := make([]int, len(order))
	for code, number := range order {
		rank[code], _ = slices.BinarySearch(sorted, number)
	}
	return rank, nil
}
