package scrub

import (
	"strings"

	"github.com/hamyar/hamyar/internal/deid/scrub/lexicon"
)

// What stands in addresses, and after numbers that are of no house.
var (
	locating = set(`at to address addresses is lives live from street road corner with and than box in sent here by`)
	measured = set(`mg mcg ml g kg lb lbs stone st mmol units unit iu years year yrs yr months month weeks week days day hours hour hrs minutes mins min times
		time percent k am pm cm mm km miles mile calories kcal tablets tablet pills pill doses dose cigarettes people kids children steps points`)
	ways = set(`rue via viale rua ul ulica calle avenida avenue av boulevard bd piazza plaza place platz allee chemin quai cours route carrer corso largo travessa
		praca strada bulevar trg namesti postbox`)
)

// around weighs what stands beside a place in an address: the number of a house, the code of a state, of the post.
func (s *sights) around(weights []verdict) {
	for i := range s.all {
		w := &s.all[i]
		switch {
		case w.has(ways) && !w.taken && s.at(i-1).digits && near(w.gap):
			s.way(weights, i)
		case w.said == "corner" && s.at(i+1).said == "of":
			s.corner(weights, i)
		}
	}
	for range 2 { // what is found gives away what stands beside it
		for i := range s.all {
			if weights[i].place < enough && !s.all[i].taken && s.addressed(weights, i) {
				weights[i].place = enough + 1
			}
		}
	}
}

// way claims a road whose kind comes first, with the number before it: 12 rue de la Paix.
func (s *sights) way(weights []verdict, first int) {
	from := first - 1
	if s.at(from-1).digits && s.at(from).gap == " " {
		from--
	}
	to := first
	for i := first + 1; i < min(first+6, len(s.all)) && (s.joined(i) || s.all[i].gap == ". "); i++ {
		w := &s.all[i]
		if w.is.Is(lexicon.Common) && !w.capital && !w.has(particles) && !w.digits {
			break
		}
		to = i
	}
	s.claim(weights, from, to)
}

// corner claims "the corner of this street and that".
func (s *sights) corner(weights []verdict, first int) {
	and, to := 0, 0
	for i := first + 2; i < min(first+12, len(s.all)); i++ {
		w := &s.all[i]
		if w.first && w.gap != ". " || strings.HasPrefix(w.gap, ",") || and > 0 && i > and+1 && w.has(locating) {
			break
		}
		if w.said == "and" {
			and = i
		}
		if and > 0 && i > and && i < and+5 && (s.found(weights, i) || w.digits || w.capital && !s.caseless || s.where[i] || i == and+1 || w.has(roads) && i < and+3) {
			to = i
		}
	}
	if to > 0 {
		s.claim(weights, first-pick(s.at(first-1).said == "the", 1, 0), to)
	}
}

var roads = set(`street st road rd avenue ave lane ln drive close court way square sq place terrace crescent hill gardens park row walk parks bridge manor flat center club pass isle`)

func (s *sights) claim(weights []verdict, from, to int) {
	for i := max(0, from); i <= to; i++ {
		weights[i].place = max(weights[i].place, enough+4)
	}
}

// found tells whether a word was taken for anything.
func (s *sights) found(weights []verdict, i int) bool {
	if i < 0 || i >= len(s.all) {
		return false
	}
	kind, _ := weights[i].kindOf()
	return kind != "" || s.where[i]
}

// addressed tells whether a word is a number or a code of an address.
func (s *sights) addressed(weights []verdict, i int) bool {
	w, next := &s.all[i], s.at(i+1)
	switch {
	case w.digits:
		return s.housed(weights, i)
	case len(w.said) > 3 || !near(w.gap) || !s.found(weights, i-1):
		return false
	case next.digits && !next.taken && near(next.gap) && (strings.ContainsAny(w.gap, ",\n") || !w.is.Is(lexicon.Common)) && len(next.said) >= 4 && len(next.said) <= 6 && s.postal(i+1):
		return true
	}
	return (w.capital && !s.caseless || s.small) && !w.is.Is(lexicon.Common) && (s.where[i-1] || weights[i-1].place >= enough) && (s.found(weights, i+1) && near(next.gap) || next.first)
}

// postal tells whether nothing after a number makes it an amount.
func (s *sights) postal(i int) bool {
	next := s.at(i + 1)
	return next.gap != " " || !next.has(measured)
}

// housed tells whether a number is of a house or the post: beside a place of the same line, or closing the line of one.
func (s *sights) housed(weights []verdict, i int) bool {
	w, prev, next := &s.all[i], s.at(i-1), s.at(i+1)
	if !s.postal(i) || w.has(measured) || strings.ContainsAny(w.gap, "%$£€") {
		return false
	}
	prior := near(w.gap) && s.found(weights, i-1)
	later := near(next.gap) && s.found(weights, i+1)
	place := prior && (s.where[i-1] || weights[i-1].place >= enough)
	length := len(w.said)
	switch {
	case place && length >= 4 && length <= 6, prior && later, later && prev.digits && near(w.gap), place && later:
		return true
	case prior && w.gap == " " && prev.strange() && (next.first || strings.HasPrefix(next.gap, ",")), s.where[max(0, i-1)] && near(w.gap):
		return length <= 6
	}
	return next.gap == " " && next.strange() && length <= 5 && weights[i+1].person >= enough && (w.first || prev.has(locating))
}

// strange tells whether no list knows a word.
func (w *seen) strange() bool {
	return w.is&^lexicon.Begins == 0 && !w.digits && !w.persian && !w.taken
}

func near(gap string) bool {
	switch strings.Trim(gap, " ") {
	case "", ",", "\n", ",\n", "\n,", "-", "\n\n", ".", ".\n":
		return true
	}
	return false
}
