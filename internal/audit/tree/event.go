package tree

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Event is one act: identifiers and codes, never a word that somebody wrote. A zero field says that there is none.
type Event struct {
	ID        uuid.UUID
	Day       time.Time // the date alone counts, in UTC
	Action    string    // post.read, key.epoch_made, …
	Revision  string    // of the policy that decided
	Purpose   string    // what it was done for, as a code
	Role      string    // in virtue of which it was done
	Community uuid.UUID
	Persona   uuid.UUID   // who acted, where a persona of the community did
	Actor     []byte      // who acted otherwise, sealed
	Subject   uuid.UUID   // what it was done to
	Subjects  []uuid.UUID // or all that one page showed; a set, so their order says nothing
	Version   int32       // of the subject's row, or of a key: its epoch
	Count     int64       // how many, where naming them would join what must stay apart
	Digest    []byte      // of what is too much to list
}

const canonicalVersion = 1

// Canonical is the one encoding of the event; two events share it only if they are the same but for the order of their
// subjects. It is a byte for its version, 1, and then each field behind its length (four bytes, big-endian):
//
//	id, day (2006-01-02), action, revision, purpose, role, community, persona, actor, subject,
//	subjects (sorted, one after another), version, count (eight bytes each, big-endian), digest
//
// An identifier is its sixteen bytes; one that is zero is empty.
func (e Event) Canonical() []byte {
	to := append(make([]byte, 0, 512), canonicalVersion)
	to = field(to, identifier(&e.ID))
	to = field(to, e.date())
	to = field(to, e.Action)
	to = field(to, e.Revision)
	to = field(to, e.Purpose)
	to = field(to, e.Role)
	to = field(to, identifier(&e.Community))
	to = field(to, identifier(&e.Persona))
	to = field(to, e.Actor)
	to = field(to, identifier(&e.Subject))
	to = binary.BigEndian.AppendUint32(to, uint32(len(e.Subjects)*len(uuid.Nil)))
	for _, subject := range sorted(e.Subjects) {
		to = append(to, subject[:]...)
	}
	to = number(to, int64(e.Version))
	to = number(to, e.Count)
	return field(to, e.Digest)
}

func field[T string | []byte](to []byte, value T) []byte {
	return append(binary.BigEndian.AppendUint32(to, uint32(len(value))), value...)
}

func number(to []byte, n int64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(to, 8), uint64(n))
}

func identifier(id *uuid.UUID) []byte {
	if *id == uuid.Nil {
		return nil
	}
	return id[:]
}

// sorted leaves the caller's slice as it is.
func sorted(ids []uuid.UUID) []uuid.UUID {
	inOrder := func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
	if slices.IsSortedFunc(ids, inOrder) {
		return ids
	}
	return slices.SortedFunc(slices.Values(ids), inOrder)
}

func (e Event) date() string { return e.Day.UTC().Format(time.DateOnly) }

// eventText lists what a file shows of an event, field by field.
type eventText struct {
	ID        uuid.UUID   `json:"id"`
	Day       string      `json:"day"`
	Action    string      `json:"action"`
	Revision  string      `json:"revision,omitempty"`
	Purpose   string      `json:"purpose,omitempty"`
	Role      string      `json:"role,omitempty"`
	Community uuid.UUID   `json:"community,omitzero"`
	Persona   uuid.UUID   `json:"persona,omitzero"`
	Actor     []byte      `json:"actor,omitempty"`
	Subject   uuid.UUID   `json:"subject,omitzero"`
	Subjects  []uuid.UUID `json:"subjects,omitempty"`
	Version   int32       `json:"version,omitempty"`
	Count     int64       `json:"count,omitempty"`
	Digest    []byte      `json:"digest,omitempty"`
}

// MarshalJSON is the event's form in files.
func (e Event) MarshalJSON() ([]byte, error) { return json.Marshal(e.text()) }

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Event) UnmarshalJSON(text []byte) (err error) {
	var t eventText
	if err := json.Unmarshal(text, &t); err != nil {
		return fmt.Errorf("%w: event", ErrMalformed)
	}
	*e, err = t.event()
	return err
}

func (e Event) text() *eventText {
	return &eventText{
		ID: e.ID, Day: e.date(), Action: e.Action, Revision: e.Revision, Purpose: e.Purpose, Role: e.Role,
		Community: e.Community, Persona: e.Persona, Actor: e.Actor,
		Subject: e.Subject, Subjects: sorted(e.Subjects), Version: e.Version, Count: e.Count, Digest: e.Digest,
	}
}

func (t *eventText) event() (Event, error) {
	day, err := time.Parse(time.DateOnly, t.Day)
	if err != nil {
		return Event{}, fmt.Errorf("%w: day of an event", ErrMalformed)
	}
	return Event{
		ID: t.ID, Day: day, Action: t.Action, Revision: t.Revision, Purpose: t.Purpose, Role: t.Role,
		Community: t.Community, Persona: t.Persona, Actor: t.Actor,
		Subject: t.Subject, Subjects: t.Subjects, Version: t.Version, Count: t.Count, Digest: t.Digest,
	}, nil
}
