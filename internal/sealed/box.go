package sealed

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/binary"
	"io"

	"golang.org/x/crypto/chacha20poly1305"
)

const (
	version1 = 1

	nonceAt  = 4
	commitAt = nonceAt + 24
	bodyAt   = commitAt + 32

	fieldLabel = "hamyar/field/v1"
	wrapLabel  = "hamyar/wrap/v1"
)

// Seal seals plaintext for the place p with the newest generation.
func (r *Ring) Seal(p Place, plaintext []byte) ([]byte, error) {
	if r == nil || !p.complete() {
		return nil, ErrSeal
	}
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendPlace(s.place, p)
	return r.keys.seal(s, fieldLabel, plaintext)
}

// Open returns what was sealed for the place p. Whatever is wrong, the error is
// ErrOpen. The box is left as it is, and the plaintext doesn't share its memory.
func (r *Ring) Open(p Place, box []byte) ([]byte, error) {
	if r == nil || !p.complete() {
		return nil, ErrOpen
	}
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendPlace(s.place, p)
	return r.keys.open(s, fieldLabel, box, nil)
}

// OpenInPlace is Open for whoever needs the box no more: the plaintext takes its
// memory, and a box that doesn't open is lost as well. A page of posts is opened
// so, where a second copy of each would be much of the work.
func (r *Ring) OpenInPlace(p Place, box []byte) ([]byte, error) {
	if r == nil || !p.complete() || len(box) < bodyAt {
		return nil, ErrOpen
	}
	s := borrow()
	defer s.giveBack()
	s.place = r.keys.appendPlace(s.place, p)
	return r.keys.open(s, fieldLabel, box, box[bodyAt:bodyAt:len(box)])
}

func (k *keys) appendPlace(dst []byte, p Place) []byte {
	dst = appendField(dst, k.deployment[:])
	dst = appendField(dst, p.Table)
	dst = appendField(dst, p.Column)
	dst = appendField(dst, p.Row[:])
	dst = appendField(dst, p.Persona[:])
	dst = appendField(dst, p.Community[:])
	dst = binary.BigEndian.AppendUint32(dst, 4)
	return binary.BigEndian.AppendUint32(dst, uint32(p.Version))
}

func (k *keys) seal(s *scratch, label string, plaintext []byte) ([]byte, error) {
	if len(plaintext) > MaxPlaintext {
		return nil, ErrSeal
	}
	g, padded := k.newest(), paddedLen(len(plaintext))
	box := make([]byte, bodyAt+padded, bodyAt+padded+aeadOverhead(k.suite))
	box[0], box[1] = version1, byte(k.suite)
	binary.BigEndian.PutUint16(box[2:], g.number)
	if _, err := io.ReadFull(k.random, box[nonceAt:commitAt]); err != nil {
		return nil, ErrSeal
	}
	s.messageKey(g, label, k.suite, box[nonceAt:commitAt])
	copy(box[commitAt:], s.out[32:])
	aead, err := newAEAD(k.suite, s.out[:32])
	if err != nil {
		return nil, ErrSeal
	}
	pad(box[bodyAt:], plaintext)
	return aead.Seal(box[:bodyAt], box[nonceAt:nonceAt+aead.NonceSize()], box[bodyAt:], nil), nil //nolint:gosec // the nonce was drawn a few lines above
}

func (k *keys) open(s *scratch, label string, box, into []byte) ([]byte, error) {
	padded, err := k.decrypt(s, label, box, into)
	if err != nil {
		return nil, err
	}
	plaintext, ok := unpad(padded)
	if !ok {
		return nil, ErrOpen
	}
	return plaintext, nil
}

func (k *keys) decrypt(s *scratch, label string, box, into []byte) ([]byte, error) {
	if len(box) < bodyAt || box[0] != version1 {
		return nil, ErrOpen
	}
	suite, g := Suite(box[1]), k.generation(binary.BigEndian.Uint16(box[2:]))
	if g == nil {
		return nil, ErrOpen
	}
	s.messageKey(g, label, suite, box[nonceAt:commitAt])
	if subtle.ConstantTimeCompare(box[commitAt:bodyAt], s.out[32:]) != 1 {
		return nil, ErrOpen
	}
	aead, err := newAEAD(suite, s.out[:32])
	if err != nil {
		return nil, ErrOpen
	}
	padded, err := aead.Open(into, box[nonceAt:nonceAt+aead.NonceSize()], box[bodyAt:], nil)
	if err != nil {
		return nil, ErrOpen
	}
	return padded, nil
}

// messageKey fills s.out with the key and the commitment of one message. They
// bind label, suite, generation (through the DEK), nonce and place, so the AEAD
// needs no associated data of its own.
func (s *scratch) messageKey(g *generation, label string, suite Suite, nonce []byte) {
	place := sha256.Sum256(s.place)
	s.info = append(s.info[:sha256.Size], label...)
	s.info = append(s.info, byte(suite))
	s.info = append(s.info, nonce...)
	s.info = append(s.info, place[:]...)
	s.expand(g.dek)
}

func newAEAD(suite Suite, key []byte) (cipher.AEAD, error) {
	switch suite {
	case XChaCha20Poly1305:
		return chacha20poly1305.NewX(key)
	case AES256GCM:
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, err
		}
		return cipher.NewGCMWithRandomNonce(block)
	}
	return nil, ErrOpen
}

// aeadOverhead is what a suite's AEAD adds: a tag, and in suite 2 its IV.
func aeadOverhead(suite Suite) int {
	if suite == AES256GCM {
		return 12 + 16
	}
	return chacha20poly1305.Overhead
}
