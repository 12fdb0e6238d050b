package keystore

import "time"

// ReadCode reads what a person typed.
func ReadCode(typed string) (number int32, text string, ok bool) {
	c, ok := parseCode(typed)
	return c.number, c.text, ok
}

// NewCode is the code of a new secret.
func NewCode() (string, error) {
	c, err := newCode(1)
	return c.text, err
}

// PrintCode is what a person keeps.
func PrintCode(number int32, text string) string { return code{number, text}.print() }

// Alphabet is what codes are made of.
const Alphabet = alphabet

// HoldHashing keeps every hash waiting until release.
func HoldHashing(s *Store) (release func()) {
	for range cap(s.hashing) {
		s.hashing <- struct{}{}
	}
	return func() {
		for range cap(s.hashing) {
			<-s.hashing
		}
	}
}

// Cache is the package's cache of strings.
type Cache struct{ *cache[int, string] }

// Ticket is what a read takes before it begins.
type Ticket = ticket

// NewCache makes one.
func NewCache(size int, age time.Duration, clock func() time.Time) Cache {
	return Cache{newCache[int, string](size, age, clock)}
}

func (c Cache) Ticket() Ticket                           { return c.ticket() }
func (c Cache) Keep(t Ticket, key int, value string)     { c.keep(t, key, value) }
func (c Cache) Value(key int) (value string, found bool) { return c.get(key) }
func (c Cache) Evict(key int)                            { c.evict(key) }
