package persona

import (
	"bytes"
	"fmt"
	"slices"

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

// NameMACs are what NameMAC was and is, by generation of the community's key, the newest first.
func NameMACs(community *sealed.Ring, name Name) [][]byte {
	return community.MACs("persona name", []byte(name.Folded()))
}

func namePlace(community, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "persona", Column: "name", Row: persona, Persona: persona, Community: community, Version: version}
}

// Cast is the authors of one page, in the order of its rows. It opens each name once.
type Cast struct {
	community uuid.UUID
	personas  []uuid.UUID
	rings     []*sealed.Ring
	names     []SealedName
	cards     []Card // as far as they were asked for
}

// NewCast holds the personas of one community who wrote the rows of a page, each with a ring and a name. One that lacks
// either (nil) is gone.
func NewCast(community uuid.UUID, personas []uuid.UUID, rings []*sealed.Ring, names []SealedName) *Cast {
	return &Cast{community, personas, rings, names, make([]Card, len(personas))}
}

// Author returns the ring of who wrote the i-th row, and what others see of them. ok is false where they are gone: what
// they sealed is gone with them.
func (c *Cast) Author(i int) (ring *sealed.Ring, card Card, ok bool, err error) {
	if c.rings[i] == nil || c.names[i].Box == nil {
		return nil, Card{}, false, nil
	}
	first := slices.Index(c.personas, c.personas[i])
	if c.cards[first].ID == uuid.Nil {
		name, err := OpenName(c.rings[i], c.community, c.personas[i], c.names[i].Version, c.names[i].Box)
		if err != nil {
			return nil, Card{}, false, err
		}
		c.cards[first] = Card{ID: c.personas[i], Name: name}
	}
	return c.rings[i], c.cards[first], true, nil
}
