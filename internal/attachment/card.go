package attachment

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

// card is what is sealed of a file: what it is, and how its blob opens. A blob holds the thumbnail, where there is one,
// and behind it the file.
type card struct {
	mediaType, thumbnailType string
	width, height            int
	size                     int64 // of the file, in bytes
	thumbnail                int64 // of the thumbnail; zero for a document
	begins                   int64 // where in the blob the file does
	key                      [32]byte
	digest                   [32]byte // SHA-256 of what was uploaded, by which a repeated upload is known
}

const (
	cardForm = 1
	cardSize = 3 + 2*4 + 3*8 + 2*32
)

// mediaTypes by their number in a card and in a post; the first is none.
var mediaTypes = []string{"", picture.JPEG, picture.PNG, picture.PDF}

// Number is what a media type is called where it is stored; MediaType reads it, and knows no other.
func Number(mediaType string) byte { return byte(slices.Index(mediaTypes, mediaType)) }

// MediaType is what a number stands for, or "".
func MediaType(number byte) string {
	if int(number) >= len(mediaTypes) {
		return ""
	}
	return mediaTypes[number]
}

// encode is form(1) · media type(1) · thumbnail's(1) · width(4) · height(4) · size(8) · thumbnail's(8) · begins(8) · key(32)
// · digest(32).
func (c card) encode() []byte {
	b := make([]byte, 0, cardSize)
	b = append(b, cardForm, Number(c.mediaType), Number(c.thumbnailType))
	b = binary.BigEndian.AppendUint32(b, uint32(c.width))
	b = binary.BigEndian.AppendUint32(b, uint32(c.height))
	for _, n := range []int64{c.size, c.thumbnail, c.begins} {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	b = append(b, c.key[:]...)
	return append(b, c.digest[:]...)
}

func decodeCard(b []byte) (c card, err error) {
	if len(b) != cardSize || b[0] != cardForm || MediaType(b[1]) == "" {
		return card{}, errCard
	}
	c = card{mediaType: MediaType(b[1]), thumbnailType: MediaType(b[2])}
	c.width, c.height = int(binary.BigEndian.Uint32(b[3:])), int(binary.BigEndian.Uint32(b[7:]))
	for i, n := range []*int64{&c.size, &c.thumbnail, &c.begins} {
		*n = int64(binary.BigEndian.Uint64(b[11+8*i:]))
	}
	copy(c.key[:], b[35:])
	copy(c.digest[:], b[67:])
	return c, nil
}

// CardPlace is where a card is sealed.
func CardPlace(community, attachment, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "attachment", Column: "card", Row: attachment, Persona: persona, Community: community, Version: version}
}

// filePlace is where a file, or its thumbnail, is sealed: files aren't sealed anew, so it has one version.
func filePlace(community, attachment, persona uuid.UUID, column string) sealed.Place {
	return sealed.Place{Table: "attachment", Column: column, Row: attachment, Persona: persona, Community: community, Version: 1}
}

// sealedCard is a card in its row.
type sealedCard struct {
	ID      uuid.UUID `db:"attachment_id"`
	Card    []byte
	Version int32 `db:"sealed_version"`
}

// open opens a card; fault.NotFound where its owner's key is gone, or the generation of it that a backup brought back.
func (c sealedCard) open(ctx context.Context, keys *keystore.Store, in, owner uuid.UUID) (card, *sealed.Ring, error) {
	rings, err := keys.PersonasFor(ctx, []uuid.UUID{owner}, [][]byte{c.Card})
	if err != nil {
		return card{}, nil, err
	}
	ring := rings[0]
	if ring == nil || ring.Outlived(c.Card) {
		return card{}, nil, fault.New(fault.NotFound)
	}
	words, err := ring.Open(CardPlace(in, c.ID, owner, c.Version), c.Card)
	if err != nil {
		return card{}, nil, fmt.Errorf("attachment: open a card: %w", err)
	}
	defer clear(words)
	opened, err := decodeCard(words)
	return opened, ring, err
}

func (c card) attachment(id uuid.UUID) Attachment {
	return Attachment{ID: id, MediaType: c.mediaType, Width: c.width, Height: c.height, Bytes: c.size}
}
