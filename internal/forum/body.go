package forum

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// A body is a box of what is shown of a post and, behind it, the box of its source; shown is the length of the first. Both
// are sealed under one generation of the author's key, in places of their own. Of older posts there is one box for both,
// and shown is longer than that.

// bodyOf seals what a persona says in a post.
func (w writer) bodyOf(post uuid.UUID, version int32, e envelope) (body []byte, shown int32, err error) {
	first, err := w.ring.Seal(bodyPlace(w.community, post, w.self, version), e.shown())
	if err != nil {
		return nil, 0, fmt.Errorf("forum: seal a post: %w", err)
	}
	second, err := w.ring.Seal(sourcePlace(w.community, post, w.self, version), e.text)
	if err != nil {
		return nil, 0, fmt.Errorf("forum: seal a post: %w", err)
	}
	return append(first, second...), int32(len(first)), nil
}

// sealedPost is a body and where it belongs.
type sealedPost struct {
	community, post, persona uuid.UUID
	version, shown           int32
	body                     []byte
}

// parts of a body; there is no second where one box holds all, or where only what is shown was read.
func (p sealedPost) parts() (first, second []byte) {
	n := min(int(p.shown), len(p.body))
	return p.body[:n:n], p.body[n:]
}

// open opens what is shown and, if it is there, the source, in the memory of the body.
func (p sealedPost) open(ring *sealed.Ring) (envelope, error) {
	first, second := p.parts()
	words, err := ring.OpenInPlace(bodyPlace(p.community, p.post, p.persona, p.version), first)
	if err != nil {
		return envelope{}, fmt.Errorf("forum: open a post: %w", err)
	}
	e, err := decodeShown(words)
	if err != nil || len(second) == 0 {
		return e, err
	}
	if e.text, err = ring.OpenInPlace(sourcePlace(p.community, p.post, p.persona, p.version), second); err != nil {
		return envelope{}, fmt.Errorf("forum: open a source: %w", err)
	}
	return e, nil
}

// reseal seals a body anew under the newest generation, as the version after.
func (p sealedPost) reseal(ring *sealed.Ring) (body []byte, shown int32, err error) {
	first, second := p.parts()
	body, err = ring.Reseal(bodyPlace(p.community, p.post, p.persona, p.version), bodyPlace(p.community, p.post, p.persona, p.version+1), first)
	if err != nil {
		return nil, 0, fmt.Errorf("forum: reseal a post: %w", err)
	}
	if len(second) == 0 {
		return body, p.shown, nil
	}
	shown = int32(len(body))
	source, err := ring.Reseal(sourcePlace(p.community, p.post, p.persona, p.version), sourcePlace(p.community, p.post, p.persona, p.version+1), second)
	if err != nil {
		return nil, 0, fmt.Errorf("forum: reseal a source: %w", err)
	}
	return append(body, source...), shown, nil
}
