package sealed_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// FuzzOpen: no bytes but the sealed ones open, and none bring it down.
func FuzzOpen(f *testing.F) {
	honest := frozen(f).Fields
	rings := make([]*sealed.Ring, len(honest))
	for i, v := range honest {
		rings[i] = vectorRing(f, v.Deployment, v.Suite, v.Generation, v.Secret)
		f.Add(i, []byte(v.Box))
		f.Add(i, []byte(v.Box[:len(v.Box)-1]))
	}
	f.Fuzz(func(t *testing.T, i int, box []byte) {
		i = int(uint(i) % uint(len(rings)))
		_, err := rings[i].Open(honest[i].Place, box)
		sealedHere := bytes.Equal(box, honest[i].Box) || bytes.Equal(box, honest[i^1].Box) // the same text in the other suite
		if sealedHere != (err == nil) {
			t.Fatalf("box %d: %v", i, err)
		}
		if _, err := rings[i].Unwrap("persona", []byte("row"), box); err == nil {
			t.Fatal("it unwraps")
		}
	})
}

// FuzzPlace: two places are written alike only if they are the same.
func FuzzPlace(f *testing.F) {
	ring := ringOf(f, sealed.XChaCha20Poly1305)
	id := bytes.Repeat([]byte{7}, 16)
	f.Add("post", "body", id, id, id, int32(1), "post", "body", id, id, id, int32(2))
	f.Add("ab", "c", id, id, id, int32(1), "a", "bc", id, id, id, int32(1))
	f.Add("post", "", id, id, id, int32(1), "", "post", id, id, id, int32(1))
	f.Add("\x00\x00\x00\x01a", "b", id, id, id, int32(1), "", "a\x00\x00\x00\x01b", id, id, id, int32(1))
	f.Fuzz(func(t *testing.T, t1, c1 string, r1, p1, m1 []byte, v1 int32, t2, c2 string, r2, p2, m2 []byte, v2 int32) {
		a := sealed.Place{Table: t1, Column: c1, Row: idOf(r1), Persona: idOf(p1), Community: idOf(m1), Version: v1}
		b := sealed.Place{Table: t2, Column: c2, Row: idOf(r2), Persona: idOf(p2), Community: idOf(m2), Version: v2}
		if same := bytes.Equal(sealed.PlaceBytes(ring, a), sealed.PlaceBytes(ring, b)); same != (a == b) {
			t.Fatalf("%v and %v are written alike: %v", a, b, same)
		}
	})
}

func idOf(b []byte) (id uuid.UUID) {
	copy(id[:], b)
	return id
}

// FuzzPadding: whatever comes out of its padding goes back into the same one.
func FuzzPadding(f *testing.F) {
	for _, n := range []int{0, 1, 60, 61, 500} {
		f.Add(make([]byte, n))
		f.Add(sealed.Pad(make([]byte, n)))
	}
	f.Add(bytes.Repeat([]byte{255}, 64))
	f.Fuzz(func(t *testing.T, data []byte) {
		padded := sealed.Pad(data)
		if got, ok := sealed.Unpad(padded); !ok || !bytes.Equal(got, data) {
			t.Fatal("it doesn't come back")
		}
		if text, ok := sealed.Unpad(data); ok && !bytes.Equal(sealed.Pad(text), data) {
			t.Fatal("two paddings for one text")
		}
	})
}
