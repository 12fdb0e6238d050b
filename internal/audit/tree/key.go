package tree

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/note"
)

// What a key signs: a log's signs notes, a witness's signs that it saw one.
const (
	logKey     = 0x01
	witnessKey = 0x04
)

// signer makes the signatures of one key; it is a note.Signer.
type signer struct {
	name string
	hash uint32
	sign func(text []byte) ([]byte, error)
}

func (s signer) Name() string                     { return s.name }
func (s signer) KeyHash() uint32                  { return s.hash }
func (s signer) Sign(text []byte) ([]byte, error) { return s.sign(text) }

// NewSigner is the key of a log, and the text by which others know it: name+hash+key. The same seed and origin give the
// same key.
func NewSigner(seed [32]byte, origin string) (_ note.Signer, verifierKey string, err error) {
	key := ed25519.NewKeyFromSeed(seed[:])
	sign := func(text []byte) ([]byte, error) { return ed25519.Sign(key, text), nil }
	return newSigner(origin, logKey, key, sign)
}

func newSigner(name string, kind byte, key ed25519.PrivateKey, sign func([]byte) ([]byte, error)) (note.Signer, string, error) {
	if !validName(name) {
		return nil, "", fmt.Errorf("%w: name of a key", ErrMalformed)
	}
	public := append([]byte{kind}, key[ed25519.SeedSize:]...)
	return signer{name, keyHash(name, public), sign}, formatKey(name, public), nil
}

// NewVerifier reads the verifier key of a log.
func NewVerifier(text string) (note.Verifier, error) {
	if _, _, err := parseKey(text, logKey); err != nil {
		return nil, err
	}
	return note.NewVerifier(text)
}

func formatKey(name string, public []byte) string {
	return fmt.Sprintf("%s+%08x+%s", name, keyHash(name, public), base64.StdEncoding.EncodeToString(public))
}

// parseKey reads a verifier key of a kind, in the one form that formatKey gives it.
func parseKey(text string, kind byte) (name string, public ed25519.PublicKey, err error) {
	name, rest, _ := strings.Cut(text, "+")
	_, encoded, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || !validName(name) || len(key) != 1+ed25519.PublicKeySize || key[0] != kind {
		return "", nil, fmt.Errorf("%w: verifier key", ErrMalformed)
	}
	if formatKey(name, key) != text {
		return "", nil, fmt.Errorf("%w: hash of a verifier key", ErrMalformed)
	}
	return name, key[1:], nil
}

// keyHash tells keys of one name apart; it is no proof of anything.
func keyHash(name string, public []byte) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), public...))
	return binary.BigEndian.Uint32(sum[:4])
}

func validName(name string) bool {
	return name != "" && utf8.ValidString(name) && !strings.ContainsRune(name, '+') && strings.IndexFunc(name, unicode.IsSpace) < 0
}
