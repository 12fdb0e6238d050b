package persona

import (
	"encoding/binary"
	"io"
)

// words of a language that stand in pairs, in the order in which they are written.
type words struct{ first, second []string }

func (w words) pairs() int { return len(w.first) * len(w.second) }

func (w words) pair(i int) string { return w.first[i/len(w.second)] + " " + w.second[i%len(w.second)] }

// Suggest draws up to n different display names, in Persian for "fa" and in English for anything else, from
// thousands that say nothing about the person. Every one of them passes ParseName. It returns fewer, or none, where
// rng runs out; rng is crypto/rand.Reader outside tests.
func Suggest(rng io.Reader, language string, n int) []Name {
	list := english
	if language == "fa" {
		list = persian
	}
	n = min(n, list.pairs()/2)
	names := make([]Name, 0, max(n, 0))
	drawn := make(map[int]bool, max(n, 0))
	for len(names) < n {
		i, err := below(rng, list.pairs())
		if err != nil {
			return names
		}
		if drawn[i] {
			continue
		}
		drawn[i] = true
		if name, err := ParseName(list.pair(i)); err == nil {
			names = append(names, name)
		}
	}
	return names
}

// below draws evenly from 0…limit-1.
func below(rng io.Reader, limit int) (int, error) {
	fair := ^uint32(0) - ^uint32(0)%uint32(limit)
	for {
		var b [4]byte
		if _, err := io.ReadFull(rng, b[:]); err != nil {
			return 0, err
		}
		if v := binary.BigEndian.Uint32(b[:]); v < fair {
			return int(v % uint32(limit)), nil
		}
	}
}
