// Package recent keeps what was read a moment ago, so that it need not be read again at once.
//
// It protects the bounds of what stays in memory: so many values and no more, each for so long and no longer. It must
// never bring back what was evicted while somebody was still reading it.
package recent

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// Cache keeps the values last asked for, at most a number of them and each for at most an age. It is safe for
// concurrent use.
type Cache[K comparable, V any] struct {
	mu        sync.Mutex
	entries   *simplelru.LRU[K, *entry[V]]
	age       time.Duration
	clock     func() time.Time
	evictions uint64
}

type entry[V any] struct {
	value V
	since time.Time
	moved time.Time // to the front of those last asked for
}

// To move an entry to the front at every look would touch three others; which of two was asked for last within a second
// doesn't matter.
const nearlyNow = time.Second

// NewCache keeps at most size values, each for less than age. It panics on a size below one.
func NewCache[K comparable, V any](size int, age time.Duration, clock func() time.Time) *Cache[K, V] {
	entries, err := simplelru.NewLRU[K, *entry[V]](size, nil)
	if err != nil {
		panic("recent: a cache needs a size")
	}
	return &Cache[K, V]{entries: entries, age: age, clock: clock}
}

// Ticket stands for the moment before a read.
type Ticket uint64

// Ticket is to be taken before reading what Keep is then given.
func (c *Cache[K, V]) Ticket() Ticket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Ticket(c.evictions)
}

// Keep remembers a value that was read since the ticket, unless anything was evicted meanwhile.
func (c *Cache[K, V]) Keep(t Ticket, key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if uint64(t) == c.evictions {
		now := c.clock()
		c.entries.Add(key, &entry[V]{value, now, now})
	}
}

// Get returns a value that is young enough.
func (c *Cache[K, V]) Get(key K) (value V, found bool) {
	c.Each([]K{key}, func(_ int, v V) { value, found = v, true })
	return value, found
}

// Each calls take with the values that are young enough, of some keys, each with the place of its key. take must not use
// the cache. A clock that was set back ends the youth of everything.
func (c *Cache[K, V]) Each(keys []K, take func(i int, value V)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := c.clock()
	for i, key := range keys {
		e, ok := c.entries.Peek(key)
		if !ok {
			continue
		}
		if age := now.Sub(e.since); age < 0 || age >= c.age {
			c.entries.Remove(key)
			continue
		}
		if now.Sub(e.moved) >= nearlyNow {
			e.moved = now
			c.entries.Get(key)
		}
		take(i, e.value)
	}
}

// Evict forgets a value, also one that is being read at this moment.
func (c *Cache[K, V]) Evict(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evictions++
	c.entries.Remove(key)
}

// Purge forgets everything, also what is being read at this moment.
func (c *Cache[K, V]) Purge() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evictions++
	c.entries.Purge()
}
