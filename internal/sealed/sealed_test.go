package sealed_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

var deployment = uuid.MustParse("0c5f6a0e-6f0b-4d53-9c39-0e3c8f4f2a11")

func ringOf(t testing.TB, suite sealed.Suite) *sealed.Ring {
	t.Helper()
	ring, err := sealed.NewRing(deployment, suite, map[uint16][32]byte{1: {1, 2, 3}, 7: {4, 5, 6}})
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func somePlace() sealed.Place {
	return sealed.Place{
		Table: "post", Column: "body", Version: 3,
		Row:       uuid.MustParse("5b1d1e0c-9f4e-4a59-8f63-0d8d63a9a001"),
		Persona:   uuid.MustParse("5b1d1e0c-9f4e-4a59-8f63-0d8d63a9a002"),
		Community: uuid.MustParse("5b1d1e0c-9f4e-4a59-8f63-0d8d63a9a003"),
	}
}

func TestWhatIsSealedOpensInItsPlace(t *testing.T) {
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			ring, place := ringOf(t, suite), somePlace()
			for _, n := range []int{0, 1, 59, 60, 61, 600, 1024, 40_000, 1 << 20} {
				text := bytes.Repeat([]byte{'a'}, n)
				box, err := ring.Seal(place, text)
				if err != nil {
					t.Fatal(err)
				}
				got, err := ring.Open(place, box)
				if err != nil || !bytes.Equal(got, text) {
					t.Fatalf("%d bytes came back as %d: %v", n, len(got), err)
				}
				inPlace(t, ring, box, text)
			}
		})
	}
}

// inPlace opens a box in its own memory, of which it must not leave a byte beyond the box touched.
func inPlace(t *testing.T, ring *sealed.Ring, box, text []byte) {
	t.Helper()
	room := append(bytes.Clone(box), "after"...)
	held := room[:len(box)]
	got, err := ring.OpenInPlace(somePlace(), held)
	if err != nil || !bytes.Equal(got, text) {
		t.Fatalf("%d bytes came back as %d: %v", len(text), len(got), err)
	}
	if string(room[len(box):]) != "after" {
		t.Fatal("memory beyond the box was written")
	}
	if len(got) > 0 {
		got[0]++
		if bytes.Equal(held, box) || !bytes.Contains(held, got) {
			t.Fatal("the plaintext is a copy")
		}
	}
}
