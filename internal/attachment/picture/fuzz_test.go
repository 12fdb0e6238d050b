package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"testing"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

// FuzzTake: whatever comes is refused as a picture is, or becomes two plain files within the limits.
func FuzzTake(f *testing.F) {
	tags := exif(f, binary.BigEndian, 6)
	for _, file := range [][]byte{
		jpegOf(f, scene(wide, high)), withSegments(jpegOf(f, scene(16, 8)), segment(0xe1, joined([]byte("Exif\x00\x00"), tags))),
		frame{width: 16, height: 16, parts: []byte{0x22, 0x11, 0x11}, colour: []int{40, -40, 35}, progressive: true, scans: 2}.file(),
		frame{width: 16, height: 16, parts: []byte{0x22, 0x11, 0x11, 0x22}, colour: []int{40, -40, 35, 60}, adobe: true}.file(),
		pngOf(f, fewColours()), pngOf(f, glass()), pngOf(f, deep(false)), withChunks(pngOf(f, grey()), chunk("eXIf", tags), chunk("tEXt", []byte("a\x00b"))),
		sample(f, "lossy.webp"), sample(f, "lossless.webp"), webpOf(flatWebP(30, 20)),
		webpOf(extended(0x18, wide, high), riff("ALPH", joined([]byte{0}, noise(wide*high))), sample(f, "lossy.webp")[12:], riff("EXIF", tags)),
	} {
		f.Add(file)
		f.Add(file[:len(file)-5])
	}
	limits := picture.Usual
	limits.Points, limits.Edge, limits.Thumbnail, limits.Bytes = 100_000, 2000, 24, 64<<10
	intake := picture.NewIntake(limits)
	refusals := map[fault.Code]bool{fault.PictureUnsupported: true, fault.PictureMalformed: true, fault.PictureAnimated: true, fault.PictureTooLarge: true, fault.FileTooLarge: true}
	f.Fuzz(func(t *testing.T, file []byte) {
		made, err := intake.Take(context.Background(), bytes.NewReader(file))
		if err != nil {
			if !refusals[fault.CodeOf(err)] {
				t.Fatal(err)
			}
			return
		}
		mustBePlain(t, "whole", made.Whole)
		mustBePlain(t, "thumbnail", made.Thumbnail)
		for _, m := range []picture.Image{made.Whole, made.Thumbnail} {
			if b := decoded(t, m).Bounds(); b.Dx() != m.Width || b.Dy() != m.Height || len(m.Bytes) > int(limits.Bytes) || m.Width > limits.Edge || m.Height > limits.Edge {
				t.Fatalf("%d×%d, %d bytes", m.Width, m.Height, len(m.Bytes))
			}
		}
		if max(made.Thumbnail.Width, made.Thumbnail.Height) > limits.Thumbnail {
			t.Fatal("a large thumbnail")
		}
	})
}
