package dp

import (
	"encoding/json"
	"io"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// The columns of a release that are no keys.
var own = []string{"table", "figure", "value", "low", "high"}

// Table is a release as one table with a row for each figure: the table, a column for every key of any table, the figure,
// its value, and its interval. Hidden cells have one row, whose figure is members and whose value is *.
func (r *Release) Table() *table.Table {
	keys := []string{}
	for _, t := range r.Tables {
		for _, name := range t.By {
			if !slices.Contains(keys, name) {
				keys = append(keys, name)
			}
		}
	}
	w := newSheet(slices.Concat(own[:1], keys, own[1:]))
	for _, t := range r.Tables {
		for _, c := range t.Cells {
			start := make([]string, 1+len(keys))
			start[0] = t.Name
			for i, name := range t.By {
				start[1+slices.Index(keys, name)] = c.Key[i]
			}
			if c.Hidden {
				w.add(start, "members", table.Suppressed, table.Suppressed, table.Suppressed)
			}
			for _, f := range c.Figures {
				w.add(start, f.Name, f.Value, f.Low, f.High)
			}
		}
	}
	return w.made
}

// sheet is a table while it is written.
type sheet struct {
	made   *table.Table
	codeOf []map[string]uint32
}

func newSheet(names []string) *sheet {
	s := &sheet{made: &table.Table{}}
	for _, name := range names {
		s.made.Columns = append(s.made.Columns, table.Column{Name: name})
		s.codeOf = append(s.codeOf, map[string]uint32{})
	}
	return s
}

func (s *sheet) add(start []string, rest ...string) {
	for i, value := range slices.Concat(start, rest) {
		c := &s.made.Columns[i]
		code, known := s.codeOf[i][value]
		if !known {
			code = uint32(len(c.Values))
			s.codeOf[i][value], c.Values = code, append(c.Values, value)
		}
		c.Codes = append(c.Codes, code)
	}
	s.made.Rows++
}

// WriteJSON writes what a release cost, and how much noise is in it. It holds nothing that the release doesn't.
func (r *Release) WriteJSON(w io.Writer) error {
	type told struct {
		Name   string    `json:"name"`
		By     []string  `json:"by"`
		Cells  int       `json:"cells"`
		Hidden int       `json:"hidden"`
		Spread []float64 `json:"noise_sd"`
	}
	all := struct {
		Noise   string  `json:"noise"`
		Epsilon float64 `json:"epsilon"`
		Delta   float64 `json:"delta"`
		Tables  []told  `json:"tables"`
	}{Noise: r.Noise, Epsilon: r.Spent.Epsilon, Delta: r.Spent.Delta}
	for _, t := range r.Tables {
		one := told{Name: t.Name, By: append([]string{}, t.By...), Cells: len(t.Cells), Spread: t.Spread}
		for _, c := range t.Cells {
			if c.Hidden {
				one.Hidden++
			}
		}
		all.Tables = append(all.Tables, one)
	}
	out := json.NewEncoder(w)
	out.SetIndent("", "  ")
	return out.Encode(all)
}
