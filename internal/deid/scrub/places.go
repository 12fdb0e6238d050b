package scrub

import "github.com/hamyar/hamyar/internal/deid/scrub/lexicon"

// place weighs a word as the name of a place.
func (s *sights) place(i int) int {
	w := s.at(i)
	if w.taken || w.kept || w.digits {
		return never
	}
	if w.persian {
		return s.persianPlace(i)
	}
	cue := s.whither(i)
	told := w.capital && !s.caseless && !w.first
	word := w.is.Is(lexicon.Word)
	switch {
	case w.is.Is(lexicon.Country|lexicon.City) && !word:
		return pick(w.is.Is(lexicon.Given), 1, 4) + cue
	case w.is.Is(lexicon.Country | lexicon.City):
		return pick(told, 2, 0) + pick(cue == 2, 3, pick(told, cue, 0))
	case w.is.Is(lexicon.Place) && !word:
		return pick(w.is.Is(lexicon.Name), 1, 3) + cue
	case w.is.Is(lexicon.Place):
		return pick(told, 2, -1) + pick(told || cue == 2 && !w.is.Is(lexicon.Common), cue, 0)
	case s.all[i].own >= enough:
		return 1 + cue
	}
	return pick(told, 1, never)
}

// whither weighs the words before a place: 2 where somebody lives there, 1 where something is there.
func (s *sights) whither(i int) int {
	w, prev, back := s.at(i), s.at(i-1), s.at(i-2)
	switch {
	case w.gap != " " && w.gap != ": ":
		return 0
	case prev.has(homes), (prev.has(inside) || prev.said == "to") && back.has(homes):
		return 2
	case prev.has(inside), prev.said == "to" && w.capital:
		return pick(w.capital || !w.is.Is(lexicon.Word), 2, 1)
	}
	return 0
}

// countries and towns of several words weigh as one.
func (s *sights) regions(weights []verdict) {
	for i := range s.all {
		w := &s.all[i]
		if w.taken || w.kept {
			continue
		}
		n := s.longest(i, lexicon.Country|lexicon.City|lexicon.Place)
		if n < 2 || !w.capital && w.is.Is(lexicon.Common) && s.whither(i) == 0 && !lexicon.Of(s.phrase(i, i+n-1)).Is(lexicon.Country) {
			continue
		}
		for j := i; j < i+n; j++ {
			weights[j].place = max(weights[j].place, enough+2)
		}
	}
}
