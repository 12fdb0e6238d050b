package keystore

import (
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// cache keeps at most a number of values, each for at most an age. What was
// read before an eviction is not kept after it, so that a slow reader can't
// bring back what was changed or erased meanwhile.
type cache[K comparable, V any] struct {
	mu        sync.Mutex
	entries   *simplelru.LRU[K, entry[V]]
	age       time.Duration
	clock     func() time.Time
	evictions uint64
}

type entry[V any] struct {
	value V
	since time.Time
}

func newCache[K comparable, V any](size int, age time.Duration, clock func() time.Time) *cache[K, V] {
	entries, err := simplelru.NewLRU[K, entry[V]](size, nil)
	if err != nil {
		panic("keystore: a cache needs a size")
	}
	return &cache[K, V]{entries: entries, age: age, clock: clock}
}

// ticket stands for the moment before a read; keep takes it afterwards.
type ticket uint64

func (c *cache[K, V]) ticket() ticket {
	c.mu.Lock()
	defer c.mu.Unlock()
	return ticket(c.evictions)
}

func (c *cache[K, V]) keep(t ticket, key K, value V) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if uint64(t) == c.evictions {
		c.entries.Add(key, entry[V]{value, c.clock()})
	}
}

func (c *cache[K, V]) get(key K) (value V, found bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.entries.Get(key)
	if !ok {
		return value, false
	}
	if age := c.clock().Sub(e.since); age < 0 || age >= c.age {
		c.entries.Remove(key)
		return value, false
	}
	return e.value, true
}

func (c *cache[K, V]) evict(key K) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.evictions++
	c.entries.Remove(key)
}
