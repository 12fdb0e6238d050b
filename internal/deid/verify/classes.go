package verify

import (
	"math"
	"slices"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// classes are the rows of a release by what can be told of them.
type classes struct {
	rows  []uint32 // those that are released, class after class
	first []uint32 // where the rows of each class begin
}

func (c *classes) size(class int) int { return len(c.of(class)) }

// of are the rows of a class.
func (c *classes) of(class int) []uint32 {
	end := len(c.rows)
	if class+1 < len(c.first) {
		end = int(c.first[class+1])
	}
	return c.rows[c.first[class]:end]
}

// Classes lists the rows of a release that nobody can tell apart by their quasi columns, class by class.
func Classes(p *table.Problem, released *table.Table, suppressed []bool) [][]uint32 {
	c := group(p, released, suppressed)
	all := make([][]uint32, len(c.first))
	for class := range all {
		all[class] = c.of(class)
	}
	return all
}

// outside is the class of a row that is suppressed.
const outside = math.MaxUint32

// group puts rows together that are equal in all quasi columns, one column after the other.
func group(p *table.Problem, released *table.Table, suppressed []bool) *classes {
	class, many := make([]uint32, released.Rows), 1
	for row, gone := range suppressed {
		if gone {
			class[row] = outside
		}
	}
	for i := range p.Quasi {
		many = split(class, many, &released.Columns[p.Quasi[i].Column])
	}
	return gather(class, many)
}

// split tells the rows of each class apart by one column more. It returns how many classes there are then.
func split(class []uint32, many int, c *table.Column) int {
	values := uint64(len(c.Values))
	number := numbering(uint64(many) * values)
	next := uint32(0)
	for row, before := range class {
		if before == outside {
			continue
		}
		to := number(uint64(before)*values + uint64(c.Codes[row]))
		if *to == 0 {
			next++
			*to = next
		}
		class[row] = *to - 1
	}
	return int(next)
}

// dense is below how many numbers an array of them all is better than a map of those that occur.
const dense = 1 << 24

// numbering keeps a number for each pair, 0 at first.
func numbering(pairs uint64) func(pair uint64) *uint32 {
	if pairs <= dense {
		all := make([]uint32, pairs)
		return func(pair uint64) *uint32 { return &all[pair] }
	}
	met := map[uint64]*uint32{}
	return func(pair uint64) *uint32 {
		if met[pair] == nil {
			met[pair] = new(uint32)
		}
		return met[pair]
	}
}

// gather lists the rows of each class.
func gather(class []uint32, many int) *classes {
	sizes := make([]uint32, many)
	released := 0
	for _, at := range class {
		if at != outside {
			sizes[at]++
			released++
		}
	}
	c := &classes{rows: make([]uint32, released)}
	if released == 0 {
		return c
	}
	c.first = make([]uint32, many)
	for i := 1; i < many; i++ {
		c.first[i] = c.first[i-1] + sizes[i-1]
	}
	next := slices.Clone(c.first)
	for row, at := range class {
		if at != outside {
			c.rows[next[at]] = uint32(row)
			next[at]++
		}
	}
	return c
}
