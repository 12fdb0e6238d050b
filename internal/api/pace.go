package api

import (
	"crypto/hmac"
	"crypto/sha256"
	"math"
	"net/http"
	"strconv"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/hamyar/hamyar/internal/fault"
)

// Limits are how many requests one person, or one address where nobody is signed in, may make in a minute. Zero is no
// limit.
type Limits struct{ Reads, Writes, Searches int }

// DefaultLimits are generous to people and tight to programs.
var DefaultLimits = Limits{Reads: 600, Writes: 60, Searches: 30}

type class string

const (
	reads    class = "read"
	writes   class = "write"
	searches class = "search" // who asks for word after word learns what others write about
)

func (l Limits) of(c class) int {
	switch c {
	case reads:
		return l.Reads
	case searches:
		return l.Searches
	case writes:
	}
	return l.Writes
}

// pace counts requests in memory, under marks that can't be turned back and change every day.
type pace struct {
	limits Limits
	key    func(day time.Time) [32]byte
	clock  func() time.Time
	seen   *lru.Cache[[32]byte, *rate.Limiter]
}

const mostSeen = 100_000

func newPace(limits Limits, key func(time.Time) [32]byte, clock func() time.Time) *pace {
	seen, err := lru.New[[32]byte, *rate.Limiter](mostSeen)
	if err != nil {
		panic(err) // the size is a positive constant
	}
	return &pace{limits, key, clock, seen}
}

// take one request of who, and write how many are left.
func (p *pace) take(h http.Header, c class, who []byte) error {
	limit := p.limits.of(c)
	if limit == 0 {
		return nil
	}
	now := p.clock()
	key := p.key(now)
	mark := hmac.New(sha256.New, key[:])
	mark.Write([]byte(c))
	mark.Write(who)
	limiter := p.limiter([32]byte(mark.Sum(nil)), limit)
	allowed := limiter.AllowN(now, 1)
	left := math.Max(0, math.Floor(limiter.TokensAt(now)))
	perSecond := float64(limit) / 60
	h.Set("RateLimit-Limit", strconv.Itoa(limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(int(left)))
	h.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil((float64(limit)-left)/perSecond))))
	if !allowed {
		return fault.New(fault.Throttled).After(time.Duration(float64(time.Second) / perSecond))
	}
	return nil
}

func (p *pace) limiter(mark [32]byte, limit int) *rate.Limiter {
	if limiter, ok := p.seen.Get(mark); ok {
		return limiter
	}
	limiter := rate.NewLimiter(rate.Limit(float64(limit)/60), limit)
	if before, ok, _ := p.seen.PeekOrAdd(mark, limiter); ok {
		return before
	}
	return limiter
}
