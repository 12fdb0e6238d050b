package sealed

import (
	"encoding/binary"
	"math/bits"
)

const (
	lengthSize = 4
	// minPadded hides the length of names, yes and no, and single words, for
	// which Padmé alone would hide nothing.
	minPadded = 64
)

// paddedLen is the length of a padded plaintext of n bytes: Padmé over length
// and plaintext, which costs at most 12 % and tells O(log log n) bits of n.
func paddedLen(n int) int {
	total := max(n+lengthSize, minPadded)
	exponent := bits.Len(uint(total)) - 1
	low := exponent - bits.Len(uint(exponent))
	mask := 1<<low - 1
	return (total + mask) &^ mask
}

// pad fills dst, which has the padded length and is zero, with plaintext.
func pad(dst, plaintext []byte) {
	binary.BigEndian.PutUint32(dst, uint32(len(plaintext)))
	copy(dst[lengthSize:], plaintext)
}

// unpad returns the plaintext inside padded. It accepts only what pad makes:
// the length that belongs to the plaintext, and zeros behind it.
func unpad(padded []byte) ([]byte, bool) {
	if len(padded) < minPadded {
		return nil, false
	}
	n := uint64(binary.BigEndian.Uint32(padded))
	if n > MaxPlaintext || paddedLen(int(n)) != len(padded) {
		return nil, false
	}
	end := lengthSize + int(n)
	var rest byte
	for _, b := range padded[end:] {
		rest |= b
	}
	return padded[lengthSize:end:end], rest == 0
}
