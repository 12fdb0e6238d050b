package persona

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/google/uuid"
)

// AvatarSeed derives the seed of a persona's picture from the persona's id, which is random and of one community
// alone: the pictures of one member in two communities have nothing in common.
func AvatarSeed(persona uuid.UUID) [16]byte {
	sum := sha256.Sum256(append([]byte("hamyar avatar 1\x00"), persona[:]...))
	return [16]byte(sum[:16])
}

// AvatarSVG draws the picture of a seed: the same bytes for the same seed, always. It is abstract, under 2 KiB, and
// refers to nothing outside itself. Every shape stands out from the ground by 3:1 at least (WCAG 2.2, 1.4.11).
func AvatarSVG(seed [16]byte) []byte {
	palette := palettes[int(seed[0])%len(palettes)]
	turn := int(seed[1]) * 360 / 256
	var b bytes.Buffer
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96" width="96" height="96">`)
	fmt.Fprintf(&b, `<rect width="96" height="96" rx="20" fill="%s"/><g transform="rotate(%d 48 48)">`, palette.ground, turn)
	motifs[int(seed[2])%len(motifs)](&b, palette, seed)
	b.WriteString(`</g></svg>`)
	return b.Bytes()
}

// A palette is one ground and two colours that are told from it at a glance.
type palette struct{ ground, first, second string }

var palettes = []palette{
	{"#12344d", "#7fd1c7", "#f6d789"},
	{"#2f2a4a", "#b9a7f0", "#f4c7a1"},
	{"#17402f", "#9fd8a4", "#f1e3a6"},
	{"#4a2433", "#f2a9b4", "#f7dfb0"},
	{"#1f3b57", "#8fc4ee", "#f3b98a"},
	{"#3b3320", "#e5c96f", "#a9d3c0"},
	{"#f6efe1", "#2f6f6a", "#a3492f"},
	{"#e6f0ee", "#1f5d73", "#8a4b7a"},
	{"#f3e6ea", "#7a3b5d", "#2f6650"},
	{"#eaeef7", "#3c4f8f", "#96502a"},
	{"#eef3e0", "#4d6b1f", "#7b4a86"},
	{"#fdf0dc", "#8a5312", "#2b5f86"},
}

// A motif draws shapes within 48 units of the middle from the bytes of a seed after the third.
type motif func(*bytes.Buffer, palette, [16]byte)

var motifs = []motif{petals, rings, hills, pebbles, sails}

// between maps a byte evenly onto lo…hi.
func between(b byte, lo, hi int) int { return lo + int(b)*(hi-lo)/255 }

func petals(b *bytes.Buffer, p palette, seed [16]byte) {
	count, length, width := between(seed[3], 5, 9), between(seed[4], 15, 19), between(seed[5], 6, 10)
	for i := range count {
		fmt.Fprintf(b, `<ellipse cx="48" cy="%d" rx="%d" ry="%d" fill="%s" transform="rotate(%d 48 48)"/>`,
			48-length-4, width, length, p.first, i*360/count)
	}
	fmt.Fprintf(b, `<circle cx="48" cy="48" r="%d" fill="%s" stroke="%s" stroke-width="3"/>`, between(seed[6], 7, 12), p.second, p.ground)
}

func rings(b *bytes.Buffer, p palette, seed [16]byte) {
	radius := 38
	for i := range 4 {
		colour := p.first
		if seed[3]>>i&1 == 1 {
			colour = p.second
		}
		dash := between(seed[4+i], 12, 60)
		fmt.Fprintf(b, `<circle cx="48" cy="48" r="%d" fill="none" stroke="%s" stroke-width="6" stroke-linecap="round" stroke-dasharray="%d 14" transform="rotate(%d 48 48)"/>`,
			radius, colour, dash, int(seed[8+i])*360/256)
		radius -= 10
	}
}

func hills(b *bytes.Buffer, p palette, seed [16]byte) {
	fmt.Fprintf(b, `<circle cx="%d" cy="%d" r="%d" fill="%s"/>`,
		between(seed[3], 34, 62), between(seed[4], 24, 34), between(seed[5], 8, 13), p.second)
	for i, colour := range []string{p.first, p.second} {
		y := 56 + 14*i
		rise := between(seed[6+i], 8, 22)
		fmt.Fprintf(b, `<path d="M10 %d Q29 %d 48 %d T86 %d" fill="none" stroke="%s" stroke-width="8" stroke-linecap="round"/>`,
			y, y-rise, y, y, colour)
	}
}

func pebbles(b *bytes.Buffer, p palette, seed [16]byte) {
	for i := range 5 {
		colour := p.first
		if i%2 == 1 {
			colour = p.second
		}
		size := between(seed[3+i], 7, 13)
		fmt.Fprintf(b, `<ellipse cx="48" cy="%d" rx="%d" ry="%d" fill="%s" transform="rotate(%d 48 48)"/>`,
			between(seed[8+i], 18, 28), size, size-between(seed[13], 0, 3), colour, i*72)
	}
}

func sails(b *bytes.Buffer, p palette, seed [16]byte) {
	for i := range 3 {
		colour := p.first
		if i == int(seed[3])%3 {
			colour = p.second
		}
		reach, bend := between(seed[4+i], 24, 36), between(seed[7+i], 6, 22)
		fmt.Fprintf(b, `<path d="M48 44 Q%d %d 48 %d Q%d %d 48 44Z" fill="%s" transform="rotate(%d 48 48)"/>`,
			48+bend, 44-reach/2, 44-reach, 48-bend/3, 44-reach/2, colour, i*120)
	}
	fmt.Fprintf(b, `<circle cx="48" cy="48" r="%d" fill="%s"/>`, between(seed[10], 4, 7), p.second)
}
