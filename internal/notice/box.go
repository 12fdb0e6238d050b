package notice

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// sealedNotice is a notice in its row.
type sealedNotice struct {
	ID      uuid.UUID `db:"notice_id"`
	Persona uuid.UUID `db:"persona_id"`
	Number  int64
	Box     []byte
	Version int32 `db:"sealed_version"`
}

// words are what is sealed of a notice, in JSON. Other kinds add fields; none is taken away.
type words struct {
	Kind    Kind        `json:"kind"`
	Role    string      `json:"role"`
	Purpose string      `json:"purpose"`
	Seconds int64       `json:"at"`
	Sort    Sort        `json:"sort"`
	Things  []uuid.UUID `json:"things"`
	Count   int         `json:"count"`
}

// Place is where a notice is sealed.
func Place(community, notice, persona uuid.UUID, version int32) sealed.Place {
	return sealed.Place{Table: "notice", Column: "box", Row: notice, Persona: persona, Community: community, Version: version}
}

func seal(ring *sealed.Ring, in, persona uuid.UUID, n Notice) (sealedNotice, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return sealedNotice{}, fmt.Errorf("notice: id: %w", err)
	}
	text, err := json.Marshal(words{n.Kind, n.Role, n.Purpose, n.At.Unix(), n.Sort, n.Things, n.Count})
	if err != nil {
		return sealedNotice{}, fmt.Errorf("notice: encode: %w", err)
	}
	box, err := ring.Seal(Place(in, id, persona, 1), text)
	if err != nil {
		return sealedNotice{}, fmt.Errorf("notice: seal: %w", err)
	}
	return sealedNotice{ID: id, Persona: persona, Box: box, Version: 1}, nil
}

func (s sealedNotice) open(ring *sealed.Ring, in uuid.UUID) (Notice, error) {
	text, err := ring.Open(Place(in, s.ID, s.Persona, s.Version), s.Box)
	if err != nil {
		return Notice{}, fmt.Errorf("notice: open: %w", err)
	}
	defer clear(text)
	var w words
	if err := json.Unmarshal(text, &w); err != nil {
		return Notice{}, fmt.Errorf("notice: decode: %w", sealed.ErrOpen)
	}
	return Notice{s.ID, w.Kind, w.Role, w.Purpose, time.Unix(w.Seconds, 0).UTC(), w.Sort, w.Things, w.Count}, nil
}
