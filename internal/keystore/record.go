package keystore

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"

	"github.com/google/uuid"
)

// Record is what Hamyar knows about a person rather than about a persona. It
// says which personas are one person, so it can't be printed or encoded.
type Record struct {
	Personas    []PersonaRef `json:"personas,omitempty"` // in the order of joining
	Roles       []Role       `json:"roles,omitempty"`
	AlwaysFresh bool         `json:"always_fresh,omitempty"` // their list always needs a fresh sign-in
	Language    string       `json:"language,omitempty"`     // "en", "fa", or empty for the browser's
}

// PersonaRef is one entry in a person's list.
type PersonaRef struct {
	Community uuid.UUID `json:"community"`
	Persona   uuid.UUID `json:"persona"`
}

// Role is a duty beyond a community.
type Role struct {
	Name      string    `json:"name"`      // operator | programme_lead | researcher
	Programme uuid.UUID `json:"programme"` // zero for all
}

// Persona is who the person is in a community, if anybody.
func (r Record) Persona(community uuid.UUID) (persona uuid.UUID, found bool) {
	for _, ref := range r.Personas {
		if ref.Community == community {
			return ref.Persona, true
		}
	}
	return uuid.Nil, false
}

func (r Record) clone() Record {
	r.Personas, r.Roles = slices.Clone(r.Personas), slices.Clone(r.Roles)
	return r
}

// stored is a Record that encodes.
type stored Record

const minRecord = 1024

var errRecord = errors.New("keystore: a member's record does not read")

// encode pads the record with spaces to a power of two, because its length
// would tell how many personas a person has.
func (r Record) encode() ([]byte, error) {
	text, err := json.Marshal(stored(r))
	if err != nil {
		return nil, errRecord
	}
	return padded(text, minRecord), nil
}

// padded with spaces to a power of two times a size.
func padded(text []byte, size int) []byte {
	for size < len(text) {
		size *= 2
	}
	return append(text, bytes.Repeat([]byte{' '}, size-len(text))...)
}

// decodeRecord refuses fields that it doesn't know, lest an older program write
// the record back without them.
func decodeRecord(text []byte) (Record, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var r stored
	if decoder.Decode(&r) != nil {
		return Record{}, errRecord
	}
	return Record(r), nil
}

var errUnprintable = errors.New("keystore: a member's record is never encoded")

// Format masks, whatever the verb.
func (Record) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue masks.
func (Record) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalJSON refuses.
func (Record) MarshalJSON() ([]byte, error) { return nil, errUnprintable }
