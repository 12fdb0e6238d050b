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

// Signed is the part of a row that tells who wrote it: columns persona_id, author_name and author_name_version.
type Signed struct {
	Persona     uuid.UUID `db:"persona_id"`
	Name        []byte    `db:"author_name"`
	NameVersion int32     `db:"author_name_version"`
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

// Cast opens the names of the authors of one page, each once.
type Cast struct {
	community uuid.UUID
	rings     map[uuid.UUID]*sealed.Ring
	cards     map[uuid.UUID]Card
}

// NewCast holds the rings of the personas of one community who appear on a page.
func NewCast(community uuid.UUID, rings map[uuid.UUID]*sealed.Ring) *Cast {
	return &Cast{community, rings, make(map[uuid.UUID]Card, len(rings))}
}

// Ring of a persona. ok is false where the key is gone: what it sealed is gone with it.
func (c *Cast) Ring(persona uuid.UUID) (ring *sealed.Ring, ok bool) {
	ring, ok = c.rings[persona]
	return ring, ok
}

// Card of the author of a row.
func (c *Cast) Card(s Signed) (Card, error) {
	if card, known := c.cards[s.Persona]; known {
		return card, nil
	}
	ring, ok := c.rings[s.Persona]
	if !ok {
		return Card{ID: s.Persona}, nil
	}
	name, err := OpenName(ring, c.community, s.Persona, s.NameVersion, s.Name)
	if err != nil {
		return Card{}, err
	}
	card := Card{ID: s.Persona, Name: name}
	c.cards[s.Persona] = card
	return card, nil
}
