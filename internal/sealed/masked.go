package sealed

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// mask is what stands in print for anything that must not be printed.
const mask = "[sealed]"

var errUnprintable = errors.New("sealed: a ring is never encoded")

// Format masks, whatever the verb.
func (Text) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// String masks.
func (Text) String() string { return mask }

// LogValue masks.
func (Text) LogValue() slog.Value { return slog.StringValue(mask) }

// Format masks, whatever the verb.
func (Ring) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// String masks.
func (Ring) String() string { return mask }

// LogValue masks.
func (Ring) LogValue() slog.Value { return slog.StringValue(mask) }

// MarshalJSON refuses.
func (Ring) MarshalJSON() ([]byte, error) { return nil, errUnprintable }

// MarshalText refuses.
func (Ring) MarshalText() ([]byte, error) { return nil, errUnprintable }

// masked is in whatever holds the key or the plaintext of a file.
type masked struct{}

// Format masks, whatever the verb.
func (masked) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, mask) }

// String masks.
func (masked) String() string { return mask }

// LogValue masks.
func (masked) LogValue() slog.Value { return slog.StringValue(mask) }
