package kms

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/chacha20poly1305"
)

// A protected key file is one line: how much work, the salt, and the key sealed
// under what Argon2id makes of the passphrase, with everything before it as
// associated data.
//
//	hamyar-key-v1$argon2id$v=19$m=262144,t=3,p=4$SALT$BOX
const protectedPrefix = "hamyar-key-v1$"

var (
	errPassphrase = errors.New("kms: a passphrase has at least 16 bytes; six random words are good")
	errProtected  = errors.New("kms: the protected key file is damaged, or asks for too little or too much work")
	encoding      = base64.RawStdEncoding.Strict()
)

// cost is how much work a passphrase is; memory is in KiB.
type cost struct {
	memory, time uint32
	threads      uint8
}

// usual takes about half a second, once, at the start.
var usual = cost{memory: 256 << 10, time: 3, threads: 4}

// sane keeps a file from asking for next to nothing, or for all there is.
func (c cost) sane() bool {
	return c.memory >= 64<<10 && c.memory <= 1<<20 && c.time >= 1 && c.time <= 16 && c.threads >= 1 && c.threads <= 16
}

func (c cost) head(salt []byte) string {
	return fmt.Sprintf("%sargon2id$v=19$m=%d,t=%d,p=%d$%s$", protectedPrefix, c.memory, c.time, c.threads, encoding.EncodeToString(salt))
}

// NewProtectedKeyFile makes a random key as NewKeyFile does, sealed under a
// passphrase, for the URL file://path?passphrase_file=/elsewhere. Neither the
// file nor the passphrase is of use alone.
func NewProtectedKeyFile(path string, passphrase []byte) error {
	return newProtected(path, passphrase, usual)
}

func newProtected(path string, passphrase []byte, c cost) error {
	if len(passphrase) < 16 {
		return errPassphrase
	}
	key, err := newKey()
	if err != nil {
		return err
	}
	random := make([]byte, 16+chacha20poly1305.NonceSizeX)
	if _, err := rand.Read(random); err != nil {
		return fmt.Errorf("kms: salt a key file: %w", err)
	}
	salt, nonce := random[:16], random[16:]
	head := c.head(salt)
	box, err := seal(passphrase, c, salt, nonce, key[:], head)
	if err != nil {
		return err
	}
	return place(path, head+encoding.EncodeToString(box))
}

func seal(passphrase []byte, c cost, salt, nonce, key []byte, head string) ([]byte, error) {
	aead, err := chacha20poly1305.NewX(argon2.IDKey(passphrase, salt, c.time, c.memory, c.threads, 32))
	if err != nil {
		return nil, errProtected
	}
	return aead.Seal(nonce, nonce, key, []byte(head)), nil
}

// unlock opens a protected key file. A wrong passphrase is ErrRefused.
func unlock(line string, passphrase []byte) (key [32]byte, err error) {
	c, salt, box, ok := parseProtected(strings.TrimRight(line, "\r\n"))
	if !ok {
		return key, errProtected
	}
	aead, err := chacha20poly1305.NewX(argon2.IDKey(passphrase, salt, c.time, c.memory, c.threads, 32))
	if err != nil {
		return key, errProtected
	}
	nonce, sealed := box[:aead.NonceSize()], box[aead.NonceSize():]
	opened, err := aead.Open(nil, nonce, sealed, []byte(c.head(salt)))
	if err != nil {
		return key, ErrRefused
	}
	defer clear(opened)
	if copy(key[:], opened) != len(key) || key == [32]byte{} {
		return [32]byte{}, errProtected
	}
	return key, nil
}

func parseProtected(line string) (c cost, salt, box []byte, ok bool) {
	parts := strings.Split(line, "$")
	if len(parts) != 6 {
		return c, nil, nil, false
	}
	_, wrong := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads)
	salt, wrongSalt := encoding.DecodeString(parts[4])
	box, wrongBox := encoding.DecodeString(parts[5])
	if errors.Join(wrong, wrongSalt, wrongBox) != nil || !c.sane() {
		return c, nil, nil, false
	}
	fits := len(salt) == 16 && len(box) == chacha20poly1305.NonceSizeX+32+chacha20poly1305.Overhead
	return c, salt, box, fits && line == c.head(salt)+encoding.EncodeToString(box) // there is one way to write it
}
