package page

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/hamyar/hamyar/internal/fault"
)

const macSize = 12

// Cursors turns positions into opaque cursors and back. A cursor works for the one list that it was made for.
type Cursors struct{ key [32]byte }

// NewCursors uses a key of the deployment, so that a cursor holds on every instance and after a restart.
func NewCursors(key [32]byte) Cursors { return Cursors{key} }

// Encode a position. list names the list and everything that shapes it: route, ids, filters. Backward marks a cursor
// that leads to the page before.
func Encode[P any](c Cursors, list string, position P, backward bool) (string, error) {
	body, err := json.Marshal(position)
	if err != nil {
		return "", fmt.Errorf("page: encode: %w", err)
	}
	direction := byte('>')
	if backward {
		direction = '<'
	}
	body = append([]byte{direction}, body...)
	return base64.RawURLEncoding.EncodeToString(append(c.mac(list, body), body...)), nil
}

// Decode gives the ask behind a cursor. Whatever was not made by Encode for this list is fault.CursorInvalid.
func Decode[P any](c Cursors, list, cursor string, limit int) (Ask[P], error) {
	ask := Ask[P]{Limit: limit}
	if cursor == "" {
		return ask, nil
	}
	raw, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(raw) < macSize+2 {
		return ask, fault.New(fault.CursorInvalid)
	}
	mac, body := raw[:macSize], raw[macSize:]
	if !hmac.Equal(mac, c.mac(list, body)) {
		return ask, fault.New(fault.CursorInvalid)
	}
	var position P
	decoder := json.NewDecoder(strings.NewReader(string(body[1:])))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&position); err != nil {
		return ask, fault.New(fault.CursorInvalid)
	}
	ask.From, ask.Backward = &position, body[0] == '<'
	return ask, nil
}

func (c Cursors) mac(list string, body []byte) []byte {
	h := hmac.New(sha256.New, c.key[:])
	fmt.Fprintf(h, "%d:%s", len(list), list)
	h.Write(body)
	return h.Sum(nil)[:macSize]
}
