package sealed

import (
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"hash"
	"sync"
)

// hmacKey is HMAC-SHA256 under one key, kept as the two hash states that follow
// the key's block. Using it costs no key schedule and changes nothing in it, so
// any number of goroutines may share it.
type hmacKey struct{ inner, outer []byte }

func newHMACKey(key []byte) hmacKey {
	var block [sha256.BlockSize]byte
	if len(key) > len(block) {
		short := sha256.Sum256(key)
		key = short[:]
	}
	copy(block[:], key)
	defer clear(block[:])
	return hmacKey{inner: stateAfter(block, 0x36), outer: stateAfter(block, 0x5c)}
}

// stateAfter returns the state of SHA-256 once it has taken in block ⊕ pad.
func stateAfter(block [sha256.BlockSize]byte, pad byte) []byte {
	for i := range block {
		block[i] ^= pad
	}
	h := sha256.New()
	h.Write(block[:])
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic("sealed: SHA-256 cannot save its state")
	}
	return state
}

// scratch is the working memory of one operation, pooled because sealing and
// opening are on the path of every page.
type scratch struct {
	hash  hash.Hash
	place []byte   // the encoded place
	info  []byte   // the input of an expansion or a MAC
	out   [64]byte // the message key and the commitment
}

var scratches = sync.Pool{New: func() any {
	return &scratch{hash: sha256.New(), place: make([]byte, 0, 256), info: make([]byte, 0, 256)}
}}

func borrow() *scratch { return scratches.Get().(*scratch) }

// giveBack wipes what was derived and returns the memory to the pool.
func (s *scratch) giveBack() {
	clear(s.out[:])
	clear(s.info[:cap(s.info)])
	s.place, s.info = s.place[:0], s.info[:0]
	if cap(s.info) <= 4096 {
		scratches.Put(s)
	}
}

// hmac writes HMAC(key, message) to the first 32 bytes of dst.
func (s *scratch) hmac(key hmacKey, dst, message []byte) {
	s.resume(key.inner)
	s.hash.Write(message)
	s.hash.Sum(dst[:0])
	s.resume(key.outer)
	s.hash.Write(dst[:sha256.Size])
	s.hash.Sum(dst[:0])
}

func (s *scratch) resume(state []byte) {
	if s.hash.(encoding.BinaryUnmarshaler).UnmarshalBinary(state) != nil {
		panic("sealed: SHA-256 cannot resume its state")
	}
}

// expand fills s.out with HKDF-Expand-SHA256(key, info, 64), where info is what
// stands in s.info behind room for one hash.
func (s *scratch) expand(key hmacKey) {
	last := len(s.info)
	s.info = append(s.info, 1)
	s.hmac(key, s.out[:32], s.info[sha256.Size:])
	copy(s.info, s.out[:32])
	s.info[last] = 2
	s.hmac(key, s.out[32:], s.info)
}

// appendField adds a field behind its length, so that fields can't run into
// each other.
func appendField[T string | []byte](dst []byte, field T) []byte {
	return append(binary.BigEndian.AppendUint32(dst, uint32(len(field))), field...)
}
