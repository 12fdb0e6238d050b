package sealed

import (
	"crypto/cipher"
	"io"
)

// What the tests look at from outside.
const (
	CommitAt = commitAt
	BodyAt   = bodyAt
)

// WithRandom is the ring with another source of nonces.
func WithRandom(r *Ring, random io.Reader) *Ring {
	k := *r.keys
	k.random = random
	return &Ring{keys: &k}
}

// HMAC is the package's own HMAC-SHA256.
func HMAC(key, message []byte) []byte {
	s := borrow()
	defer s.giveBack()
	out := make([]byte, 32)
	s.hmac(newHMACKey(key), out, message)
	return out
}

// Expand is the package's own HKDF-Expand-SHA256 to 64 bytes.
func Expand(key, info []byte) []byte {
	s := borrow()
	defer s.giveBack()
	s.info = append(s.info[:32], info...)
	s.expand(newHMACKey(key))
	return append([]byte(nil), s.out[:]...)
}

// NewAEAD is the cipher of a suite.
func NewAEAD(suite Suite, key []byte) (cipher.AEAD, error) { return newAEAD(suite, key) }

// Decrypt is Open before the padding is looked at.
func Decrypt(r *Ring, p Place, box []byte) ([]byte, error) {
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendPlace(s.place, p)
	return r.keys.decrypt(s, fieldLabel, box, nil)
}

// PlaceBytes is what a place is hashed as.
func PlaceBytes(r *Ring, p Place) []byte { return r.keys.appendPlace(nil, p) }

// PaddedLen is the length of n bytes once padded.
func PaddedLen(n int) int { return paddedLen(n) }

// Pad pads.
func Pad(plaintext []byte) []byte {
	padded := make([]byte, paddedLen(len(plaintext)))
	pad(padded, plaintext)
	return padded
}

// Unpad takes the padding off.
func Unpad(padded []byte) ([]byte, bool) { return unpad(padded) }

// MessageKey is the key and the commitment of a box.
func MessageKey(r *Ring, p Place, box []byte) (key, commit []byte) {
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendPlace(s.place, p)
	s.messageKey(r.keys.newest(), fieldLabel, Suite(box[1]), box[nonceAt:commitAt])
	out := append([]byte(nil), s.out[:]...)
	return out[:32], out[32:]
}
