package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"image/color"
	_ "image/jpeg" // what was made is decoded
	_ "image/png"
	"testing"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

func take(t testing.TB, file []byte) (picture.Picture, error) {
	t.Helper()
	return picture.NewIntake(picture.Usual).Take(context.Background(), bytes.NewReader(file))
}

func mustTake(t testing.TB, what string, file []byte) picture.Picture {
	t.Helper()
	made, err := take(t, file)
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, m := range []picture.Image{made.Whole, made.Thumbnail} {
		mustBePlain(t, what, m)
		if config, kind, err := image.DecodeConfig(bytes.NewReader(m.Bytes)); err != nil || "image/"+kind != m.MediaType || config.Width != m.Width || config.Height != m.Height {
			t.Fatalf("%s: it says %s, %d×%d, and is %s, %d×%d: %v", what, m.MediaType, m.Width, m.Height, kind, config.Width, config.Height, err)
		}
	}
	return made
}

func mustBeRefused(t testing.TB, what string, code fault.Code, file []byte) {
	t.Helper()
	if made, err := take(t, file); err == nil || fault.CodeOf(err) != code || made.Whole.Bytes != nil || made.Thumbnail.Bytes != nil {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func decoded(t testing.TB, m picture.Image) image.Image {
	t.Helper()
	points, _, err := image.Decode(bytes.NewReader(m.Bytes))
	if err != nil {
		t.Fatal(err)
	}
	return points
}

// near tells whether two colours look alike.
func near(a, b color.Color, most int) bool {
	r, g, bl, al := a.RGBA()
	r2, g2, bl2, al2 := b.RGBA()
	for _, pair := range [][2]uint32{{r, r2}, {g, g2}, {bl, bl2}, {al, al2}} {
		if d := int(pair[0]>>8) - int(pair[1]>>8); d > most || -d > most {
			return false
		}
	}
	return true
}

// mustStand fails where a scene isn't held upright.
func mustStand(t testing.TB, what string, m picture.Image, w, h int) {
	t.Helper()
	points := decoded(t, m)
	if m.Width != w || m.Height != h {
		t.Fatalf("%s: %d×%d, want %d×%d", what, m.Width, m.Height, w, h)
	}
	for i, want := range corners {
		x, y := w/4+i%2*w/2, h/4+i/2*h/2
		if got := points.At(x, y); !near(got, want, 40) {
			t.Errorf("%s: at %d,%d is %v, want %v", what, x, y, got, want)
		}
	}
}

// stored is what a camera stores that was held so that its picture has to be
// turned, as EXIF describes it: the side of the scene that its first row and its
// first column are.
func stored(orientation int, of *image.NRGBA) *image.NRGBA {
	w, h := of.Rect.Dx(), of.Rect.Dy()
	rows := map[int]string{1: "top", 2: "top", 3: "bottom", 4: "bottom", 5: "left", 6: "right", 7: "right", 8: "left"}
	columns := map[int]string{1: "left", 2: "right", 3: "right", 4: "left", 5: "top", 6: "top", 7: "bottom", 8: "bottom"}
	along := func(side string, n int) (x, y int) {
		return map[string]int{"left": n, "right": w - 1 - n}[side], map[string]int{"top": n, "bottom": h - 1 - n}[side]
	}
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	to := image.NewNRGBA(size)
	for row := range size.Dy() {
		for column := range size.Dx() {
			x1, y1 := along(rows[orientation], row)
			x2, y2 := along(columns[orientation], column)
			to.Set(column, row, of.At(x1+x2, y1+y2))
		}
	}
	return to
}

func TestPicturesStandUpright(t *testing.T) {
	t.Parallel()
	for orientation := 1; orientation <= 8; orientation++ {
		held := stored(orientation, scene(wide, high))
		for name, order := range map[string]binary.AppendByteOrder{"big": binary.BigEndian, "little": binary.LittleEndian} {
			tags := exif(t, order, orientation)
			ofJPEG := withSegments(jpegOf(t, held), segment(0xe1, joined([]byte("Exif\x00\x00"), tags)))
			mustStand(t, name+" JPEG", mustTake(t, "JPEG", ofJPEG).Whole, wide, high)
			ofPNG := withChunks(pngOf(t, held), chunk("eXIf", tags))
			mustStand(t, name+" PNG", mustTake(t, "PNG", ofPNG).Whole, wide, high)
		}
	}
	// What says nothing that makes sense turns nothing.
	for _, orientation := range []int{0, 9, 65535} {
		file := withSegments(jpegOf(t, scene(wide, high)), segment(0xe1, joined([]byte("Exif\x00\x00"), exif(t, binary.BigEndian, orientation))))
		mustStand(t, "senseless", mustTake(t, "senseless", file).Whole, wide, high)
	}
	tags := exif(t, binary.LittleEndian, 6)
	for n := range tags[:40] {
		file := withSegments(jpegOf(t, scene(wide, high)), segment(0xe1, joined([]byte("Exif\x00\x00"), tags[:n])))
		if made := mustTake(t, "cut tags", file); made.Whole.Width != wide && made.Whole.Width != high {
			t.Fatalf("tags cut at %d: %d×%d", n, made.Whole.Width, made.Whole.Height)
		}
	}
}

func TestWebPStandsUpright(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"lossy.webp", "lossless.webp"} {
		still := sample(t, name)[12:]
		upright := mustTake(t, name, webpOf(still)).Whole
		for orientation := 1; orientation <= 8; orientation++ {
			made := mustTake(t, name, webpOf(extended(1<<3, wide, high), still, riff("EXIF", exif(t, binary.BigEndian, orientation)))).Whole
			// Held upright again, it is what it was without tags.
			before, now := decoded(t, upright), stored(orientation, nrgba(decoded(t, made)))
			if !now.Rect.Eq(image.Rect(0, 0, wide, high)) || !near(before.At(4, 4), now.At(4, 4), 30) || !near(before.At(44, 28), now.At(44, 28), 30) || !near(before.At(44, 4), now.At(44, 4), 30) {
				t.Errorf("%s, orientation %d: it stands otherwise", name, orientation)
			}
		}
	}
}

func nrgba(m image.Image) *image.NRGBA {
	to := image.NewNRGBA(m.Bounds())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			to.Set(x, y, m.At(x, y))
		}
	}
	return to
}
