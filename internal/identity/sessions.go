package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// What was looked up may be believed for longest, however long the session lasts.
const longestBelief = 30 * time.Second

// The most sessions that are remembered at once; about 5 MB.
const mostSessions = 20_000

// mark is a keyed hash of a credential. The credential itself is not kept.
type mark [sha256.Size]byte

// belief is an actor and the time during which they are taken as given.
type belief struct {
	actor       Actor
	from, until time.Time
}

// sessions remembers who was behind a credential. The epoch counts what was forgotten: what was looked up in an
// earlier epoch is not remembered in a later one, or a look-up that began before a sign-out would outlive it.
type sessions struct {
	secret [32]byte

	mu      sync.Mutex
	beliefs *simplelru.LRU[mark, belief]
	marks   map[uuid.UUID]map[mark]struct{}
	epoch   uint64
}

func newSessions(secret [32]byte) *sessions {
	s := &sessions{secret: secret, marks: map[uuid.UUID]map[mark]struct{}{}}
	s.beliefs, _ = simplelru.NewLRU(mostSessions, s.unlink) // fails only for a size below one
	return s
}

// mark of a credential. A cookie and a token that read the same are told apart.
func (s *sessions) mark(c credential) (m mark) {
	h := hmac.New(sha256.New, s.secret[:])
	kind := []byte("token\x00")
	if c.cookie {
		kind = []byte("cookie\x00")
	}
	h.Write(kind)
	h.Write([]byte(c.value))
	h.Sum(m[:0])
	return m
}

// find returns the actor behind a mark while they are believed. A clock that was set back ends belief.
func (s *sessions) find(m mark, now time.Time) (Actor, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, known := s.beliefs.Get(m)
	if !known {
		return Actor{}, false
	}
	if now.Before(b.from) || !now.Before(b.until) {
		s.beliefs.Remove(m)
		return Actor{}, false
	}
	return b.actor, true
}

// since is the epoch in which a look-up begins.
func (s *sessions) since() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.epoch
}

// believe remembers an actor from now until the session ends, thirty seconds at the most, if nothing was forgotten
// since the look-up began.
func (s *sessions) believe(m mark, since uint64, actor Actor, now, ends time.Time) {
	until := now.Add(longestBelief)
	if ends.Before(until) {
		until = ends
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.epoch != since || !now.Before(until) {
		return
	}
	s.beliefs.Remove(m)
	s.beliefs.Add(m, belief{actor: actor, from: now, until: until})
	if s.marks[actor.Identity] == nil {
		s.marks[actor.Identity] = map[mark]struct{}{}
	}
	s.marks[actor.Identity][m] = struct{}{}
}

// forget drops every session of an identity.
func (s *sessions) forget(identity uuid.UUID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	for m := range s.marks[identity] {
		s.beliefs.Remove(m)
	}
}

// forgetMark drops one credential, whoever is behind it.
func (s *sessions) forgetMark(m mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.beliefs.Remove(m)
}

// forgetAll drops everything: for when it is not known whose sessions have ended.
func (s *sessions) forgetAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.epoch++
	s.beliefs.Purge()
}

// unlink runs under the lock whenever a belief goes.
func (s *sessions) unlink(m mark, b belief) {
	of := s.marks[b.actor.Identity]
	delete(of, m)
	if len(of) == 0 {
		delete(s.marks, b.actor.Identity)
	}
}
