package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"

	"github.com/hamyar/hamyar/internal/fault"
)

// Rate lets Burst tries through at once, and then one each Every.
type Rate struct {
	Burst int
	Every time.Duration
}

// Limits of sign-in, sign-up and recovery. Whoever guesses from one address is stopped by Person, and can't spend the
// tries that Name leaves to the person themselves elsewhere; who guesses from many addresses is stopped by Name.
type Limits struct {
	Person  Rate // one name from one address
	Name    Rate // one name from everywhere
	Address Rate // one address for all names: a clinic or a whole mobile network may share one
}

// DefaultLimits suit an installation with thousands of members.
var DefaultLimits = Limits{
	Person:  Rate{Burst: 10, Every: time.Minute},
	Name:    Rate{Burst: 50, Every: 20 * time.Second},
	Address: Rate{Burst: 120, Every: 2 * time.Second},
}

// The most counters that are kept at once; about 8 MB.
const mostCounters = 65_536

// throttle counts tries under keyed hashes that change each day, so that neither memory nor a dump of it tells who
// tried what from where. Of each counter only the time is kept at which all its tries will have been regained.
type throttle struct {
	limits Limits
	rate   func(day time.Time) [32]byte

	mu       sync.Mutex
	counters *simplelru.LRU[mark, time.Time]
	day      time.Time
	key      [32]byte
}

func newThrottle(limits Limits, rate func(time.Time) [32]byte) *throttle {
	t := &throttle{limits: limits, rate: rate}
	t.counters, _ = simplelru.NewLRU[mark, time.Time](mostCounters, nil) // fails only for a size below one
	return t
}

// counter is one limit that a try comes under.
type counter struct {
	Rate
	mark mark
}

// try counts one try for an address and the names it may mean, or, where a limit is reached, counts nothing and
// returns the time to wait.
func (t *throttle) try(now time.Time, address string, names []string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	counters := t.countersOf(now, address, names)
	var wait time.Duration
	for _, c := range counters {
		full := c.Every * time.Duration(c.Burst)
		wait = max(wait, t.regained(c.mark, now).Add(c.Every).Sub(now)-full)
	}
	if wait > 0 {
		return wait
	}
	for _, c := range counters {
		t.counters.Add(c.mark, t.regained(c.mark, now).Add(c.Every))
	}
	return 0
}

// wrongKeys is the time that an address has to wait after its wrong API keys. They are counted apart from sign-in: a
// script that goes astray must not keep people out who share its address.
func (t *throttle) wrongKeys(now time.Time, address string) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.keysOf(now, address)
	return t.regained(c.mark, now).Add(c.Every).Sub(now) - c.Every*time.Duration(c.Burst)
}

// wrongKey counts one.
func (t *throttle) wrongKey(now time.Time, address string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.keysOf(now, address)
	t.counters.Add(c.mark, t.regained(c.mark, now).Add(c.Every))
}

func (t *throttle) keysOf(now time.Time, address string) counter {
	t.turn(now)
	return counter{t.limits.Address, t.mark("key", address)}
}

// regained is when a counter is back at its burst: now, for one that was never touched.
func (t *throttle) regained(m mark, now time.Time) time.Time {
	at, _ := t.counters.Get(m)
	if at.Before(now) {
		return now
	}
	return at
}

func (t *throttle) countersOf(now time.Time, address string, names []string) []counter {
	t.turn(now)
	counters := []counter{{t.limits.Address, t.mark("address", address)}}
	for _, name := range names {
		counters = append(counters,
			counter{t.limits.Person, t.mark("person", name, address)},
			counter{t.limits.Name, t.mark("name", name)})
	}
	return counters
}

// turn takes the key of the day.
func (t *throttle) turn(now time.Time) {
	if day := now.Truncate(24 * time.Hour); !day.Equal(t.day) {
		t.day, t.key = day, t.rate(day)
	}
}

func (t *throttle) mark(parts ...string) (m mark) {
	h := hmac.New(sha256.New, t.key[:])
	for _, part := range parts {
		digest := sha256.Sum256([]byte(part)) // of fixed length, so that parts can't run into each other
		h.Write(digest[:])
	}
	h.Sum(m[:0])
	return m
}

// Throttle counts a try from the request's address for the names that it may mean. The fault is throttled, with the
// time to wait. Names are normalised first.
func (k *Kratos) Throttle(r *http.Request, names ...string) error {
	meant := make([]string, len(names))
	for i, name := range names {
		meant[i] = normal(name)
	}
	slices.Sort(meant)
	meant = slices.Compact(meant)
	address := clientAddress(r, k.given.TrustedProxies).String()
	if wait := k.throttle.try(k.now(), address, meant); wait > 0 {
		return fault.New(fault.Throttled).After(wait)
	}
	return nil
}

// normal is the form in which Kratos compares identifiers.
func normal(identifier string) string { return strings.ToLower(strings.TrimSpace(identifier)) }
