package forum

import "sync"

// lent is memory for one sealed body, which is opened in place and given back: a page holds more bytes of these than of
// anything else, and what was opened should not lie about.
type lent struct{ bytes *[]byte }

var lending = sync.Pool{New: func() any { return new([]byte) }}

const largestLent = 16 << 10

// ScanBytes takes a copy of what the database sent, which is gone with the row.
func (l *lent) ScanBytes(sent []byte) error {
	if sent == nil {
		l.bytes = nil
		return nil
	}
	l.bytes = lending.Get().(*[]byte)
	*l.bytes = append((*l.bytes)[:0], sent...)
	return nil
}

// none tells that the row has no body.
func (l lent) none() bool { return l.bytes == nil }

// back wipes the memory and gives it back. What was read from it must have been copied.
func (l lent) back() {
	if l.none() {
		return
	}
	clear(*l.bytes)
	if cap(*l.bytes) <= largestLent {
		lending.Put(l.bytes)
	}
}
