package keystore_test

import (
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/keystore"
)

func TestACacheIsBoundedInNumberAndAge(t *testing.T) {
	t.Parallel()
	clock := newClock()
	c := keystore.NewCache(3, time.Minute, clock.Now)
	for key := range 5 {
		c.Keep(c.Ticket(), key, "value")
	}
	for key, want := range []bool{false, false, true, true, true} {
		if _, got := c.Value(key); got != want {
			t.Errorf("%d: %v", key, got)
		}
	}
	clock.Add(time.Minute - 1)
	if _, ok := c.Value(4); !ok {
		t.Error("forgotten early")
	}
	clock.Add(1)
	if _, ok := c.Value(4); ok {
		t.Error("older than it may be")
	}
}

func TestASlowReaderDoesNotBringBackWhatWasEvicted(t *testing.T) {
	t.Parallel()
	c := keystore.NewCache(3, time.Minute, newClock().Now)
	slow := c.Ticket()
	c.Evict(1) // changed while the slow one reads
	c.Keep(slow, 1, "old")
	if value, ok := c.Value(1); ok {
		t.Fatalf("%q came back", value)
	}
	c.Keep(c.Ticket(), 1, "new")
	if value, ok := c.Value(1); !ok || value != "new" {
		t.Fatalf("%q, %v", value, ok)
	}
	c.Evict(1)
	if _, ok := c.Value(1); ok {
		t.Fatal("evicted and still there")
	}
}
