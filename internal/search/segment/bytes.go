package segment

import (
	"encoding/binary"
	"math"
)

// number adds a number that is not negative; small ones take little.
func number[N int | int32 | uint32](dst []byte, n N) []byte {
	return binary.AppendUvarint(dst, uint64(n))
}

func text(dst []byte, s string) []byte { return append(number(dst, len(s)), s...) }

// unread are bytes that are still to be read. What isn't there reads as zero, and bad remembers it.
type unread struct {
	data []byte
	bad  bool
}

func (u *unread) more() bool { return len(u.data) > 0 && !u.bad }

// number reads a number up to most.
func (u *unread) number(most int) int {
	if len(u.data) > 0 && u.data[0] < 0x80 { // nearly always
		n := int(u.data[0])
		u.data = u.data[1:]
		u.bad = u.bad || n > most
		return min(n, most)
	}
	n, size := binary.Uvarint(u.data)
	if size <= 0 || n > uint64(most) {
		u.data, u.bad = nil, true
		return 0
	}
	u.data = u.data[size:]
	return int(n)
}

// small reads a number that a column of the directory has room for.
func (u *unread) small() uint16 { return uint16(u.number(math.MaxUint16)) }

func (u *unread) wide() int32 { return int32(u.number(math.MaxInt32)) }

// count reads how many things follow that take size bytes each, at the least.
func (u *unread) count(size int) int { return u.number(len(u.data) / size) }

func (u *unread) take(n int) []byte {
	if n < 0 || n > len(u.data) {
		u.data, u.bad = nil, true
		return nil
	}
	taken := u.data[:n]
	u.data = u.data[n:]
	return taken
}

func (u *unread) text() []byte { return u.take(u.count(1)) }
