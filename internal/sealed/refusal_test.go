package sealed_test

import (
	"bytes"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

func sealedBox(t testing.TB, ring *sealed.Ring, text string) []byte {
	t.Helper()
	box, err := ring.Seal(somePlace(), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return box
}

// mustRefuse fails unless nothing comes back and the error is ErrOpen itself:
// not one that wraps it, which could be told from another.
func mustRefuse(t *testing.T, what string, ring *sealed.Ring, place sealed.Place, box []byte) {
	t.Helper()
	if got, err := ring.Open(place, box); got != nil || err != sealed.ErrOpen { //nolint:errorlint // identity is what is tested
		t.Errorf("%s: %d bytes, %v", what, len(got), err)
	}
	if got, err := ring.OpenInPlace(place, bytes.Clone(box)); got != nil || err != sealed.ErrOpen { //nolint:errorlint // identity is what is tested
		t.Errorf("%s, in place: %d bytes, %v", what, len(got), err)
	}
}

func TestEveryBitCounts(t *testing.T) {
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			ring := ringOf(t, suite)
			box := sealedBox(t, ring, "بله")
			for bit := range len(box) * 8 {
				broken := bytes.Clone(box)
				broken[bit/8] ^= 1 << (bit % 8)
				mustRefuse(t, "flipped bit", ring, somePlace(), broken)
			}
		})
	}
}

func TestEveryLengthCounts(t *testing.T) {
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			ring := ringOf(t, suite)
			box := sealedBox(t, ring, "no")
			for n := range box {
				mustRefuse(t, "truncated", ring, somePlace(), box[:n])
				mustRefuse(t, "beheaded", ring, somePlace(), box[len(box)-n:])
			}
			mustRefuse(t, "nothing", ring, somePlace(), nil)
			mustRefuse(t, "longer", ring, somePlace(), append(bytes.Clone(box), 0))
			mustRefuse(t, "twice", ring, somePlace(), append(bytes.Clone(box), box...))
		})
	}
}

func TestHeaderCannotBeDowngraded(t *testing.T) {
	same := [32]byte{9}
	ring, err := sealed.NewRing(deployment, sealed.AES256GCM, map[uint16][32]byte{1: same, 2: same, 3: same})
	if err != nil {
		t.Fatal(err)
	}
	box := sealedBox(t, ring, "text")
	for at, values := range map[int][]byte{0: {0, 2, 255}, 1: {0, 1, 3, 255}, 3: {0, 1, 2, 4}} {
		for _, value := range values {
			broken := bytes.Clone(box)
			broken[at] = value
			mustRefuse(t, "header", ring, somePlace(), broken)
		}
	}
}

func TestOtherPlacesAreRefused(t *testing.T) {
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			ring := ringOf(t, suite)
			box := sealedBox(t, ring, "text")
			for what, move := range map[string]func(*sealed.Place){
				"table":         func(p *sealed.Place) { p.Table = "topic" },
				"column":        func(p *sealed.Place) { p.Column = "title" },
				"row":           func(p *sealed.Place) { p.Row = uuid.New() },
				"persona":       func(p *sealed.Place) { p.Persona = uuid.New() },
				"no persona":    func(p *sealed.Place) { p.Persona = uuid.Nil },
				"community":     func(p *sealed.Place) { p.Community = uuid.New() },
				"no community":  func(p *sealed.Place) { p.Community = uuid.Nil },
				"swapped":       func(p *sealed.Place) { p.Persona, p.Community = p.Community, p.Persona },
				"older version": func(p *sealed.Place) { p.Version-- },
				"newer version": func(p *sealed.Place) { p.Version++ },
				"moved border":  func(p *sealed.Place) { p.Table, p.Column = p.Table+p.Column[:1], p.Column[1:] },
				"no table":      func(p *sealed.Place) { p.Table = "" },
				"no row":        func(p *sealed.Place) { p.Row = uuid.Nil },
			} {
				place := somePlace()
				move(&place)
				mustRefuse(t, what, ring, place, box)
			}
		})
	}
}

func TestOtherKeysAreRefused(t *testing.T) {
	secret := [32]byte{1, 2, 3}
	box := sealedBox(t, ringWith(t, deployment, 1, secret), "text")
	mustRefuse(t, "another deployment", ringWith(t, uuid.New(), 1, secret), somePlace(), box)
	mustRefuse(t, "another secret", ringWith(t, deployment, 1, [32]byte{3, 2, 1}), somePlace(), box)
	mustRefuse(t, "another generation", ringWith(t, deployment, 2, secret), somePlace(), box)
	mustRefuse(t, "no ring", nil, somePlace(), box)
}

func ringWith(t *testing.T, deployment uuid.UUID, generation uint16, secret [32]byte) *sealed.Ring {
	t.Helper()
	return vectorRing(t, deployment, sealed.XChaCha20Poly1305, generation, secret[:])
}

