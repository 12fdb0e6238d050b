package sealed_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// The vectors are what earlier releases wrote into people's databases. They are
// never changed; a new format version adds to them.
const vectorFile = "testdata/vectors.json"

var freeze = flag.Bool("freeze", false, "write "+vectorFile+" where there is none")

var freezing sync.Once

type vector struct {
	Suite      sealed.Suite `json:"suite"`
	Generation uint16       `json:"generation"`
	Secret     hexBytes     `json:"secret"`
	Deployment uuid.UUID    `json:"deployment"`
	Place      sealed.Place `json:"place"`
	Plaintext  hexBytes     `json:"plaintext"`
	Box        hexBytes     `json:"box"`
}

type wrapVector struct {
	Suite      sealed.Suite `json:"suite"`
	Generation uint16       `json:"generation"`
	Secret     hexBytes     `json:"secret"`
	Deployment uuid.UUID    `json:"deployment"`
	Purpose    string       `json:"purpose"`
	Row        hexBytes     `json:"row"`
	Wrapped    hexBytes     `json:"wrapped"`
	Box        hexBytes     `json:"box"`
}

type macVector struct {
	Generation uint16     `json:"generation"`
	Secret     hexBytes   `json:"secret"`
	Deployment uuid.UUID  `json:"deployment"`
	Label      string     `json:"label"`
	Parts      []hexBytes `json:"parts"`
	MAC        hexBytes   `json:"mac"`
}

type vectors struct {
	Fields []vector     `json:"fields"`
	Wraps  []wrapVector `json:"wraps"`
	MACs   []macVector  `json:"macs"`
}

func frozen(t testing.TB) (all vectors) {
	t.Helper()
	if *freeze {
		freezing.Do(func() { writeVectors(t) })
	}
	text, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all.Fields) < 20 || len(all.Wraps) < 4 || len(all.MACs) < 4 {
		t.Fatal("vectors are missing")
	}
	return all
}

func vectorRing(t testing.TB, deployment uuid.UUID, suite sealed.Suite, generation uint16, secret []byte) *sealed.Ring {
	t.Helper()
	ring, err := sealed.NewRing(deployment, suite, map[uint16][32]byte{generation: [32]byte(secret)})
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestFrozenFields(t *testing.T) {
	for i, v := range frozen(t).Fields {
		ring := vectorRing(t, v.Deployment, v.Suite, v.Generation, v.Secret)
		if got, err := ring.Open(v.Place, v.Box); err != nil || !bytes.Equal(got, v.Plaintext) {
			t.Errorf("vector %d: does not open: %v", i, err)
		}
		if got, err := referenceOpen(v.Secret, v.Deployment, v.Place, v.Box); err != nil || !bytes.Equal(got, v.Plaintext) {
			t.Errorf("vector %d: the reference does not open it: %v", i, err)
		}
		if v.Suite != sealed.XChaCha20Poly1305 {
			continue // in suite 2 the cipher draws an IV of its own, so sealing can't be repeated
		}
		again, err := sealed.WithRandom(ring, bytes.NewReader(v.Box[4:28])).Seal(v.Place, v.Plaintext)
		if err != nil || !bytes.Equal(again, v.Box) {
			t.Errorf("vector %d: sealed differently: %v", i, err)
		}
	}
}

func TestFrozenWraps(t *testing.T) {
	for i, v := range frozen(t).Wraps {
		got, err := vectorRing(t, v.Deployment, v.Suite, v.Generation, v.Secret).Unwrap(v.Purpose, v.Row, v.Box)
		if err != nil || !bytes.Equal(got[:], v.Wrapped) {
			t.Errorf("vector %d: %v", i, err)
		}
		if got, err := referenceUnwrap(v.Secret, v.Deployment, v.Purpose, v.Row, v.Box); err != nil || !bytes.Equal(got, v.Wrapped) {
			t.Errorf("vector %d: the reference does not unwrap it: %v", i, err)
		}
	}
}

func TestFrozenMACs(t *testing.T) {
	for i, v := range frozen(t).MACs {
		parts := make([][]byte, len(v.Parts))
		for j, part := range v.Parts {
			parts[j] = part
		}
		got := vectorRing(t, v.Deployment, sealed.XChaCha20Poly1305, v.Generation, v.Secret).MAC(v.Label, parts...)
		if !bytes.Equal(got[:], v.MAC) {
			t.Errorf("vector %d differs", i)
		}
		if got, err := referenceMAC(v.Secret, v.Generation, v.Label, parts); err != nil || !bytes.Equal(got, v.MAC) {
			t.Errorf("vector %d: the reference differs: %v", i, err)
		}
	}
}
