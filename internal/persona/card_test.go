package persona_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/persona"
	"github.com/hamyar/hamyar/internal/sealed"
)

// The length of a sealed name must not tell who somebody is: people like one name in several places.
func TestNamesOfEveryLengthAreSealedAlike(t *testing.T) {
	t.Parallel()
	ring, err := sealed.NewRing(uuid.New(), sealed.XChaCha20Poly1305, map[uint16][32]byte{1: {1}})
	if err != nil {
		t.Fatal(err)
	}
	community, who, size := uuid.New(), uuid.New(), 0
	for _, text := range []string{
		"Al", "Morning Walker", strings.Repeat("abdeghk", 5), strings.Repeat("گلدان", 8), "نسیم", strings.Repeat("می\u200cروم ", 6), strings.Repeat("कल", 20),
	} {
		name, err := persona.ParseName(text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		box, err := persona.SealName(ring, community, who, 1, name)
		if err != nil {
			t.Fatal(err)
		}
		if size == 0 {
			size = len(box)
		}
		if len(box) != size {
			t.Errorf("%q is sealed in %d bytes, others in %d", text, len(box), size)
		}
		back, err := persona.OpenName(ring, community, who, 1, box)
		if err != nil || back.Reveal() != name.Reveal() {
			t.Errorf("%q came back as %q, %v", text, back.Reveal(), err)
		}
	}
}
