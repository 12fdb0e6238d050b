package sealed_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"os"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// numbered is a value that a reader can make again: the hash of a name and a number.
func numbered(name string, n int) []byte {
	sum := sha256.Sum256(append([]byte(name), byte(n)))
	return sum[:]
}

func numberedID(name string, n int) uuid.UUID { return uuid.UUID(numbered(name, n)[:16]) }

// writeVectors freezes the format of today where no vectors are.
func writeVectors(t testing.TB) {
	t.Helper()
	if _, err := os.Stat(vectorFile); err == nil {
		t.Fatal("frozen vectors are there; they are never written again")
	}
	var all vectors
	for i, n := range []int{0, 1, 59, 60, 61, 124, 125, 200, 600, 1024, 4000} {
		for _, suite := range []sealed.Suite{sealed.XChaCha20Poly1305, sealed.AES256GCM} {
			all.Fields = append(all.Fields, freezeField(t, suite, i, n))
		}
	}
	for i := range 3 {
		all.Wraps = append(all.Wraps, freezeWrap(t, sealed.XChaCha20Poly1305, i), freezeWrap(t, sealed.AES256GCM, i))
	}
	for i := range 4 {
		all.MACs = append(all.MACs, freezeMAC(t, i))
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(vectorFile, append(text, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
}

func freezeField(t testing.TB, suite sealed.Suite, i, n int) vector {
	t.Helper()
	v := vector{Suite: suite, Generation: uint16(i * 5000), Secret: numbered("secret", i), Deployment: numberedID("deployment", i)}
	v.Plaintext = bytes.Repeat([]byte("نه، this is a text. "), n/20+1)[:n]
	v.Place = sealed.Place{Table: "post", Column: "body", Row: numberedID("row", i), Community: numberedID("community", i), Version: int32(i)}
	if i%2 == 0 {
		v.Place.Persona = numberedID("persona", i)
	}
	if i == 3 {
		v.Place = sealed.Place{Table: "t", Column: "c", Row: numberedID("row", i), Version: -1}
	}
	ring := sealed.WithRandom(vectorRing(t, v.Deployment, suite, v.Generation, v.Secret), bytes.NewReader(numbered("nonce", i)))
	box, err := ring.Seal(v.Place, v.Plaintext)
	if err != nil {
		t.Fatal(err)
	}
	v.Box = box
	return v
}

func freezeWrap(t testing.TB, suite sealed.Suite, i int) wrapVector {
	t.Helper()
	v := wrapVector{Suite: suite, Generation: uint16(i + 1), Secret: numbered("kek", i), Deployment: numberedID("deployment", i)}
	v.Purpose, v.Row, v.Wrapped = []string{"persona", "member", "shared/community"}[i], numbered("row", i)[:24], numbered("wrapped", i)
	ring := sealed.WithRandom(vectorRing(t, v.Deployment, suite, v.Generation, v.Secret), bytes.NewReader(numbered("nonce", i)))
	box, err := ring.Wrap(v.Purpose, v.Row, [32]byte(v.Wrapped))
	if err != nil {
		t.Fatal(err)
	}
	v.Box = box
	return v
}

func freezeMAC(t testing.TB, i int) macVector {
	t.Helper()
	v := macVector{Generation: uint16(i), Secret: numbered("mac", i), Deployment: numberedID("deployment", i), Label: "label"}
	var parts [][]byte
	for j := range i {
		parts = append(parts, numbered("part", j)[:j*10])
		v.Parts = append(v.Parts, parts[j])
	}
	mac := vectorRing(t, v.Deployment, sealed.XChaCha20Poly1305, v.Generation, v.Secret).MAC(v.Label, parts...)
	v.MAC = mac[:]
	return v
}
