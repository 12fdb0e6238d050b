package sealed_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

var suites = map[string]sealed.Suite{"xchacha20poly1305": sealed.XChaCha20Poly1305, "aes256gcm": sealed.AES256GCM}

func BenchmarkSeal1K(b *testing.B) {
	for name, suite := range suites {
		b.Run(name, func(b *testing.B) {
			ring, place, text := ringOf(b, suite), somePlace(), make([]byte, 1024)
			b.SetBytes(1024)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ring.Seal(place, text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkOpen1K(b *testing.B) {
	for name, suite := range suites {
		b.Run(name, func(b *testing.B) {
			ring, place := ringOf(b, suite), somePlace()
			box, err := ring.Seal(place, make([]byte, 1024))
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(1024)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := ring.Open(place, box); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkNewRing(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := sealed.NewRing(deployment, sealed.XChaCha20Poly1305, map[uint16][32]byte{1: {1}}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMAC(b *testing.B) {
	ring, part := ringOf(b, sealed.XChaCha20Poly1305), uuid.New()
	b.ReportAllocs()
	for b.Loop() {
		ring.MAC("request", part[:])
	}
}
