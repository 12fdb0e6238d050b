package keystore

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// APIKey is what a member's script signs in with. It says whose it is and what
// its owner calls it, so it can't be printed or encoded.
type APIKey struct {
	ID      uuid.UUID   `json:"-"`
	Owner   uuid.UUID   `json:"owner"`
	Name    sealed.Text `json:"-"`
	Scopes  []string    `json:"scopes"` // resource:action
	Purpose string      `json:"purpose"`
	AAL     int         `json:"aal"`      // of the session that made it
	LastDay time.Time   `json:"last_day"` // on which it works, in UTC
	UsedOn  time.Time   `json:"used_on"`  // the day of its last use; zero before the first
}

// storedAPIKey is an APIKey that encodes.
type storedAPIKey struct {
	keyCard
	Words string `json:"name"`
}

type keyCard APIKey

const minCard = 2048 // the longest name, and every scope that there is for now

var errCard = errors.New("keystore: an API key does not read")

func (k APIKey) seal(ring *sealed.Ring) ([]byte, error) {
	text, err := json.Marshal(storedAPIKey{keyCard(k), k.Name.Reveal()})
	if err != nil {
		return nil, errCard
	}
	box, err := ring.Seal(cardPlace(k.ID), padded(text, minCard))
	if err != nil {
		return nil, fmt.Errorf("keystore: seal an API key: %w", err)
	}
	return box, nil
}

// openAPIKey refuses fields that it doesn't know, lest an older program take away
// what narrows a key.
func openAPIKey(ring *sealed.Ring, row apiKeyRow) (APIKey, error) {
	text, err := ring.Open(cardPlace(row.KeyID), row.Card)
	if err != nil {
		return APIKey{}, fmt.Errorf("keystore: open an API key: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var stored storedAPIKey
	if decoder.Decode(&stored) != nil {
		return APIKey{}, errCard
	}
	k := APIKey(stored.keyCard)
	k.ID, k.Name = row.KeyID, sealed.NewText(stored.Words)
	return k, nil
}

func cardPlace(id uuid.UUID) sealed.Place {
	return sealed.Place{Table: "api_key", Column: "card", Row: id}
}

// over tells whether the key's last day is past.
func (k APIKey) over(now time.Time) bool { return dayOf(now).After(k.LastDay) }

func dayOf(at time.Time) time.Time { return at.UTC().Truncate(24 * time.Hour) }

// byName says nothing of when a key was made.
func byName(a, b APIKey) int {
	return cmp.Or(cmp.Compare(a.Name.Reveal(), b.Name.Reveal()), bytes.Compare(a.ID[:], b.ID[:]))
}

// Format masks, whatever the verb.
func (APIKey) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue masks.
func (APIKey) LogValue() slog.Value { return slog.StringValue(masked) }

// MarshalJSON refuses.
func (APIKey) MarshalJSON() ([]byte, error) { return nil, errUnprintable }
