package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/ecdsa"
	"crypto/elliptic"
	"io"
	"maps"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
)

// lasting is the same key in each process that takes part in fuzzing.
func lasting(f *testing.F) (*ecdsa.PrivateKey, Keys) {
	f.Helper()
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{1}, 32))
	if err != nil {
		f.Fatal(err)
	}
	id, err := keyID(&key.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	return key, Keys{id: &key.PublicKey}
}

// FuzzRead gives a signed archive other bytes: nothing comes out of it but what was signed.
func FuzzRead(f *testing.F) {
	key, keys := lasting(f)
	zipped, err := gzip.NewReader(bytes.NewReader(signed(f, key, 7, quiet)))
	if err != nil {
		f.Fatal(err)
	}
	archive, err := io.ReadAll(zipped)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(archive)
	f.Add(archive[:len(archive)-1024])
	f.Add([]byte("words"))
	f.Fuzz(func(t *testing.T, archive []byte) {
		var packed bytes.Buffer
		zip := gzip.NewWriter(&packed)
		if _, err := zip.Write(archive); err != nil || zip.Close() != nil {
			t.Fatal(err)
		}
		overlay, meta, err := Read(packed.Bytes(), Trust{Keys: keys})
		if err != nil {
			if CodeOf(err) == Unknown {
				t.Fatalf("it is refused without a code: %v", err)
			}
			return
		}
		if meta.Serial != 7 || !meta.Issued.Equal(issued) || overlay.Defaults != nil || !maps.Equal(overlay.Modules, map[string]string{"operator/quiet.rego": quiet}) {
			t.Fatalf("%+v, %+v", overlay, meta)
		}
	})
}

// FuzzRules signs whatever somebody wrote: it is refused, or denies and does no more.
func FuzzRules(f *testing.F) {
	key, keys := lasting(f)
	f.Add("operator/quiet.rego", quiet)
	f.Add("operator/quiet.rego", strings.ReplaceAll(quiet, "input.sensitivity == 3", "some x in [1, 2]\n\tnot input.sensitivity == x"))
	f.Add("operator/a/b.rego", strings.Replace(quiet, "# custom:", "# scope: subpackages\n# custom:", 1))
	f.Add(defaultsFile, usual)
	f.Add("../x.rego", quiet)
	f.Fuzz(func(t *testing.T, name, text string) {
		c := contents{name: []byte(text)}
		c[manifestFile] = []byte(`{"revision":"1","roots":["operator"],"rego_version":1,"metadata":{"serial":1,"issued":"2025-03-01T12:00:00Z"}}`)
		if c.sign(key) != nil {
			return // no JSON
		}
		packed, err := c.pack(issued)
		if err != nil {
			return // no name that fits into an archive
		}
		overlay, _, err := Read(packed, Trust{Keys: keys})
		if err != nil {
			if CodeOf(err) == Unknown {
				t.Fatalf("it is refused without a code: %v", err)
			}
			return
		}
		for path := range overlay.Modules {
			if !belongs(path) {
				t.Fatalf("%q was taken", path)
			}
		}
		var e authz.Engine
		if err := e.Apply(t.Context(), &overlay); err != nil {
			return
		}
		right := authz.Facts{Action: authz.MeRead, Purpose: "rights", SignedIn: true, AAL: 1}
		if d, err := e.Decide(t.Context(), right); err != nil || !d.Allow {
			t.Fatalf("%+v, %v", d, err)
		}
		if d, err := e.Decide(t.Context(), authz.Facts{Action: authz.TopicCreate, Purpose: "support"}); err != nil || d.Allow {
			t.Fatalf("%+v, %v", d, err)
		}
	})
}
