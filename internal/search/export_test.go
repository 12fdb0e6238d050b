package search

import (
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/segment"
)

// At has do called at a step of building, whose error ends it there as a crash would.
func (x *Index) At(do func(step string) error) { x.crash = do }

// Kept is how much is kept of opened segments.
func (x *Index) Kept() (parts, bytes int) {
	x.opened.mu.Lock()
	defer x.opened.mu.Unlock()
	return x.opened.recent.Len(), x.opened.bytes
}

// Memory is what keeps opened pages.
type Memory struct{ o *opened }

// NewMemory keeps so many bytes at most.
func NewMemory(bound int) Memory { return Memory{newOpened(bound)} }

// Page is one that is lent.
type Page struct{ p *part }

// Bytes of the page.
func (p Page) Bytes() []byte { return p.p.page }

// Ticket stands for this moment.
func (m Memory) Ticket() uint64 { return m.o.ticket() }

// Keep a page since a ticket.
func (m Memory) Keep(ticket uint64, of uuid.UUID, number int, page []byte) Page {
	return Page{m.o.keep(ticket, &part{segment: of, number: number, page: page})}
}

// Take a page, where it is kept.
func (m Memory) Take(of uuid.UUID, number int) (Page, bool) {
	p := m.o.take(of, number)
	return Page{p}, p != nil
}

// Give pages back.
func (m Memory) Give(pages ...Page) {
	for _, p := range pages {
		m.o.give([]*part{p.p})
	}
}

// Evict a segment.
func (m Memory) Evict(of uuid.UUID) { m.o.evict(of) }

// Purge everything.
func (m Memory) Purge() { m.o.purge() }

// Bytes that are kept.
func (m Memory) Bytes() int { return m.o.bytes }

// Enough is how many posts are worth a segment.
const Enough = enough

// Lets is the filter of tags, to be held against that of segments.
func Lets(keep segment.Filter, f segment.Facts) bool { return lets(keep, f) }
