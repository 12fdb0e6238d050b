package attachment

import (
	"sync"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

const (
	mostAtOnce    = 64 // uploads that a process takes at a time
	mostOfOneHere = 4  // and of one person, whoever they are in how many communities
)

// slots are places for uploads: whoever sends slowly holds one for minutes, and must not hold all of them.
type slots struct {
	mu    sync.Mutex
	all   int
	under map[uuid.UUID]int
}

func newSlots() *slots { return &slots{under: map[uuid.UUID]int{}} }

// take a place; leave gives it back. fault.Busy says that there is none.
func (s *slots) take(who uuid.UUID) (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= mostAtOnce || s.under[who] >= mostOfOneHere {
		return nil, fault.New(fault.Busy).After(busyFor)
	}
	s.all++
	s.under[who]++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.all--
		if s.under[who]--; s.under[who] == 0 {
			delete(s.under, who)
		}
	}, nil
}
