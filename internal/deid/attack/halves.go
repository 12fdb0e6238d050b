package attack

import "github.com/hamyar/hamyar/internal/deid/table"

// Halves parts the table of a problem in two: a problem of the same kind for each half. A release of one, with the people
// of the other who are not in it, tells what the way of making releases gives away. Which half a row belongs to depends on
// its number alone, and follows no order that a table could have; it is the same each time. There is no population for
// half a table, so presence in one isn't asked for.
func Halves(p *table.Problem) (first, second *table.Problem) {
	return half(p, 0), half(p, 1)
}

func half(p *table.Problem, side uint64) *table.Problem {
	var rows []int
	for row := range p.Table.Rows {
		if scrambled(uint64(row))>>63 == side {
			rows = append(rows, row)
		}
	}
	out := *p
	out.Presence = nil
	out.Table = &table.Table{Rows: len(rows)}
	for _, c := range p.Table.Columns {
		part := table.Column{Name: c.Name, Values: c.Values, Codes: make([]uint32, len(rows))}
		for i, row := range rows {
			part.Codes[i] = c.Codes[row]
		}
		out.Table.Columns = append(out.Table.Columns, part)
	}
	return &out
}

// scrambled spreads numbers that follow each other all over (the finisher of SplitMix64). It hides nothing.
func scrambled(n uint64) uint64 {
	n = (n + 1) * 0x9e3779b97f4a7c15
	n = (n ^ n>>30) * 0xbf58476d1ce4e5b9
	n = (n ^ n>>27) * 0x94d049bb133111eb
	return n ^ n>>31
}
