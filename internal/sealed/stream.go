package sealed

import (
	"crypto/cipher"
	"crypto/rand"
	"crypto/subtle"
	"encoding/binary"
	"io"
	"math/bits"
)

const (
	streamLabel = "hamyar/stream/v1"

	headerSize = bodyAt
	chunkSize  = 64 << 10
	// prefixSize is what a position takes of the header's nonce; a counter and a flag follow.
	prefixSize = 24 - 4 - 1

	// minPaddedFile hides how small a small file is.
	minPaddedFile = 4 << 10
)

// MaxFile is the longest file, in bytes, that a stream takes.
const MaxFile = 1 << 30

// Stream seals and opens one file under a key of its own, bound to one place,
// in memory that doesn't grow with the file. It is safe for concurrent use and
// can be neither compared nor printed. A sealed file is
//
//	version 1 │ suite 1 │ zero 2 │ nonce 24 │ commitment 32 │ chunks
//
// where key and commitment are derived as a box's are, from the file's key in
// place of a ring's secret and under the label "hamyar/stream/v1". The
// plaintext, with zeros behind it up to its Padmé length, is cut into chunks of
// 64 KiB, of which the last may be shorter:
//
//	position = the nonce's first 19 bytes ‖ counter 4 ‖ 1 in the last chunk, else 0
//	chunk    = AEAD(key, nonce = position, data = position ‖ true length 8, in the last chunk alone)
//
// That is STREAM (Hoang, Reyhanitabar, Rogaway, Vizár 2015). In suite 2 each
// chunk begins with the IV that its cipher draws, and the position is bound as
// associated data alone. A chunk opens only where it stood, in its own file; no
// file opens that was cut, extended, or read as longer or shorter than it is.
//
// What remains visible: the padded length, and the suite. A file that was put
// back to an older one under the same key and place isn't noticed; give every
// file a key of its own and keep the key where versions are told apart.
type Stream struct {
	_ [0]func()
	masked
	file  *keys // of the file's key alone
	place Place
}

// NewFileKey draws the key of one file. Whoever keeps it keeps it sealed.
func NewFileKey() (key [32]byte, err error) {
	if _, err := io.ReadFull(rand.Reader, key[:]); err != nil {
		return key, ErrSeal
	}
	return key, nil
}

// Stream is for the file of a key, in a place of the ring's deployment, sealed
// with the ring's suite and opened with the one that the file names. The ring's
// own keys have no part in it, so renewing them leaves the file as it is; the
// place's Version is therefore the file's and not that of the row in which its
// key is kept. ErrSeal says that the ring, the key or the place is missing.
func (r *Ring) Stream(key [32]byte, p Place) (*Stream, error) {
	if r == nil || key == [32]byte{} || !p.complete() {
		return nil, ErrSeal
	}
	g, err := newGeneration(0, key[:])
	if err != nil {
		return nil, ErrSeal
	}
	file := &keys{deployment: r.keys.deployment, suite: r.keys.suite, generations: []generation{g}, random: r.keys.random}
	return &Stream{file: file, place: p}, nil
}

// paddedFile is the length of a padded file of n bytes.
func paddedFile(n int64) int64 {
	total := max(n, minPaddedFile)
	exponent := bits.Len64(uint64(total)) - 1
	low := exponent - bits.Len(uint(exponent))
	mask := int64(1)<<low - 1
	return (total + mask) &^ mask
}

// chunks is the cipher of one file.
type chunks struct {
	aead     cipher.AEAD
	overhead int
	data     [24 + 8]byte // the position of a chunk, and room for the length
}

// held is the plaintext of a chunk. It is reached through a pointer, because fmt
// doesn't follow one when what has it is inside another struct.
type held struct {
	plain  []byte
	memory []byte // of a Reader's, ciphertext at first
}

// begin makes a header, and the cipher of the chunks that follow it.
func (s *Stream) begin() (header []byte, c *chunks, err error) {
	header = make([]byte, headerSize)
	header[0], header[1] = version1, byte(s.file.suite)
	if _, err := io.ReadFull(s.file.random, header[nonceAt:commitAt]); err != nil {
		return nil, nil, ErrSeal
	}
	c, commitment, err := s.chunks(header)
	if err != nil {
		return nil, nil, ErrSeal
	}
	copy(header[commitAt:], commitment[:])
	return header, c, nil
}

// resume is the cipher of the chunks behind a header.
func (s *Stream) resume(header []byte) (*chunks, error) {
	if header[0] != version1 || header[2] != 0 || header[3] != 0 {
		return nil, ErrOpen
	}
	c, commitment, err := s.chunks(header)
	if err != nil || subtle.ConstantTimeCompare(header[commitAt:], commitment[:]) != 1 {
		return nil, ErrOpen
	}
	return c, nil
}

func (s *Stream) chunks(header []byte) (c *chunks, commitment [32]byte, err error) {
	own := borrow()
	defer own.giveBack()
	own.place = s.file.appendPlace(own.place, s.place)
	suite := Suite(header[1])
	own.messageKey(s.file.newest(), streamLabel, suite, header[nonceAt:commitAt])
	aead, err := newAEAD(suite, own.out[:32])
	if err != nil {
		return nil, commitment, err
	}
	c = &chunks{aead: aead, overhead: aeadOverhead(suite)}
	copy(c.data[:prefixSize], header[nonceAt:commitAt])
	return c, [32]byte(own.out[32:]), nil
}

// at is the nonce and the associated data of a chunk; size counts in the last.
func (c *chunks) at(index int64, last bool, size int64) (nonce, data []byte) {
	binary.BigEndian.PutUint32(c.data[prefixSize:], uint32(index))
	c.data[prefixSize+4] = 0
	data = c.data[:24]
	if last {
		c.data[prefixSize+4] = 1
		data = binary.BigEndian.AppendUint64(data, uint64(size))
	}
	return c.data[:c.aead.NonceSize()], data
}
