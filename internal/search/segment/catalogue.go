package segment

import (
	"math"
	"slices"
)

// catalogue says where every drawer lies. It is kept as it is written, with a mark at every few drawers, because the
// catalogues of a whole community lie in memory.
type catalogue struct {
	packed []byte // for each drawer how much its key, and its end, lie behind those before
	marks  []mark
	last   mark
	n      int
}

// mark is how far one has come before a drawer: the key and the end of the one before, and where the drawer is in packed.
type mark struct{ key, end, at uint32 }

const (
	perMark = 32

	// mostBytes is how much may lie on the pages of a segment.
	mostBytes = 1 << 28
)

// span is a part of the pages, counted in bytes from the beginning of the first.
type span struct{ start, end int }

// add notes the next drawer, which ends there.
func (c *catalogue) add(key, end uint32) {
	if c.n%perMark == 0 {
		c.marks = append(c.marks, c.last)
	}
	c.packed = number(number(c.packed, key-c.last.key), end-c.last.end)
	c.last = mark{key, end, uint32(len(c.packed))}
	c.n++
}

// find returns where the drawers of a key lie.
func (c *catalogue) find(key uint32) (all []span) {
	i, _ := slices.BinarySearchFunc(c.marks, key, func(m mark, key uint32) int {
		if m.key < key {
			return -1
		}
		return 1 // also the first of equal keys may lie behind the mark before
	})
	if len(c.marks) == 0 {
		return nil
	}
	at := c.marks[max(i-1, 0)]
	in := unread{data: c.packed[at.at:]}
	for in.more() && at.key <= key {
		start := at.end
		at.key += uint32(in.number(math.MaxUint32))
		at.end += uint32(in.number(mostBytes))
		if at.key == key {
			all = append(all, span{int(start), int(at.end)})
		}
	}
	return all
}

func (c *catalogue) bytes() []byte { return append(number(nil, c.n), c.packed...) }

func readCatalogue(in *unread) (c catalogue) {
	n := in.count(2)
	c.packed = make([]byte, 0, len(in.data))
	var key, end int
	for range n {
		key += in.number(math.MaxUint32 - key)
		end += in.number(mostBytes - end)
		c.add(uint32(key), uint32(end))
	}
	return c
}

func (c *catalogue) size() int { return cap(c.packed) + 12*cap(c.marks) }

func (c *catalogue) wipe() {
	clear(c.packed)
	clear(c.marks)
}
