package persona

import (
	"bytes"
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// Card is what others in the community see of a persona.
type Card struct {
	ID   uuid.UUID
	Name Name
}

// SealedName is a name as its row has it: columns name and sealed_version of persona.
type SealedName struct {
	Box     []byte
	Version int32
}

// evenly is what the length of a name is filled up to a multiple of, with zeros that no name holds: 40 letters of any
// script come out as long as two, so that a name which somebody likes everywhere doesn't tell by its length.
const evenly = 124

// SealName seals a display name for the row that will hold it.
func SealName(ring *sealed.Ring, community, persona uuid.UUID, version int32, name Name) ([]byte, error) {
	words := make([]byte, (len(name.text)+evenly-1)/evenly*evenly)
	copy(words, name.text)
	box, err := ring.Seal(namePlace(community, persona, version), words)
	if err != nil {
		return nil, fmt.Errorf("persona: seal a name: %w", err)
	}
	return box, nil
}

// OpenName opens a display name that SealName sealed.
func OpenName(ring *sealed.Ring, community, persona uuid.UUID, version int32, box []byte) (Name, error) {
	words, err := ring.Open(namePlace(community, persona, version), box)
	if err != nil {
		return Name{}, fmt.Errorf("persona: open a name: %w", err)
	}
	return Name{string(bytes.TrimRight(words, "\x00"))}, nil
}

// NameMAC is how a community recognises a name that it has already, under a key of its own: look-alikes have one MAC.
func NameMAC(community *sealed.Ring, name Name) []byte {
	mac := community.MAC("persona name", []byte(name.Folded()))
	return mac[:]
}

func namePlace(community, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "persona", Column: "name", Row: persona, Persona: persona, Community: community, Version: version}
}

// Cast is the authors of one page. It opens each name once.
type Cast struct {
	community uuid.UUID
	faces     map[uuid.UUID]*face
}

type face struct {
	ring *sealed.Ring
	name SealedName
	card Card // when it has been asked for
}

// NewCast holds the personas of one community who appear on a page, each with a ring and a name. One that lacks either
// is gone.
func NewCast(community uuid.UUID, rings map[uuid.UUID]*sealed.Ring, names map[uuid.UUID]SealedName) *Cast {
	c := &Cast{community, make(map[uuid.UUID]*face, len(rings))}
	for id, ring := range rings {
		if name, ok := names[id]; ok {
			c.faces[id] = &face{ring: ring, name: name}
		}
	}
	return c
}

// Author returns the ring of a persona, and what others see of them. ok is false where they are gone: what they sealed
// is gone with them.
func (c *Cast) Author(persona uuid.UUID) (ring *sealed.Ring, card Card, ok bool, err error) {
	f, ok := c.faces[persona]
	if !ok {
		return nil, Card{}, false, nil
	}
	if f.card.ID == uuid.Nil {
		name, err := OpenName(f.ring, c.community, persona, f.name.Version, f.name.Box)
		if err != nil {
			return nil, Card{}, false, err
		}
		f.card = Card{ID: persona, Name: name}
	}
	return f.ring, f.card, true, nil
}
