package recode

// sorter puts the entries of a fold together that are of one class. It is used again and again.
type sorter struct {
	keys              []uint64 // of classes
	of                []uint32 // the class of each entry
	rows              []uint32 // of each class, and its people
	people            []uint32
	first             []uint32 // where a class begins among the sorted
	entry             []uint32 // sorted
	secret            []uint32
	each              []uint32
	failing, hopeless []uint32
}

// classKey is what all entries of a class have in common.
func (g *ground) classKey(f *fold, entry int) uint64 {
	if g.secret == nil {
		return f.key[entry]
	}
	return f.key[entry] - uint64(g.secret[f.tuple[entry]])
}

// sorted is what was found of the classes of a fold.
type sorted struct {
	classes    int // that pass
	suppressed int // rows of those that don't
	meagre     int // rows of those of which no part passes
	// Their entries, valid until the next fold is sorted: those that fail, and those that are meagre.
	failing, hopeless []uint32
}

// sort judges the classes of a fold.
func (g *ground) sort(f *fold, s *slots, by *sorter) sorted {
	by.failing, by.hopeless = by.failing[:0], by.hopeless[:0]
	var out sorted
	if g.secret == nil {
		for e, rows := range f.rows {
			people := uint32(0)
			if f.people != nil {
				people = f.people[e]
			}
			if rows > 0 { // or it is of the population alone
				one := [1]uint32{uint32(e)}
				by.put(&out, g.judge.judge(rows, people, nil, nil), rows, one[:])
			}
		}
	} else {
		g.group(f, s, by)
		for class, rows := range by.rows {
			from, to := by.first[class], by.first[class+1]
			if rows > 0 {
				by.put(&out, g.judge.judge(rows, by.people[class], by.secret[from:to], by.each[from:to]), rows, by.entry[from:to])
			}
		}
	}
	out.failing, out.hopeless = by.failing, by.hopeless
	return out
}

func (by *sorter) put(out *sorted, said verdict, rows uint32, entries []uint32) {
	switch said {
	case passes:
		out.classes++
		return
	case meagre:
		by.hopeless = append(by.hopeless, entries...)
		out.meagre += int(rows)
	case fails:
		by.failing = append(by.failing, entries...)
	}
	out.suppressed += int(rows)
}

// group sorts the entries by their classes.
func (g *ground) group(f *fold, s *slots, by *sorter) {
	n := len(f.key)
	by.keys, by.rows, by.people, by.first = by.keys[:0], by.rows[:0], by.people[:0], by.first[:0]
	by.of, by.entry, by.secret, by.each = room(by.of, n), room(by.entry, n), room(by.secret, n), room(by.each, n)
	s.clear(n)
	for e := range f.key {
		key := g.classKey(f, e)
		slot := s.find(key, by.keys)
		if *slot == 0 {
			by.keys, by.rows, by.people, by.first = append(by.keys, key), append(by.rows, 0), append(by.people, 0), append(by.first, 0)
			*slot = uint32(len(by.keys))
		}
		class := *slot - 1
		by.of[e] = class
		by.rows[class] += f.rows[e]
		by.first[class]++
		if f.people != nil {
			by.people[class] += f.people[e]
		}
	}
	at := uint32(0)
	for class, entries := range by.first {
		at += entries
		by.first[class] = at
	}
	by.first = append(by.first, at)
	for e := n - 1; e >= 0; e-- {
		class := by.of[e]
		by.first[class]--
		to := by.first[class]
		by.entry[to], by.secret[to], by.each[to] = uint32(e), g.secret[f.tuple[e]], f.rows[e]
	}
}

func room(s []uint32, n int) []uint32 {
	if cap(s) < n {
		return make([]uint32, n)
	}
	return s[:n]
}
