package sealed

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// Text is what a member wrote, on its way between a request and its box. JSON
// gives one; only Reveal takes the words out again. Everything that prints,
// logs or encodes it masks it or refuses.
type Text struct {
	_     [0]func()
	words *string // a pointer, because fmt doesn't follow it when a Text is inside another struct
}

// NewText keeps words from being printed.
func NewText(words string) Text { return Text{words: &words} }

// Reveal returns the words, for sealing, rendering, and the one view that shows
// them to a person who may read them.
func (t Text) Reveal() string {
	if t.words == nil {
		return ""
	}
	return *t.words
}

// UnmarshalJSON accepts a JSON string of valid UTF-8; null leaves the text empty.
func (t *Text) UnmarshalJSON(data []byte) error {
	var words string
	if !utf8.Valid(data) || json.Unmarshal(data, &words) != nil {
		return errors.New("sealed: not a text")
	}
	*t = NewText(words)
	return nil
}

// UnmarshalText accepts valid UTF-8.
func (t *Text) UnmarshalText(data []byte) error {
	if !utf8.Valid(data) {
		return errors.New("sealed: not a text")
	}
	*t = NewText(string(data))
	return nil
}

var errRefused = errors.New("sealed: a text leaves only through Reveal")

// Value refuses: a text enters a database sealed or not at all.
func (Text) Value() (driver.Value, error) { return nil, errRefused }

// MarshalJSON refuses.
func (Text) MarshalJSON() ([]byte, error) { return nil, errRefused }

// MarshalText refuses.
func (Text) MarshalText() ([]byte, error) { return nil, errRefused }
