package tree

import (
	"bufio"
	"errors"
	"io"
	"slices"
	"time"
)

const (
	longestLine   = 1 << 18            // bytes; no event of a page comes near it
	progressEvery = 1 << 14            // entries
	outboxDelay   = 7 * 24 * time.Hour // an event may reach the log so much later than its day
)

// readEntries goes through the entries line by line.
func (v *verification) readEntries() (err error) {
	v.compare(&v.entries.tree)
	file, err := v.open(entriesFile)
	if file == nil || err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	lines := bufio.NewReaderSize(file, longestLine)
	for number := int64(0); ; number++ {
		line, err := readLine(lines)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		v.judgeLine(number, line)
	}
	for _, index := range v.entries.missing() {
		v.report.add(Missing, index, entriesFile)
	}
	return nil
}

// readLine gives a line with its end, which only the last may lack. One that is too long comes empty, which is no form.
func readLine(from *bufio.Reader) ([]byte, error) {
	line, err := from.ReadSlice('\n')
	tooLong := errors.Is(err, bufio.ErrBufferFull)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = from.ReadSlice('\n')
	}
	switch {
	case err != nil && !errors.Is(err, io.EOF):
		return nil, err
	case tooLong:
		return nil, nil
	case len(line) == 0:
		return nil, io.EOF
	}
	return line, nil
}

func (v *verification) judgeLine(number int64, line []byte) {
	if v.trust.Progress != nil && number%progressEvery == 0 {
		v.trust.Progress(number)
	}
	entry, good := parseEntry(line)
	if !good {
		v.report.add(Malformed, number, entriesFile)
		return
	}
	v.report.Entries++
	v.judgeContent(entry)
	v.judgePlace(entry)
}

// judgeContent holds what an entry tells against its leaf.
func (v *verification) judgeContent(e Entry) {
	switch {
	case e.Erased:
		v.report.Erased++
		v.erased.take(e.Index)
		if v.trust.tooEarly(v.entries.youngest) {
			v.report.add(ErasedEarly, e.Index, entriesFile)
		}
	case Leaf(e.Salt, e.Event) != e.Leaf:
		v.report.add(Altered, e.Index, entriesFile)
	default:
		if e.Event.Day.After(v.entries.youngest) {
			v.entries.youngest = e.Event.Day
		}
		if e.Event.Action == ContentErased {
			v.erased.said = max(v.erased.said, e.Event.Count)
		}
	}
}

// judgePlace holds where an entry stands against its index, and the tree so far against the checkpoints.
func (v *verification) judgePlace(e Entry) {
	if code := v.entries.take(e); code != "" {
		v.report.add(code, e.Index, entriesFile)
	}
	if !v.entries.broken {
		v.compare(&v.entries.tree)
	}
}

// tooEarly tells whether content that came after an event of this day must be kept still.
func (t Trust) tooEarly(day time.Time) bool {
	return t.Retention > 0 && day.Add(t.Retention).After(t.Now.Add(outboxDelay))
}

// fresh tells whether a cosignature is young enough, and not of the future.
func (t Trust) fresh(c Cosignature) bool {
	const clocksDiffer = 5 * time.Minute
	return (t.MaxAge <= 0 || t.Now.Sub(c.At) <= t.MaxAge) && c.At.Sub(t.Now) <= clocksDiffer
}

// sequence is what the entries so far amount to.
type sequence struct {
	tree     Frontier
	broken   bool               // an entry was not in its place: the tree is not built further
	next     int64              // the index that should come
	gaps     []gap              // indexes that were passed over, ascending
	late     map[int64]struct{} // of those, the ones that came after all
	leaves   map[half]struct{}  // every leaf that was met
	youngest time.Time          // the latest day of an event whose leaf is right
}

// gap is the indexes from one up to, not including, another.
type gap struct{ from, to int64 }

// half of a leaf is enough to know it again.
type half [16]byte

// take puts an entry where its index says, and tells what is wrong with that.
func (s *sequence) take(e Entry) Code {
	if e.Index < s.next {
		return s.takeLate(e.Index)
	}
	if e.Index > s.next {
		s.gaps = append(s.gaps, gap{s.next, e.Index})
		s.broken = true
	}
	s.next = e.Index + 1
	if !s.broken {
		s.tree.Add(e.Leaf)
	}
	if s.leaves == nil {
		s.leaves = map[half]struct{}{}
	}
	met := len(s.leaves)
	s.leaves[half(e.Leaf[:])] = struct{}{}
	if len(s.leaves) == met {
		return Duplicated
	}
	return ""
}

// takeLate is for an index that was passed over, or was there already.
func (s *sequence) takeLate(index int64) Code {
	_, passed := slices.BinarySearchFunc(s.gaps, index, func(g gap, index int64) int {
		switch {
		case g.to <= index:
			return -1
		case g.from > index:
			return 1
		}
		return 0
	})
	if _, here := s.late[index]; !passed || here {
		return Duplicated
	}
	if s.late == nil {
		s.late = map[int64]struct{}{}
	}
	s.late[index] = struct{}{}
	return Reordered
}

// missing is the first index of each gap that never came.
func (s *sequence) missing() []int64 {
	var first []int64
	for _, g := range s.gaps {
		for _, came := s.late[g.from]; came && g.from < g.to; _, came = s.late[g.from] {
			g.from++
		}
		if g.from < g.to {
			first = append(first, g.from)
		}
	}
	return first
}
