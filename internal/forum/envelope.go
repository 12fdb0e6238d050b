package forum

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/sealed"
)

// envelope is what one post seals: what is always read together.
type envelope struct {
	render int       // version of the renderer that made html
	at     time.Time // exact time of writing, to the second
	text   []byte
	html   []byte
}

const envelopeForm = 1

var errEnvelope = errors.New("forum: an envelope of an unknown form")

// encode is form(1) · render(2) · seconds(8) · length of text(4) · text · html.
func (e envelope) encode() []byte {
	b := make([]byte, 0, 15+len(e.text)+len(e.html))
	b = append(b, envelopeForm)
	b = binary.BigEndian.AppendUint16(b, uint16(e.render))
	b = binary.BigEndian.AppendUint64(b, uint64(e.at.Unix()))
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.text)))
	b = append(b, e.text...)
	return append(b, e.html...)
}

func decodeEnvelope(b []byte) (envelope, error) {
	if len(b) < 15 || b[0] != envelopeForm {
		return envelope{}, errEnvelope
	}
	length := int64(binary.BigEndian.Uint32(b[11:]))
	if length > int64(len(b)-15) {
		return envelope{}, errEnvelope
	}
	return envelope{
		render: int(binary.BigEndian.Uint16(b[1:])),
		at:     time.Unix(int64(binary.BigEndian.Uint64(b[3:])), 0).UTC(),
		text:   b[15 : 15+length],
		html:   b[15+length:],
	}, nil
}

// write renders a text for an envelope.
func write(text string, at time.Time) (envelope, error) {
	html, err := markup.Render(text)
	if err != nil {
		return envelope{}, err
	}
	return envelope{render: markup.Version, at: at.UTC().Truncate(time.Second), text: []byte(text), html: []byte(html)}, nil
}

// current renders an old envelope again, so that a mended sanitiser reaches old posts.
func (e envelope) current() (envelope, error) {
	if e.render == markup.Version {
		return e, nil
	}
	return write(string(e.text), e.at)
}

func bodyPlace(community, post, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "post", Column: "body", Row: post, Persona: persona, Community: community, Version: version}
}

func titlePlace(community, topic, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "topic", Column: "title", Row: topic, Persona: persona, Community: community, Version: version}
}
