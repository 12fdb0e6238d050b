package bundle

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"time"

	"github.com/hamyar/hamyar/internal/authz"
)

// greatest is the last serial number, so that JSON has it exactly.
const greatest = 1 << 53

// Stamp is what a bundle is given when it is signed. Serial is 1 or more, and greater than that of every bundle before.
type Stamp struct {
	Serial uint64
	Issued time.Time
}

// Trust is what a bundle has to be measured by. Without a key it lets nothing in.
type Trust struct {
	Keys Keys
	Seen Seen
}

// Seen is the newest bundle that was ever let in; the zero Seen is none.
type Seen struct {
	Serial uint64 `json:"serial"`
	Digest string `json:"digest"` // SHA-256 of the file, in hex
}

// Meta is what is known of a bundle that was verified.
type Meta struct {
	Seen
	Issued time.Time
}

// Draft is what the folder "operator" in files would add to the policy, checked as far as that goes without an engine
// and without a signature: for whoever writes rules. A server takes none.
func Draft(files fs.FS) (authz.Overlay, error) {
	c, err := gather(files)
	if err != nil {
		return authz.Overlay{}, err
	}
	return c.overlay("draft")
}

// Sign makes a bundle of the folder "operator" in files. Tests stay behind.
func Sign(files fs.FS, key *ecdsa.PrivateKey, stamp Stamp) ([]byte, error) {
	if stamp.Serial == 0 || stamp.Serial > greatest {
		return nil, refuse(Malformed, "serial numbers go from 1 to %d", uint64(greatest))
	}
	c, err := gather(files)
	if err != nil {
		return nil, err
	}
	if _, err := c.overlay("draft"); err != nil {
		return nil, err
	}
	if c[manifestFile], err = json.Marshal(newManifest(stamp)); err != nil {
		return nil, fmt.Errorf("sign: %w", err)
	}
	if err := c.sign(key); err != nil {
		return nil, err
	}
	packed, err := c.pack(stamp.Issued)
	if err != nil {
		return nil, err
	}
	id, err := keyID(&key.PublicKey)
	if err != nil {
		return nil, err
	}
	_, _, err = Read(packed, Trust{Keys: Keys{id: &key.PublicKey}}) // what nobody could read is not given away
	return packed, err
}

// Read verifies a bundle: its size and its places, its signature, that it is not older than what was seen, and that its
// rules and defaults have the form that an operator's must have. The error is a *Refusal. The overlay is not yet tried by an
// engine.
func Read(packed []byte, trust Trust) (authz.Overlay, Meta, error) {
	c, err := unpack(packed)
	if err != nil {
		return authz.Overlay{}, Meta{}, err
	}
	if err := c.verify(trust.Keys); err != nil {
		return authz.Overlay{}, Meta{}, err
	}
	m, err := c.manifest()
	if err != nil {
		return authz.Overlay{}, Meta{}, err
	}
	meta := Meta{Seen{m.Metadata.Serial, digest(packed)}, m.Metadata.Issued}
	switch {
	case meta.Serial < trust.Seen.Serial:
		return authz.Overlay{}, Meta{}, refuse(Downgraded, "its serial number is %d, and %d was here already", meta.Serial, trust.Seen.Serial)
	case meta.Serial == trust.Seen.Serial && meta.Digest != trust.Seen.Digest:
		return authz.Overlay{}, Meta{}, refuse(SerialReused, "another bundle had the serial number %d: sign it with a greater one", meta.Serial)
	}
	overlay, err := c.overlay(meta.name())
	if err != nil {
		return authz.Overlay{}, Meta{}, err
	}
	return overlay, meta, nil
}

// name is what a verified bundle is called in metrics: its serial number and the beginning of its file's SHA-256.
func (s Seen) name() string { return fmt.Sprintf("%d-%.8s", s.Serial, s.Digest) }

// overlay is what the contents add to the policy.
func (c contents) overlay(revision string) (authz.Overlay, error) {
	modules, err := c.rules()
	if err != nil {
		return authz.Overlay{}, err
	}
	defaults, err := c.defaults()
	if err != nil {
		return authz.Overlay{}, err
	}
	return authz.Overlay{Revision: revision, Modules: modules, Defaults: defaults}, nil
}

// defaults are the settings of new communities, nil where there are none.
func (c contents) defaults() ([]byte, error) {
	raw, ok := c[defaultsFile]
	if !ok {
		return nil, nil
	}
	if _, err := authz.ParseDefaults(raw); err != nil {
		return nil, refused(BadDefaults, err, defaultsFile)
	}
	return raw, nil
}

func digest(packed []byte) string {
	sum := sha256.Sum256(packed)
	return hex.EncodeToString(sum[:])
}
