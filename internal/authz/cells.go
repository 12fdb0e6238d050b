package authz

import (
	"iter"
	"strings"
)

// Cell is one question of the matrix: somebody asks for something, in a circumstance and a place.
type Cell struct {
	Action, Circumstance string
	Person, Place        string
	Facts                Facts
}

// Cells are the questions of the matrix: every circumstance, for every person, in every place that tells something.
func Cells() iter.Seq[Cell] {
	return func(yield func(Cell) bool) {
		for _, c := range circumstances {
			for _, who := range people {
				for _, where := range c.places() {
					if !yield(Cell{c.action, c.name, who.name, where.name, c.facts(who, where)}) {
						return
					}
				}
			}
		}
	}
}

// Brief is the decision in a few words, as the matrix writes it: yes and what comes with it, or the first reason.
func (d Decision) Brief() string {
	if !d.Allow {
		return string(d.Reasons[0])
	}
	says := []string{"yes"}
	for _, duty := range d.Obligations {
		says = append(says, string(duty))
	}
	return strings.Join(says, ", ")
}
