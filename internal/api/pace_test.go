package api_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/fault"
)

func TestPace(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 10, 23, 58, 0, 0, time.UTC)
	key := func(day time.Time) (k [32]byte) {
		copy(k[:], day.Format(time.DateOnly))
		return k
	}
	take := api.Pace(api.Limits{Reads: 60, Writes: 6}, key, func() time.Time { return now })
	wrote := func(who string) (http.Header, error) {
		h := http.Header{}
		return h, take(h, true, who)
	}
	for i := range 6 {
		h, err := wrote("a")
		if err != nil {
			t.Fatalf("write %d: %v", i, err)
		}
		if left := h.Get("RateLimit-Remaining"); h.Get("RateLimit-Limit") != "6" || left != string(rune('5'-i)) {
			t.Errorf("write %d: %v", i, h)
		}
	}
	h, err := wrote("a")
	if fault.CodeOf(err) != fault.Throttled || fault.Of(err).RetryAfter() != 10*time.Second {
		t.Fatalf("the seventh write in a minute: %v after %v", err, fault.Of(err).RetryAfter())
	}
	if h.Get("RateLimit-Remaining") != "0" || h.Get("RateLimit-Reset") != "60" {
		t.Errorf("headers of a refusal: %v", h)
	}
	if _, err := wrote("b"); err != nil {
		t.Errorf("somebody else is held back: %v", err)
	}
	if err := take(http.Header{}, false, "a"); err != nil {
		t.Errorf("reading is held back by writing: %v", err)
	}
	now = now.Add(10 * time.Second)
	if _, err := wrote("a"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if _, err := wrote("a"); fault.CodeOf(err) != fault.Throttled {
		t.Errorf("twice after one wait: %v", err)
	}
	now = now.Add(3 * time.Minute) // the next day, under another mark
	if _, err := wrote("a"); err != nil {
		t.Errorf("the next day: %v", err)
	}
}

func TestNoLimitSaysNothing(t *testing.T) {
	t.Parallel()
	take := api.Pace(api.Limits{}, nil, nil)
	h := http.Header{}
	if err := take(h, true, "a"); err != nil || len(h) > 0 {
		t.Errorf("%v, %v", err, h)
	}
}
