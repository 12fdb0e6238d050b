package sealed_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/sealed"
)

// generationsOf is a ring of some of the same owner's generations.
func generationsOf(t *testing.T, numbers ...uint16) *sealed.Ring {
	t.Helper()
	secrets := map[uint16][32]byte{}
	for _, n := range numbers {
		secrets[n] = [32]byte{1, byte(n)}
	}
	ring, err := sealed.NewRing(deployment, sealed.XChaCha20Poly1305, secrets)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestMACsAreThoseOfEveryGeneration(t *testing.T) {
	t.Parallel()
	all := generationsOf(t, 1, 2, 9).MACs("name", []byte("a"), []byte("b"))
	if len(all) != 3 {
		t.Fatalf("%d", len(all))
	}
	for i, number := range []uint16{9, 2, 1} {
		want := generationsOf(t, number).MAC("name", []byte("a"), []byte("b"))
		if !bytes.Equal(all[i], want[:]) {
			t.Errorf("%d: not the MAC of generation %d", i, number)
		}
	}
	if newest := generationsOf(t, 1, 2, 9).MAC("name", []byte("a"), []byte("b")); !bytes.Equal(all[0], newest[:]) {
		t.Error("the newest isn't first")
	}
}

func TestARingHasTheGenerationsItWasMadeOf(t *testing.T) {
	t.Parallel()
	box, err := generationsOf(t, 1, 2).Seal(somePlace(), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if !generationsOf(t, 2, 3).Has(box) || generationsOf(t, 1, 3).Has(box) {
		t.Error("a box of generation 2")
	}
	other := bytes.Clone(box)
	other[0] = 9
	var none *sealed.Ring
	if none.Has(box) || generationsOf(t, 2).Has(nil) || generationsOf(t, 2).Has(box[:20]) || generationsOf(t, 2).Has(other) {
		t.Error("what is no box has a generation")
	}
}

func TestABoxOutlivesItsKeyOnlyWhereTheKeyWasDeleted(t *testing.T) {
	t.Parallel()
	box, err := generationsOf(t, 2).Seal(somePlace(), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if !generationsOf(t, 1, 3).Outlived(box) {
		t.Error("a deleted generation is not told")
	}
	later, another := bytes.Clone(box), bytes.Clone(box)
	later[3], another[0] = 9, 0
	for what, c := range map[string]struct {
		ring *sealed.Ring
		box  []byte
	}{
		"a living generation": {generationsOf(t, 2, 3), box}, "one that is still to come": {generationsOf(t, 1, 3), later},
		"another format": {generationsOf(t, 3), another}, "half a box": {generationsOf(t, 3), box[:20]}, "nothing": {generationsOf(t, 3), nil}, "no ring": {nil, box},
	} {
		if c.ring.Outlived(c.box) {
			t.Errorf("%s is taken for a deleted one", what)
		}
	}
}

func TestARingListsItsGenerations(t *testing.T) {
	t.Parallel()
	if got := generationsOf(t, 9, 1, 2).Generations(); !slices.Equal(got, []uint16{1, 2, 9}) {
		t.Errorf("%v", got)
	}
	var none *sealed.Ring
	if got := none.Generations(); len(got) != 0 {
		t.Errorf("a ring without keys has %v", got)
	}
}

func TestResealingMovesABoxToTheNewestGeneration(t *testing.T) {
	t.Parallel()
	there := somePlace()
	there.Version++
	old, err := generationsOf(t, 1).Seal(somePlace(), []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	anew, err := generationsOf(t, 1, 2).Reseal(somePlace(), there, bytes.Clone(old))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := generationsOf(t, 2).Open(there, anew); err != nil || string(got) != "text" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := generationsOf(t, 1, 2).Reseal(there, somePlace(), bytes.Clone(old)); err == nil {
		t.Error("it opened a box of another place")
	}
}
