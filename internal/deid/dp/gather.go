package dp

import (
	"fmt"
	"math"
	"math/bits"
	"slices"
	"strconv"

	"github.com/google/differential-privacy/go/v3/rand"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// cell is what its members add up to, each of them once and within bounds.
type cell struct {
	members int64
	figures []figure
}

// figure is a measure of a cell before noise.
type figure struct {
	sum  int64 // of steps; those of a mean from its middle
	said int64 // members who say anything
	tree tree
}

// rowsOf are the rows of each member, one member after another.
type rowsOf struct {
	rows  []uint32
	first []uint32 // of each member, in rows; one more at the end
}

// byMember puts the rows of each member together.
func byMember(t *table.Table, p *Plan, input string) (rowsOf, error) {
	if p.OneRowEach {
		var all rowsOf
		for row := range t.Rows {
			all.rows, all.first = append(all.rows, uint32(row)), append(all.first, uint32(row))
		}
		all.first = append(all.first, uint32(t.Rows))
		return all, nil
	}
	at := t.Find(p.Member)
	if at < 0 {
		return rowsOf{}, lacks(input, p.Member)
	}
	c := &t.Columns[at]
	all := rowsOf{rows: make([]uint32, t.Rows), first: make([]uint32, len(c.Values)+1)}
	for row, code := range c.Codes {
		if value := c.Values[code]; value == "" || value == table.Suppressed {
			return rowsOf{}, &table.Wrong{File: input, Row: row + 1, Column: c.Name, What: "it doesn't say whose the row is"}
		}
		all.first[code+1]++
	}
	for member := range c.Values {
		all.first[member+1] += all.first[member]
	}
	next := slices.Clone(all.first)
	for row, code := range c.Codes {
		all.rows[next[code]] = uint32(row)
		next[code]++
	}
	return all, nil
}

func (r rowsOf) members() int { return len(r.first) - 1 }

func (r rowsOf) of(member int) []uint32 { return r.rows[r.first[member]:r.first[member+1]] }

func lacks(input, column string) error {
	return &table.Wrong{File: input, Column: column, What: "the plan asks for it, and the table has no such column"}
}

// grid finds the cell of a row. Cells are numbered in the order in which they are shown.
type grid struct {
	digits []digit
	cells  uint64 // those that are there, whether anybody is in them or not
}

// digit is a column that cells are made by: the place of each value among all, or -1 where it is left out.
type digit struct {
	place []int
	names []string
	codes []uint32
}

func newGrid(t *table.Table, keys []Key, input string) (*grid, error) {
	g := &grid{cells: 1}
	for _, k := range keys {
		at := t.Find(k.Column)
		if at < 0 {
			return nil, lacks(input, k.Column)
		}
		c := &t.Columns[at]
		d := digit{names: k.Values, codes: c.Codes, place: make([]int, len(c.Values))}
		if len(k.Values) == 0 {
			d.names = slices.Sorted(slices.Values(c.Values))
		}
		placeOf := map[string]int{}
		for place, name := range d.names {
			placeOf[name] = place
		}
		for code, value := range c.Values {
			place, listed := placeOf[value]
			if !listed {
				place = -1
			}
			d.place[code] = place
		}
		over, product := bits.Mul64(g.cells, uint64(len(d.names)))
		if over > 0 {
			return nil, &table.Wrong{File: input, What: "there are more combinations of keys than can be told apart"}
		}
		g.digits, g.cells = append(g.digits, d), product
	}
	return g, nil
}

func (g *grid) at(row uint32) (key uint64, shown bool) {
	for i := range g.digits {
		d := &g.digits[i]
		place := d.place[d.codes[row]]
		if place < 0 {
			return 0, false
		}
		key = key*uint64(len(d.names)) + uint64(place)
	}
	return key, true
}

func (g *grid) names(key uint64) []string {
	names := make([]string, len(g.digits))
	for i := len(names) - 1; i >= 0; i-- {
		base := uint64(len(g.digits[i].names))
		names[i] = g.digits[i].names[key%base]
		key /= base
	}
	return names
}

// said is what a column says in each row, in steps.
type said struct {
	steps []int64
	any   []bool
	codes []uint32
}

func sayings(t *table.Table, m *Measure, input string) (said, error) {
	at := t.Find(m.column())
	if at < 0 {
		return said{}, lacks(input, m.column())
	}
	c := &t.Columns[at]
	s := said{steps: make([]int64, len(c.Values)), any: make([]bool, len(c.Values)), codes: c.Codes}
	for code, value := range c.Values {
		if value == "" {
			continue
		}
		number, err := strconv.ParseFloat(value, 64)
		if err != nil || math.IsNaN(number) || math.IsInf(number, 0) {
			row := slices.Index(c.Codes, uint32(code)) + 1
			return said{}, &table.Wrong{File: input, Row: row, Column: c.Name, What: "it is measured, and this is no number; leave the cell empty where nothing is known"}
		}
		s.any[code], s.steps[code] = true, m.steps(number)
		if m.Sum == "" {
			s.steps[code] = m.clamp(s.steps[code])
		}
	}
	return s, nil
}

// visit is what one member says in one cell.
type visit struct {
	key   uint64
	total []int64
	times []int64
}

// gather adds up what members say. Each of them counts in at most t.Cells cells, which are drawn among all of theirs.
func gather(from *table.Table, t *Counts, whose rowsOf, input string) (*grid, map[uint64]*cell, error) {
	g, err := newGrid(from, t.By, input)
	if err != nil {
		return nil, nil, err
	}
	says := make([]said, len(t.Measures))
	for i := range t.Measures {
		if says[i], err = sayings(from, &t.Measures[i], input); err != nil {
			return nil, nil, fmt.Errorf("table %s: %w", t.Name, err)
		}
	}
	cells := map[uint64]*cell{}
	seen := map[uint64]int{}
	for member := range whose.members() {
		visits := visitsOf(whose.of(member), g, says, seen)
		for i := range min(int(t.Cells), len(visits)) {
			drawn := i + int(rand.I63n(int64(len(visits)-i)))
			visits[i], visits[drawn] = visits[drawn], visits[i]
			t.enter(cells, visits[i])
		}
	}
	return g, cells, nil
}

func visitsOf(rows []uint32, g *grid, says []said, seen map[uint64]int) []visit {
	clear(seen)
	var visits []visit
	for _, row := range rows {
		key, shown := g.at(row)
		if !shown {
			continue
		}
		at, met := seen[key]
		if !met {
			at = len(visits)
			seen[key] = at
			visits = append(visits, visit{key: key, total: make([]int64, len(says)), times: make([]int64, len(says))})
		}
		for i := range says {
			if code := says[i].codes[row]; says[i].any[code] {
				visits[at].total[i] += says[i].steps[code]
				visits[at].times[i]++
			}
		}
	}
	return visits
}

// enter lets a member count in a cell.
func (t *Counts) enter(cells map[uint64]*cell, v visit) {
	c := cells[v.key]
	if c == nil {
		c = &cell{figures: make([]figure, len(t.Measures))}
		cells[v.key] = c
	}
	c.members++
	for i := range t.Measures {
		if v.times[i] == 0 {
			continue
		}
		m, f := &t.Measures[i], &c.figures[i]
		f.said++
		mean := m.clamp(int64(math.Round(float64(v.total[i]) / float64(v.times[i]))))
		switch {
		case m.Sum != "":
			f.sum += m.clamp(v.total[i])
		case m.Mean != "":
			f.sum += mean - m.middle()
		default:
			f.tree.add(mean-m.steps(*m.Min), treeHeight(m.steps(*m.Max)-m.steps(*m.Min)+1))
		}
	}
}
