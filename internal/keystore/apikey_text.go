package keystore

import (
	"crypto/rand"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"

	"github.com/google/uuid"
)

// APIKeyPrefix begins the text of every key, so that whoever scans for leaked
// secrets finds one.
const APIKeyPrefix = "hamyar_key_"

const (
	idLength     = 22 // digits of base 62 that hold 128 bits
	secretLength = 43 // 256 bits
	sumLength    = 6  // 32 bits
	keyLength    = len(APIKeyPrefix) + idLength + 1 + secretLength + sumLength
)

// keyText is what the owner of a key is shown: hamyar_key_<id>_<secret><sum>. The
// sum tells a mistyped key from a key without asking anybody.
type keyText struct {
	id   uuid.UUID
	text string
}

func newKeyText() (keyText, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return keyText{}, fmt.Errorf("keystore: name an API key: %w", err)
	}
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return keyText{}, fmt.Errorf("keystore: make an API key: %w", err)
	}
	text := APIKeyPrefix + base62(id[:], idLength) + "_" + base62(secret[:], secretLength)
	return keyText{id, text + sumOf(text)}, nil
}

// readKeyText reads what somebody holds up; ok is false for what no key looks like.
func readKeyText(text string) (k keyText, ok bool) {
	if len(text) != keyLength || !strings.HasPrefix(text, APIKeyPrefix) {
		return keyText{}, false
	}
	body, sum := text[:keyLength-sumLength], text[keyLength-sumLength:]
	digits := body[len(APIKeyPrefix):][:idLength]
	number, valid := new(big.Int).SetString(digits, 62)
	if !valid || number.BitLen() > 128 || sumOf(body) != sum {
		return keyText{}, false
	}
	number.FillBytes(k.id[:])
	k.text = text
	return k, base62(k.id[:], idLength) == digits
}

func sumOf(text string) string {
	sum := crc32.ChecksumIEEE([]byte(text))
	return base62([]byte{byte(sum >> 24), byte(sum >> 16), byte(sum >> 8), byte(sum)}, sumLength)
}

func base62(raw []byte, length int) string {
	digits := new(big.Int).SetBytes(raw).Text(62)
	return strings.Repeat("0", length-len(digits)) + digits
}
