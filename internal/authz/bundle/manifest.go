package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// manifest is what OPA wants to know of a bundle, with our own marks as its metadata.
type manifest struct {
	Revision    string   `json:"revision"`
	Roots       []string `json:"roots"`
	RegoVersion int      `json:"rego_version"`
	Metadata    marks    `json:"metadata"`
}

type marks struct {
	Serial uint64    `json:"serial"`
	Issued time.Time `json:"issued"`
}

func newManifest(s Stamp) manifest {
	return manifest{Revision: fmt.Sprint(s.Serial), Roots: []string{root}, RegoVersion: 1, Metadata: marks{s.Serial, s.Issued.UTC().Truncate(time.Second)}}
}

func (c contents) manifest() (manifest, error) {
	var m manifest
	raw, ok := c[manifestFile]
	if !ok {
		return m, refuse(Malformed, "it has no %s", manifestFile)
	}
	// A signature covers what a manifest says and not how that is spelled: read it as the signature does, where the last
	// of two equal keys counts, and only then into our form.
	var said any
	if err := json.Unmarshal(raw, &said); err != nil {
		return m, refused(Malformed, err, manifestFile)
	}
	plain, err := json.Marshal(said)
	if err != nil {
		return m, refused(Malformed, err, manifestFile)
	}
	if err := strict(plain, &m); err != nil {
		return m, refused(Malformed, err, manifestFile)
	}
	switch {
	case !slices.Equal(m.Roots, []string{root}):
		return m, refuse(OutOfPlace, "its roots must be [%q]", root)
	case m.RegoVersion != 1:
		return m, refuse(Malformed, "it must be of Rego version 1")
	case m.Metadata.Serial == 0 || m.Metadata.Serial > greatest:
		return m, refuse(Malformed, "it has no serial number from 1 to %d", uint64(greatest))
	case m.Revision != fmt.Sprint(m.Metadata.Serial):
		return m, refuse(Malformed, "its revision is not its serial number")
	}
	return m, nil
}

// strict reads JSON that holds nothing but what v has a place for.
func strict(raw []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is more after its end")
	}
	return nil
}
