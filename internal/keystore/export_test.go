package keystore

import "github.com/google/uuid"

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

// KeyText is a key that reads well, with a secret of one byte.
func KeyText(id uuid.UUID, secret byte) string {
	return Checked(APIKeyPrefix + base62(id[:], idLength) + "_" + base62([]byte{secret}, secretLength))
}

// Checked puts its sum behind a text.
func Checked(text string) string { return text + sumOf(text) }

// ReadKeyText reads what somebody holds up.
func ReadKeyText(text string) (uuid.UUID, bool) {
	k, ok := readKeyText(text)
	return k.id, ok
}