func TestGenerations(t *testing.T) {
	first, second := [32]byte{1}, [32]byte{2}
	old := sealedBox(t, ringWith(t, deployment, 1, first), "written before")
	both, err := sealed.NewRing(deployment, sealed.AES256GCM, map[uint16][32]byte{1: first, 2: second})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := both.Open(somePlace(), old); err != nil || string(got) != "written before" {
		t.Fatalf("an older generation and suite doesn't open: %v", err)
	}
	fresh := sealedBox(t, both, "written after")
	if fresh[1] != 2 || fresh[3] != 2 {
		t.Fatal("not sealed with the newest generation and the ring's suite")
	}
	mustRefuse(t, "a generation that is gone", ringWith(t, deployment, 2, second), somePlace(), old)
}

func TestWrapsAndFieldsDoNotMix(t *testing.T) {
	ring, secret := ringOf(t, sealed.XChaCha20Poly1305), [32]byte{5}
	box, err := ring.Wrap("persona", []byte("row"), secret)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := ring.Unwrap("persona", []byte("row"), box); err != nil || got != secret {
		t.Fatalf("it doesn't unwrap: %v", err)
	}
	field := sealedBox(t, ring, string(secret[:]))
	for what, try := range map[string]struct {
		purpose, row string
		box          []byte
	}{
		"another purpose": {"member", "row", box}, "another row": {"persona", "now", box}, "moved border": {"personar", "ow", box},
		"a field": {"persona", "row", field}, "nothing": {"persona", "row", nil},
	} {
		if got, err := ring.Unwrap(try.purpose, []byte(try.row), try.box); got != [32]byte{} || err != sealed.ErrOpen { //nolint:errorlint // identity is what is tested
			t.Errorf("%s: %v", what, err)
		}
	}
	mustRefuse(t, "a wrap", ring, somePlace(), box)
}

func TestNothingIsSealedWithout(t *testing.T) {
	ring := ringOf(t, sealed.XChaCha20Poly1305)
	long := make([]byte, sealed.MaxPlaintext+1)
	for what, try := range map[string]struct {
		ring  *sealed.Ring
		place sealed.Place
		text  []byte
	}{
		"a ring":            {nil, somePlace(), nil},
		"a table":           {ring, sealed.Place{Column: "c", Row: uuid.New()}, nil},
		"a column":          {ring, sealed.Place{Table: "t", Row: uuid.New()}, nil},
		"a row":             {ring, sealed.Place{Table: "t", Column: "c"}, nil},
		"a bound":           {ring, somePlace(), long},
		"randomness":        {sealed.WithRandom(ring, iotest.ErrReader(io.ErrUnexpectedEOF)), somePlace(), nil},
		"enough randomness": {sealed.WithRandom(ring, bytes.NewReader(make([]byte, 23))), somePlace(), nil},
	} {
		if box, err := try.ring.Seal(try.place, try.text); box != nil || !errors.Is(err, sealed.ErrSeal) {
			t.Errorf("%s: %d bytes, %v", what, len(box), err)
		}
	}
	if _, err := sealed.WithRandom(ring, iotest.OneByteReader(bytes.NewReader(make([]byte, 24)))).Seal(somePlace(), nil); err != nil {
		t.Errorf("randomness that comes slowly: %v", err)
	}
}

func TestRingsNeedSecrets(t *testing.T) {
	secret := map[uint16][32]byte{1: {1}}
	for what, try := range map[string]struct {
		deployment uuid.UUID
		suite      sealed.Suite
		secrets    map[uint16][32]byte
	}{
		"no deployment": {uuid.Nil, 1, secret}, "no suite": {deployment, 0, secret}, "unknown suite": {deployment, 3, secret},
		"no secret": {deployment, 1, nil}, "zero secret": {deployment, 1, map[uint16][32]byte{1: {1}, 2: {}}},
	} {
		if ring, err := sealed.NewRing(try.deployment, try.suite, try.secrets); ring != nil || err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}

func TestTheBoxIsLeftAloneAndNotShared(t *testing.T) {
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			ring := ringOf(t, suite)
			box := sealedBox(t, ring, "text")
			before := bytes.Clone(box)
			got, err := ring.Open(somePlace(), box)
			if err != nil {
				t.Fatal(err)
			}
			_ = append(got, "more"...)
			clear(got)
			if !bytes.Equal(box, before) {
				t.Fatal("opening changed the box")
			}
		})
	}
}

func TestEqualTextsLookDifferentAndEquallyLong(t *testing.T) {
	ring := ringOf(t, sealed.XChaCha20Poly1305)
	yes, no := sealedBox(t, ring, "yes, I have been diagnosed"), sealedBox(t, ring, "no")
	again := sealedBox(t, ring, "no")
	if len(yes) != len(no) {
		t.Error("the length tells short answers apart")
	}
	if bytes.Equal(no[4:], again[4:]) {
		t.Error("equal texts make equal boxes")
	}
}
