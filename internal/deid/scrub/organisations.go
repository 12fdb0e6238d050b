package scrub

import "github.com/hamyar/hamyar/internal/deid/scrub/lexicon"

// organisations weighs words as names of firms, hospitals and schools: by what such names end or begin with, and by who
// is worked for.
func (s *sights) organisations(weights []verdict) {
	for i := range s.all {
		w := &s.all[i]
		switch {
		case w.taken || w.persian:
		case w.has(legal) && (s.joined(i) || w.gap == ", "), w.has(bodies) && w.gap == " ":
			s.backward(weights, i)
		case s.employed(i):
			weights[i].body = enough
			for j := i + 1; j < min(i+4, len(s.all)) && s.all[j].gap == " " && s.all[j].capital && !s.caseless && !s.all[j].kept; j++ {
				weights[j].body = enough
			}
		}
		if w.has(offices) && s.at(i+1).said == "of" && w.capital && !s.caseless {
			s.forward(weights, i)
		}
	}
}

// backward claims the words that make a name with the one at its end: Hill Street Surgery, Ellis and Sons Ltd.
func (s *sights) backward(weights []verdict, last int) {
	first := last
	for i := last - 1; i >= max(0, last-5); i-- {
		w := &s.all[i]
		gap := s.all[i+1].gap
		linked := (w.said == "and" || w.said == "of" || w.said == "the") && i < last-1 && s.at(i-1).capital && !s.caseless
		if gap != " " && gap != "-" && gap != ", " && gap != " & " || w.kept || w.taken || !linked && !s.proper(weights, i, s.all[last].has(legal)) {
			break
		}
		if !linked {
			first = i
		}
	}
	for i := first; i <= last && first < last; i++ {
		weights[i].body = enough + 2
	}
}

// proper tells whether a word can be part of the name of an organisation.
func (s *sights) proper(weights []verdict, i int, legally bool) bool {
	w := &s.all[i]
	switch {
	case w.digits, w.has(calendar), w.is.Is(lexicon.Medical):
		return false
	case w.capital && !s.caseless:
		return !w.first || !w.is.Is(lexicon.Common) || legally
	case weights[i].person >= enough, weights[i].place >= enough:
		return true
	}
	return legally && !w.is.Is(lexicon.Common) || !w.is.Is(lexicon.Common|lexicon.Known) || w.has(ranks)
}

// forward claims what follows: Ministry of Agriculture.
func (s *sights) forward(weights []verdict, first int) {
	last := first + 1
	for i := first + 2; i < min(first+5, len(s.all)) && s.all[i].gap == " " && s.all[i].capital; i++ {
		last = i
	}
	for i := first; i <= last && last > first+1; i++ {
		weights[i].body = enough + 2
	}
}

// employed tells whether somebody works for what a word names.
func (s *sights) employed(i int) bool {
	w, prev, back := &s.all[i], s.at(i-1), s.at(i-2)
	if w.gap != " " || !prev.has(employment) || !back.has(employment) || w.kept || w.digits {
		return false
	}
	return w.capital && !s.caseless || s.all[i].own >= enough
}
