package scrub

import (
	"strings"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// around weighs what stands beside a place in an address: the number of a house, the code of a state, of the post.
func (s *sights) around(weights []verdict) {
	for range 2 { // what is found gives away what stands beside it
		for i := range s.all {
			if weights[i].place < enough && !s.all[i].taken && s.addressed(weights, i) {
				weights[i].place = enough + 1
			}
		}
	}
}

// addressed tells whether a word is a number or a code of an address.
func (s *sights) addressed(weights []verdict, i int) bool {
	w, next := s.all[i], s.at(i+1)
	prior := i > 0 && near(w.gap) && (weights[i-1].place >= enough || s.where[i-1])
	later := i+1 < len(s.all) && near(next.gap) && (weights[i+1].place >= enough || s.where[i+1])
	switch {
	case w.digits:
		return s.housed(weights, i, prior, later)
	case !w.capital && !s.small || len(w.said) > 3 || w.is.Is(lexicon.Common):
		return false
	}
	return prior && (later || next.digits && near(next.gap) || next.first)
}

// housed tells whether a number is of a house or the post: beside a place of the same line, or closing the line of one.
func (s *sights) housed(weights []verdict, i int, prior, later bool) bool {
	w, next := s.all[i], s.at(i+1)
	length := len(w.said)
	if measured[next.said] && next.gap == " " || measured[w.said] {
		return false
	}
	unknown := next.is&^lexicon.Begins == 0 && !next.digits && next.gap == " " && !next.persian && i+1 < len(s.all) && !next.taken
	switch {
	case prior && length >= 4 && length <= 6:
		return true
	case prior && later, later && !w.first && s.at(i-1).digits, (prior || later) && s.where[max(0, i-1)]:
		return true
	}
	return unknown && length <= 4 && weights[i+1].person >= enough && (w.first || s.at(i-1).digits || s.where[max(0, i-1)] || at[s.at(i-1).said])
}

var at = set("at to address addresses is lives live from street road corner")

// measured are words after a number that is no number of a house.
var measured = set(`mg mcg ml g kg lb lbs stone st mmol units unit iu years year yrs yr months month weeks week days day hours hour hrs minutes mins min times
	time percent k am pm cm mm km miles mile calories kcal tablets tablet pills pill doses dose cigarettes people kids children steps points`)

func near(gap string) bool {
	switch strings.Trim(gap, " ") {
	case "", ",", "\n", ",\n", "\n,", "-", "\n\n", ".":
		return true
	}
	return false
}
