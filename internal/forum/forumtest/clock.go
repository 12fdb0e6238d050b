package forumtest

import (
	"sync"
	"time"
)

// Clock is the real time, moved by what a test likes.
type Clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

// NewClock shows the real time.
func NewClock() *Clock { return &Clock{} }

// Now is the time that the world goes by.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().UTC().Add(c.ahead)
}

// Move lets time pass.
func (c *Clock) Move(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += by
}

// Set makes it this time.
func (c *Clock) Set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead = time.Until(now)
}
