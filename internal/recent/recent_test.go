package recent_test

import (
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/recent"
)

func TestACacheIsBoundedInNumberAndAge(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	c := recent.NewCache[int, string](3, time.Minute, func() time.Time { return now })
	for key := range 5 {
		c.Keep(c.Ticket(), key, "value")
	}
	for key, want := range []bool{false, false, true, true, true} {
		if _, got := c.Get(key); got != want {
			t.Errorf("%d: %v", key, got)
		}
	}
	now = now.Add(time.Minute - 1)
	if _, ok := c.Get(4); !ok {
		t.Error("forgotten early")
	}
	now = now.Add(1)
	if _, ok := c.Get(4); ok {
		t.Error("older than it may be")
	}
}

func TestASlowReaderDoesNotBringBackWhatWasEvicted(t *testing.T) {
	t.Parallel()
	c := recent.NewCache[int, string](3, time.Minute, time.Now)
	slow := c.Ticket()
	c.Evict(1) // changed while the slow one reads
	c.Keep(slow, 1, "old")
	if value, ok := c.Get(1); ok {
		t.Fatalf("%q came back", value)
	}
	c.Keep(c.Ticket(), 1, "new")
	if value, ok := c.Get(1); !ok || value != "new" {
		t.Fatalf("%q, %v", value, ok)
	}
	c.Evict(1)
	if _, ok := c.Get(1); ok {
		t.Fatal("evicted and still there")
	}
}

func TestAPurgeForgetsEverythingAndWhatIsBeingRead(t *testing.T) {
	t.Parallel()
	c := recent.NewCache[int, string](3, time.Minute, time.Now)
	c.Keep(c.Ticket(), 1, "old")
	slow := c.Ticket()
	c.Purge()
	c.Keep(slow, 2, "old")
	for _, key := range []int{1, 2} {
		if value, ok := c.Get(key); ok {
			t.Errorf("%d: %q is still there", key, value)
		}
	}
}
