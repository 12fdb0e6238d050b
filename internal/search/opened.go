package search

import (
	"container/list"
	"sync"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/segment"
)

// opened keeps what was opened of segments a moment ago, so many bytes of it at most. What has to go is wiped, as soon as
// nobody reads it any more.
type opened struct {
	mu        sync.Mutex
	bound     int
	bytes     int
	segments  map[uuid.UUID]map[int]*list.Element // of *part, by number
	recent    *list.List                          // the last used first
	evictions uint64
}

// directoryPart stands for the directory among the pages of a segment.
const directoryPart = -1

// part is a page or the directory of a segment. Whoever has taken one gives it back.
type part struct {
	segment   uuid.UUID
	number    int
	page      []byte
	directory *segment.Directory
	users     int
	gone      bool
}

func newOpened(bound int) *opened {
	return &opened{bound: bound, segments: map[uuid.UUID]map[int]*list.Element{}, recent: list.New()}
}

func (p *part) size() int {
	const besides = 200 // what it takes to keep it
	if p.directory != nil {
		return p.directory.Size() + besides
	}
	return cap(p.page) + besides
}

func (p *part) wipe() {
	clear(p.page)
	if p.directory != nil {
		p.directory.Wipe()
	}
}

// take a part for reading; nil where it isn't kept.
func (o *opened) take(of uuid.UUID, number int) *part {
	o.mu.Lock()
	defer o.mu.Unlock()
	at := o.segments[of][number]
	if at == nil {
		return nil
	}
	o.recent.MoveToFront(at)
	p := at.Value.(*part)
	p.users++
	return p
}

// ticket stands for the moment before something is read that keep is then given.
func (o *opened) ticket() uint64 {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.evictions
}

// keep a part that was opened since the ticket, unless anything was evicted meanwhile. It is taken already.
func (o *opened) keep(ticket uint64, p *part) *part {
	o.mu.Lock()
	defer o.mu.Unlock()
	p.users++
	if ticket != o.evictions || o.segments[p.segment][p.number] != nil || p.size() > o.bound {
		p.gone = true // its reader has it alone
		return p
	}
	if o.segments[p.segment] == nil {
		o.segments[p.segment] = map[int]*list.Element{}
	}
	o.segments[p.segment][p.number] = o.recent.PushFront(p)
	o.bytes += p.size()
	for o.bytes > o.bound {
		o.drop(o.recent.Back())
	}
	return p
}

// give back what was taken.
func (o *opened) give(parts []*part) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, p := range parts {
		if p.users--; p.users == 0 && p.gone {
			p.wipe()
		}
	}
}

// evict forgets a segment, also where it is being opened at this moment.
func (o *opened) evict(of uuid.UUID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.evictions++
	for _, at := range o.segments[of] {
		o.drop(at)
	}
}

// purge forgets everything.
func (o *opened) purge() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.evictions++
	for o.recent.Len() > 0 {
		o.drop(o.recent.Back())
	}
}

func (o *opened) drop(at *list.Element) {
	p := o.recent.Remove(at).(*part)
	o.bytes -= p.size()
	delete(o.segments[p.segment], p.number)
	if len(o.segments[p.segment]) == 0 {
		delete(o.segments, p.segment)
	}
	if p.gone = true; p.users == 0 {
		p.wipe()
	}
}
