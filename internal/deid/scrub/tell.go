package scrub

import "unicode/utf8"

// kindOf is what a word is taken for, and by which rule, or "".
func (v verdict) kindOf() (Type, string) {
	switch {
	case v.body >= enough && v.body >= v.person-2:
		return Organisation, "organisation"
	case v.place >= enough && v.place >= v.person:
		return Place, "place"
	case v.person >= enough:
		return Person, "name"
	case v.place >= enough:
		return Place, "place"
	}
	return "", ""
}

// tell adds what was found: words of one kind that stand together are one span, with the initials and particles among them.
func (s *sights) tell(weights []verdict, f *Finds) {
	for i := 0; i < len(s.all); {
		as, rule := weights[i].kindOf()
		if as == "" {
			i++
			continue
		}
		first, last := i, i
		for next := i + 1; next < len(s.all); next++ {
			kind, _ := weights[next].kindOf()
			if s.all[next].taken || !s.continues(next, as, kind, next == last+1) {
				break
			}
			if kind == as {
				last = next
			}
		}
		if s.initial(first) {
			first--
		}
		f.Add(int(s.all[first].Start), s.all[last].end, as, rule, Possible)
		i = last + 1
	}
}

// continues tells whether a word may go on the span before it. Initials and particles may where a word of its kind follows.
func (s *sights) continues(i int, as, kind Type, directly bool) bool {
	w := &s.all[i]
	if kind == as {
		return s.joined(i) || w.gap == " & " || w.gap == ", " && as == Place
	}
	small := utf8.RuneCountInString(w.said) == 1 && !w.persian || w.has(particles) || as == Organisation && (w.said == "and" || w.said == "of" || w.said == "the")
	return small && kind == "" && s.joined(i) && (directly || w.has(particles))
}

// initial tells whether a letter and a point stand before a name.
func (s *sights) initial(i int) bool {
	return i > 0 && !s.all[i-1].taken && utf8.RuneCountInString(s.all[i-1].said) == 1 && (s.all[i].gap == ". " || s.all[i].gap == ".")
}

// prefixes adds the letters that begin a code to it: PT-4471902.
func (s *sights) prefixes(f *Finds) {
	for i := range s.all {
		w := &s.all[i]
		next := s.at(i + 1)
		if !w.taken && next.taken && next.gap == "-" && len(w.said) <= 4 && w.latin && next.digits && s.ids[i+1] {
			f.Add(int(w.Start), int(next.End), ID, "code.prefix", Likely)
		}
	}
}
