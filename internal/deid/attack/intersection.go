package attack

import (
	"encoding/binary"

	"github.com/hamyar/hamyar/internal/deid/table"
)

// Intersection follows people through two releases, as somebody can whose data say which rows are one person's. same[row]
// is the row of second that is the same person's as row of first, or -1. Whoever is in both is among those who are in the
// same class as they are both times, and has a value that such people have.
func Intersection(first, second *Release, same []int, limits Limits) []Finding {
	type pair struct{ first, second int32 }
	groups, people := map[pair][]int{}, 0
	for row, other := range same {
		if other < 0 || first.class[row] == none || second.class[other] == none {
			continue
		}
		at := pair{first.class[row], second.class[other]}
		groups[at], people = append(groups[at], row), people+1
	}
	narrowed := 0
	for _, rows := range groups {
		if len(rows) < limits.Group {
			narrowed += len(rows)
		}
	}
	all := []Finding{{
		Attack: "intersection", Measured: float64(narrowed) / float64(max(people, 1)), Limit: limits.Narrowed,
		Meaning: "the share of people in both releases who are in one group with fewer others than anybody may be",
	}}
	for secret := range first.secrets {
		exposed := 0
		for _, rows := range groups {
			values := map[uint32]bool{}
			for _, row := range rows {
				values[first.secrets[secret][row]] = true
			}
			if len(values) < limits.Values {
				exposed += len(rows)
			}
		}
		all = append(all, Finding{
			Attack: "intersection", Column: first.column(secret), Measured: float64(exposed),
			Meaning: "people in both releases who are in one group with too few sensitive values",
		})
	}
	return all
}

// Moves compares two releases class by class: where the same cells have a few rows more or fewer, those who came or went
// are known to be that few. What is measured is how many classes tell such a difference.
func Moves(first, second *Release, limits Limits) Finding {
	sizes := map[string]int{}
	for class, rows := range second.rows {
		sizes[second.cells(class)] = len(rows)
	}
	small := 0
	for class, rows := range first.rows {
		after, there := sizes[first.cells(class)]
		if moved := max(after, len(rows)) - min(after, len(rows)); there && moved > 0 && moved < limits.Group {
			small++
		}
	}
	return Finding{
		Attack: "differencing", Measured: float64(small),
		Meaning: "classes that both releases have, and that a few people came to or left",
	}
}

// cells names what the cells of a class are.
func (r *Release) cells(class int) string {
	var key []byte
	for i := range r.axes {
		name := r.axes[i].hierarchy.Names[r.axes[i].cell[class].Level][r.axes[i].cell[class].Code]
		key = append(binary.AppendUvarint(key, uint64(len(name))), name...)
	}
	return string(key)
}

// own is the share of different values above which a column names rows.
const own = 0.9

// Pseudonyms looks for columns that name rows, being different in almost all of them, and whose values are in both
// releases: whoever has both can follow people. A column of the second that has them counts whatever its name is.
func Pseudonyms(first, second *Release) Finding {
	shared := 0
	for _, a := range first.naming() {
		known := map[string]bool{}
		for _, value := range a.Values {
			known[value] = true
		}
		for _, b := range second.naming() {
			here := 0
			for _, value := range b.Values {
				if known[value] {
					here++
				}
			}
			shared = max(shared, here)
		}
	}
	return Finding{Attack: "pseudonyms", Measured: float64(shared), Meaning: "names of rows that are in both releases"}
}

// naming are the columns that are neither quasi nor sensitive and name rows.
func (r *Release) naming() []table.Column {
	kept := map[int]bool{}
	for _, axis := range r.problem.Quasi {
		kept[axis.Column] = true
	}
	for _, secret := range r.problem.Sensitive {
		kept[secret.Column] = true
	}
	var all []table.Column
	for i, c := range r.problem.Table.Columns {
		if !kept[i] && float64(len(c.Values)) > own*float64(r.problem.Table.Rows) {
			all = append(all, c)
		}
	}
	return all
}
