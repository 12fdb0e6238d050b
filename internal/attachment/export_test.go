package attachment

import "github.com/google/uuid"

// Card is what is sealed of a file.
type Card = card

// EncodeCard and DecodeCard are its form.
var (
	EncodeCard = card.encode
	DecodeCard = decodeCard
	Described  = described
)

// Slots are places for uploads.
type Slots struct{ *slots }

// NewSlots are all free.
func NewSlots() Slots { return Slots{newSlots()} }

// Take takes one.
func (s Slots) Take(who uuid.UUID) (func(), error) { return s.take(who) }
