package scrub

// signatures weighs whole lines as names of organisations where they stand in a block of names, addresses and telephones, as at
// the end of a letter.
func (s *sights) signatures(weights []verdict) {
	lines := s.lines()
	for n := 1; n < len(lines)-1; n++ {
		line := lines[n]
		if line.last-line.first > 4 || s.known(weights, line) > 0 && s.known(weights, line) == line.last-line.first+1 {
			continue
		}
		above, below := lines[n-1], lines[n+1]
		if s.known(weights, above) == 0 || !s.whereabouts(weights, below) || above.last-above.first > 6 {
			continue
		}
		for i := line.first; i <= line.last; i++ {
			if weights[i].person < enough && weights[i].place < enough && !s.all[i].kept {
				weights[i].body = enough
			}
		}
	}
}

// stretchOf are the words of a line, by their places.
type stretchOf struct{ first, last int }

func (s *sights) lines() []stretchOf {
	var all []stretchOf
	for i := range s.all {
		w := &s.all[i]
		if i == 0 || broken(w.gap) {
			all = append(all, stretchOf{i, i})
		}
		all[len(all)-1].last = i
	}
	return all
}

func broken(gap string) bool {
	for i := range len(gap) {
		if gap[i] == '\n' || gap[i] == '|' {
			return true
		}
	}
	return false
}

// known is how many words of a line are found.
func (s *sights) known(weights []verdict, l stretchOf) int {
	n := 0
	for i := l.first; i <= l.last; i++ {
		if kind, _ := weights[i].kindOf(); kind != "" || s.all[i].taken {
			n++
		}
	}
	return n
}

// whereabouts tells whether a line holds an address or a way to reach somebody, and little else.
func (s *sights) whereabouts(weights []verdict, l stretchOf) bool {
	taken := 0
	for i := l.first; i <= l.last; i++ {
		if s.all[i].taken || weights[i].place >= enough {
			taken++
		}
	}
	return 2*taken > l.last-l.first+1
}
