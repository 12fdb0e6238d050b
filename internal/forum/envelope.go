package forum

import (
	"encoding/binary"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/forum/markup"
	"github.com/hamyar/hamyar/internal/sealed"
)

// envelope is what one post says. What is shown of it and its source lie in two boxes, because a list opens the first
// alone; in older posts they lie in one.
type envelope struct {
	render int       // version of the renderer that made html
	at     time.Time // exact time of writing, to the second
	text   []byte    // as it was written; nil where the source was not read
	html   []byte

	attached []attachment.Attached
}

const (
	wholeForm = 1 // older: form(1) · render(2) · seconds(8) · length of text(4) · text · html
	shownForm = 2 // form(1) · render(2) · seconds(8) · html; the source has a box of its own

	attachedForm = 3 // form(1) · render(2) · seconds(8) · attachments · html; the source has a box of its own
)

var errEnvelope = errors.New("forum: an envelope of an unknown form")

// shown is what a list needs, in the form in which it is sealed.
func (e envelope) shown() []byte {
	b := make([]byte, 0, 11+len(e.html))
	b = append(b, shownForm)
	b = binary.BigEndian.AppendUint16(b, uint16(e.render))
	b = binary.BigEndian.AppendUint64(b, uint64(e.at.Unix()))
	if len(e.attached) > 0 {
		b[0] = attachedForm
		b = appendAttached(b, e.attached)
	}
	return append(b, e.html...)
}

// decodeShown reads a first box; of an older form, that is all.
func decodeShown(b []byte) (envelope, error) {
	if len(b) < 11 {
		return envelope{}, errEnvelope
	}
	e := envelope{render: int(binary.BigEndian.Uint16(b[1:])), at: time.Unix(int64(binary.BigEndian.Uint64(b[3:])), 0).UTC()}
	var err error
	switch b[0] {
	case shownForm:
		e.html = b[11:]
	case wholeForm:
		err = e.decodeWhole(b[11:])
	case attachedForm:
		e.attached, e.html, err = readAttached(b[11:])
	default:
		return envelope{}, errEnvelope
	}
	return e, err
}

func (e *envelope) decodeWhole(b []byte) error {
	if len(b) < 4 {
		return errEnvelope
	}
	length := int64(binary.BigEndian.Uint32(b))
	if length > int64(len(b)-4) {
		return errEnvelope
	}
	e.text, e.html = b[4:4+length], b[4+length:]
	return nil
}

// write renders a text for an envelope.
func write(text string, at time.Time) (envelope, error) {
	html, err := markup.Render(text)
	if err != nil {
		return envelope{}, err
	}
	return envelope{render: markup.Version, at: at.UTC().Truncate(time.Second), text: []byte(text), html: []byte(html)}, nil
}

var errSource = errors.New("forum: a post that is to be rendered anew came without its source")

// current renders an old envelope again, so that a mended sanitiser reaches old posts.
func (e envelope) current() (envelope, error) {
	if e.render == markup.Version {
		return e, nil
	}
	if e.text == nil {
		return envelope{}, errSource
	}
	anew, err := write(string(e.text), e.at)
	anew.attached = e.attached
	return anew, err
}

func bodyPlace(community, post, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "post", Column: "body", Row: post, Persona: persona, Community: community, Version: version}
}

func sourcePlace(community, post, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "post", Column: "source", Row: post, Persona: persona, Community: community, Version: version}
}

func titlePlace(community, topic, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "topic", Column: "title", Row: topic, Persona: persona, Community: community, Version: version}
}
