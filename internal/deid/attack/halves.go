package attack

import "github.com/hamyar/hamyar/internal/deid/table"

// Halves parts the table of a problem, every other row: a problem of the same kind for each half. A release of one, with
// the people of the other who are not in it, tells what the way of making releases gives away. There is no population
// for half a table, so presence in one isn't asked for.
func Halves(p *table.Problem) (first, second *table.Problem) {
	return half(p, 0), half(p, 1)
}

func half(p *table.Problem, from int) *table.Problem {
	out := *p
	out.Presence = nil
	out.Table = &table.Table{Rows: (p.Table.Rows + 1 - from) / 2}
	for _, c := range p.Table.Columns {
		part := table.Column{Name: c.Name, Values: c.Values, Codes: make([]uint32, 0, out.Table.Rows)}
		for row := from; row < p.Table.Rows; row += 2 {
			part.Codes = append(part.Codes, c.Codes[row])
		}
		out.Table.Columns = append(out.Table.Columns, part)
	}
	return &out
}
