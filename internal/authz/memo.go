package authz

import (
	"hash/maphash"
	"sync"
)

// memo keeps what was worked out, bounded: each shard has a young and an old generation, and a full young one becomes
// the old one. What is asked for again and again moves along.
type memo[K comparable, V any] struct {
	seed   maphash.Seed
	shards [16]shard[K, V]
}

type shard[K comparable, V any] struct {
	sync.RWMutex
	young, old map[K]V
}

const perGeneration = 512

func newMemo[K comparable, V any]() *memo[K, V] {
	return &memo[K, V]{seed: maphash.MakeSeed()}
}

func (m *memo[K, V]) shardOf(key K) *shard[K, V] {
	return &m.shards[maphash.Comparable(m.seed, key)%uint64(len(m.shards))]
}

func (m *memo[K, V]) recall(key K) (V, bool) {
	s := m.shardOf(key)
	s.RLock()
	value, young := s.young[key]
	if young {
		s.RUnlock()
		return value, true
	}
	value, known := s.old[key]
	s.RUnlock()
	if known {
		s.keep(key, value)
	}
	return value, known
}

func (m *memo[K, V]) keep(key K, value V) { m.shardOf(key).keep(key, value) }

func (s *shard[K, V]) keep(key K, value V) {
	s.Lock()
	defer s.Unlock()
	if s.young == nil || len(s.young) >= perGeneration {
		s.young, s.old = make(map[K]V, perGeneration), s.young
	}
	s.young[key] = value
}
