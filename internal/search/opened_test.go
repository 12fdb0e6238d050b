package search_test

import (
	"bytes"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search"
)

func filled(b byte) []byte { return bytes.Repeat([]byte{b}, 1000) }

func wiped(p search.Page) bool {
	return !bytes.ContainsFunc(p.Bytes(), func(r rune) bool { return r != 0 })
}

func TestOpenedPagesAreBoundedAndWiped(t *testing.T) {
	t.Parallel()
	m, one := search.NewMemory(2500), uuid.New()
	first := m.Keep(m.Ticket(), one, 0, filled(1))
	second := m.Keep(m.Ticket(), one, 1, filled(2))
	m.Give(second)
	m.Give(m.Keep(m.Ticket(), one, 2, filled(3)))
	if m.Bytes() > 2500 {
		t.Errorf("%d bytes are kept", m.Bytes())
	}
	if _, kept := m.Take(one, 0); kept {
		t.Error("the page that was used least recently is kept")
	}
	if wiped(first) {
		t.Error("a page was wiped while it was read")
	}
	if m.Give(first); !wiped(first) {
		t.Error("a page that had to go was not wiped")
	}
	m.Purge()
	if _, kept := m.Take(one, 1); kept || !wiped(second) || m.Bytes() != 0 {
		t.Error("a purge left something")
	}
}

func TestAPageIsNotKeptThatWasEvictedWhileItWasRead(t *testing.T) {
	t.Parallel()
	m, one := search.NewMemory(1<<20), uuid.New()
	ticket := m.Ticket()
	m.Evict(one)
	late := m.Keep(ticket, one, 0, filled(1))
	if _, kept := m.Take(one, 0); kept {
		t.Error("it is kept")
	}
	if m.Give(late); !wiped(late) {
		t.Error("it was not wiped")
	}
}

func TestPagesAreLentToManyAtOnce(t *testing.T) {
	t.Parallel()
	m, all := search.NewMemory(20_000), []uuid.UUID{uuid.New(), uuid.New(), uuid.New()}
	var work sync.WaitGroup
	for n := range 8 {
		work.Go(func() {
			for i := range 2000 {
				of, number := all[(n+i)%3], i%11
				p, kept := m.Take(of, number)
				if !kept {
					p = m.Keep(m.Ticket(), of, number, filled(byte(number+1)))
				}
				if p.Bytes()[500] != byte(number+1) {
					t.Error("a page was wiped while it was read")
				}
				m.Give(p)
				if i%97 == 0 {
					m.Evict(of)
				}
			}
		})
	}
	work.Wait()
	if m.Bytes() > 20_000 {
		t.Errorf("%d bytes are kept", m.Bytes())
	}
}
