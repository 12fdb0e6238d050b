package sealed_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"math/bits"
	"testing"

	"github.com/google/uuid"
	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// The format once more, written from the package comment with nothing of the
// package: slow, plain, and the judge of the fast one.

func referenceAAD(deployment uuid.UUID, p sealed.Place) []byte {
	version := binary.BigEndian.AppendUint32(nil, uint32(p.Version))
	return prefixed(deployment[:], []byte(p.Table), []byte(p.Column), p.Row[:], p.Persona[:], p.Community[:], version)
}

func prefixed(fields ...[]byte) (all []byte) {
	for _, field := range fields {
		all = binary.BigEndian.AppendUint32(all, uint32(len(field)))
		all = append(all, field...)
	}
	return all
}

func referenceKeys(label string, secret []byte, generation uint16, suite byte, nonce, aad []byte) (key, commit []byte, err error) {
	dek, err := hkdf.Key(sha256.New, secret, nil, "hamyar/dek/v1"+string(binary.BigEndian.AppendUint16(nil, generation)), 32)
	if err != nil {
		return nil, nil, err
	}
	hash := sha256.Sum256(aad)
	out, err := hkdf.Expand(sha256.New, dek, label+string(suite)+string(nonce)+string(hash[:]), 64)
	if err != nil {
		return nil, nil, err
	}
	return out[:32], out[32:], nil
}

// referencePadme is the formula of the Padmé paper.
func referencePadme(length int) int {
	e := bits.Len(uint(length)) - 1
	s := bits.Len(uint(e))
	last := e - s
	mask := 1<<last - 1
	return (length + mask) & ^mask
}

func referenceOpen(secret []byte, deployment uuid.UUID, p sealed.Place, box []byte) ([]byte, error) {
	return referenceOpenAs("hamyar/field/v1", secret, referenceAAD(deployment, p), box)
}

func referenceUnwrap(secret []byte, deployment uuid.UUID, purpose string, row, box []byte) ([]byte, error) {
	return referenceOpenAs("hamyar/wrap/v1", secret, prefixed(deployment[:], []byte(purpose), row), box)
}

func referenceMAC(secret []byte, generation uint16, label string, parts [][]byte) ([]byte, error) {
	key, err := hkdf.Key(sha256.New, secret, nil, "hamyar/mac/v1"+string(binary.BigEndian.AppendUint16(nil, generation)), 32)
	mac := hmac.New(sha256.New, key)
	mac.Write(prefixed(append([][]byte{[]byte(label)}, parts...)...))
	return mac.Sum(nil), err
}

func referenceOpenAs(label string, secret, aad, box []byte) ([]byte, error) {
	generation := binary.BigEndian.Uint16(box[2:4])
	nonce, commit, body := box[4:28], box[28:60], box[60:]
	key, want, err := referenceKeys(label, secret, generation, box[1], nonce, aad)
	if err != nil || !bytes.Equal(commit, want) {
		return nil, errors.Join(err, errors.New("commitment"))
	}
	var aead cipher.AEAD
	switch box[1] {
	case 1:
		aead, err = chacha20poly1305.NewX(key)
	case 2:
		var block cipher.Block
		if block, err = aes.NewCipher(key); err == nil {
			aead, err = cipher.NewGCM(block)
		}
		nonce, body = body[:12], body[12:]
	}
	if err != nil {
		return nil, err
	}
	padded, err := aead.Open(nil, nonce, body, nil)
	if err != nil {
		return nil, err
	}
	n := int(binary.BigEndian.Uint32(padded))
	if len(padded) != referencePadme(max(64, n+4)) {
		return nil, errors.New("padded length")
	}
	return padded[4 : 4+n], nil
}

func TestTheFastFormatIsThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "secret"))
		secret[0] |= 1
		generation := rapid.Uint16().Draw(t, "generation")
		suite := rapid.SampledFrom([]sealed.Suite{sealed.XChaCha20Poly1305, sealed.AES256GCM}).Draw(t, "suite")
		place := drawPlace(t)
		text := rapid.SliceOfN(rapid.Byte(), 0, 3000).Draw(t, "text")
		ring, err := sealed.NewRing(deployment, suite, map[uint16][32]byte{generation: secret})
		if err != nil {
			t.Fatal(err)
		}
		box, err := ring.Seal(place, text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := referenceOpen(secret[:], deployment, place, box); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("the reference doesn't open it: %v", err)
		}
		if got, err := ring.Open(place, box); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("it doesn't open: %v", err)
		}
	})
}

func drawPlace(t *rapid.T) sealed.Place {
	id := func(name string) (id uuid.UUID) {
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, name))
		return id
	}
	name := rapid.StringMatching(`[a-z_]{1,20}`)
	p := sealed.Place{Table: name.Draw(t, "table"), Column: name.Draw(t, "column"), Version: rapid.Int32().Draw(t, "version")}
	p.Row, p.Persona, p.Community = id("row"), id("persona"), id("community")
	p.Row[0] |= 1
	return p
}
