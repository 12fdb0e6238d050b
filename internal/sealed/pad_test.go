package sealed_test

import (
	"math/bits"
	"testing"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/sealed"
)

func TestPaddedLengths(t *testing.T) {
	for n, want := range map[int]int{0: 64, 1: 64, 60: 64, 61: 72, 68: 72, 600: 608, 604: 608, 605: 640, 1024: 1088, 40_000: 40_960} {
		if got := sealed.PaddedLen(n); got != want {
			t.Errorf("%d bytes are padded to %d, want %d", n, got, want)
		}
	}
}

func TestPaddingTellsLittleAndCostsLittle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, sealed.MaxPlaintext).Draw(t, "n")
		padded := sealed.PaddedLen(n)
		if padded < n+4 || padded < sealed.PaddedLen(max(0, n-1)) {
			t.Fatalf("%d bytes are padded to %d", n, padded)
		}
		if n > 60 && float64(padded) > 1.12*float64(n+4) {
			t.Fatalf("%d bytes cost %d", n, padded)
		}
		// Padmé: no more significant bits than the exponent has.
		if significant := bits.Len(uint(padded)) - bits.TrailingZeros(uint(padded)); significant > bits.Len(uint(bits.Len(uint(padded))))+1 {
			t.Fatalf("%d tells %d bits", padded, significant)
		}
	})
}

func TestWrongPaddingIsRefused(t *testing.T) {
	padded := sealed.Pad([]byte("text"))
	for what, change := range map[string]func([]byte) []byte{
		"a byte behind the text":   func(b []byte) []byte { b[63] = 1; return b },
		"a text longer than all":   func(b []byte) []byte { b[0] = 255; return b },
		"a text up to the border":  func(b []byte) []byte { b[3] = 61; return b },
		"one zero more":            func(b []byte) []byte { return append(b, 0) },
		"one zero less":            func(b []byte) []byte { return b[:63] },
		"no room for a length":     func(b []byte) []byte { return b[:3] },
		"nothing":                  func([]byte) []byte { return nil },
		"eight zeros more":         func(b []byte) []byte { return append(b, make([]byte, 8)...) },
		"all of it and no padding": func([]byte) []byte { return append([]byte{0, 0, 0, 4}, "text"...) },
	} {
		if text, ok := sealed.Unpad(change(append([]byte(nil), padded...))); ok {
			t.Errorf("%s: accepted as %q", what, text)
		}
	}
}
