package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"testing"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

// claiming is a PNG whose header says another size.
func claiming(file []byte, w, h uint32) []byte {
	file = bytes.Clone(file)
	binary.BigEndian.PutUint32(file[16:], w)
	binary.BigEndian.PutUint32(file[20:], h)
	binary.BigEndian.PutUint32(file[29:], crc32.ChecksumIEEE(file[12:29]))
	return file
}

func TestBombsAreRefused(t *testing.T) {
	t.Parallel()
	plain, lossy := pngOf(t, fewColours()), sample(t, "lossy.webp")[12:]
	flat := func(w, h int) []byte {
		return frame{width: w, height: h, parts: []byte{0x11}, colour: []int{40}}.file()
	}
	for what, file := range map[string][]byte{
		"a PNG that says it is huge":     claiming(plain, 65535, 65535),
		"a PNG of many megapixels":       claiming(plain, 6000, 4001),
		"a PNG as thin as a hair":        claiming(plain, 1, 65535),
		"a PNG as flat as a hair":        claiming(plain, 12001, 1),
		"a PNG beyond numbers":           claiming(plain, 1<<31-1, 1<<31-1),
		"a JPEG that is huge":            withSize(jpegOf(t, scene(wide, high)), 65535, 65535),
		"a JPEG as thin as a hair":       flat(1, 65535),
		"a JPEG as flat as a hair":       flat(65535, 1),
		"a WebP of thirty bytes":         webpOf(flatWebP(16384, 16384)),
		"an extended WebP that is huge":  webpOf(extended(0, 1<<14, 1<<14), lossy),
		"a WebP as thin as a hair":       webpOf(flatWebP(1, 16384)),
		"an extended WebP beyond bounds": webpOf(extended(0x10, 1<<15, 1<<15), riff("ALPH", []byte{1, 0, 0}), lossy),
	} {
		switch _, err := take(t, file); fault.CodeOf(err) {
		case fault.PictureTooLarge, fault.PictureMalformed, fault.PictureUnsupported:
		default:
			t.Errorf("%s: %v", what, err)
		}
	}
	mustBeRefused(t, "a JPEG as thin as a hair", fault.PictureTooLarge, flat(1, 65535))
	mustBeRefused(t, "a PNG of many megapixels", fault.PictureTooLarge, claiming(plain, 6000, 4001))
	mustBeRefused(t, "a PNG as thin as a hair", fault.PictureTooLarge, claiming(plain, 1, 65535))
	mustBeRefused(t, "a WebP of thirty bytes", fault.PictureTooLarge, webpOf(flatWebP(16384, 16384)))
	// A small outside around a large inside.
	mustBeRefused(t, "a large frame in a small WebP", fault.PictureMalformed, webpOf(extended(0, wide, high), flatWebP(16384, 16384)))
	mustBeRefused(t, "another frame in a small WebP", fault.PictureMalformed, webpOf(extended(0, wide+1, high), lossy))
	mustBeRefused(t, "two headers", fault.PictureMalformed, withChunks(plain, plain[8:afterHeader]))
	double := frame{width: 16, height: 16, parts: []byte{0x11}, colour: []int{40}}
	mustBeRefused(t, "two frames", fault.PictureMalformed, withSegments(frame{width: 11000, height: 2000, parts: []byte{0x11}, colour: []int{40}}.file(), double.header()))
	// A file that goes over its points again and again.
	again := frame{width: 640, height: 480, parts: []byte{0x11}, colour: []int{40}, progressive: true, scans: 10}
	mustTake(t, "ten scans", again.file())
	again.scans = 64
	mustBeRefused(t, "too many scans", fault.PictureMalformed, again.file())
}

// withSize is a JPEG whose header says another size.
func withSize(file []byte, w, h uint16) []byte {
	file = bytes.Clone(file)
	at := max(bytes.Index(file, []byte{0xff, 0xc0}), bytes.Index(file, []byte{0xff, 0xc2}))
	binary.BigEndian.PutUint16(file[at+5:], h)
	binary.BigEndian.PutUint16(file[at+7:], w)
	return file
}

func TestMovingPicturesAreRefused(t *testing.T) {
	t.Parallel()
	still := sample(t, "lossy.webp")[12:]
	frameOf := riff("ANMF", joined(make([]byte, 16), still))
	for what, file := range map[string][]byte{
		"PNG":                         withChunks(pngOf(t, fewColours()), chunk("acTL", []byte{0, 0, 0, 2, 0, 0, 0, 0})),
		"WebP":                        webpOf(extended(2, wide, high), riff("ANIM", make([]byte, 6)), frameOf, frameOf),
		"WebP that says it is still":  webpOf(extended(0, wide, high), frameOf, still),
		"WebP that moves further on":  webpOf(extended(0, wide, high), still, frameOf),
		"WebP of one frame and a mat": webpOf(extended(2, wide, high), riff("ANIM", make([]byte, 6)), frameOf),
	} {
		mustBeRefused(t, what, fault.PictureAnimated, file)
	}
}

// What is two things at once is judged as the one that it begins as; if that is
// a picture, nothing of the other is left.
func TestPolyglots(t *testing.T) {
	t.Parallel()
	plain, page := jpegOf(t, scene(wide, high)), []byte("<html><script>alert('"+canary+"')</script></html>")
	pdf := []byte("%PDF-1.7\n" + canary + "\n%%EOF\n")
	for what, file := range map[string][]byte{
		"a PDF, then a picture":     joined(pdf, plain),
		"a page, then a picture":    joined(page, plain),
		"an archive, then one":      joined(archive, plain),
		"a GIF that is a picture":   joined([]byte("GIF89a"), plain),
		"a sound that is a picture": joined([]byte("RIFF\x00\x10\x00\x00WAVE"), plain),
		"a blank, then a picture":   joined([]byte(" "), plain),
		"HEIC":                      []byte("\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic"),
		"SVG":                       []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>`),
		"a BMP":                     []byte("BM\x00\x00\x00\x00"),
		"a TIFF":                    exif(t, binary.BigEndian, 1),
		"words":                     []byte("not a picture"),
		"nothing":                   nil,
	} {
		mustBeRefused(t, what, fault.PictureUnsupported, file)
	}
	for what, file := range map[string][]byte{
		"a page in a comment":  withSegments(plain, segment(0xfe, page)),
		"a PDF in a comment":   withSegments(plain, segment(0xfe, pdf)),
		"a picture, then PDF":  joined(plain, pdf),
		"a picture, then page": joined(plain, page),
		"a picture, then ZIP":  joined(plain, archive),
	} {
		mustStand(t, what, mustTake(t, what, file).Whole, wide, high)
	}
}

func TestMalformedFilesAreRefused(t *testing.T) {
	t.Parallel()
	whole := map[string][]byte{
		"JPEG": jpegOf(t, scene(wide, high)), "PNG": pngOf(t, scene(wide, high)), "lossy WebP": sample(t, "lossy.webp"), "lossless WebP": sample(t, "lossless.webp"),
		"progressive": frame{width: 64, height: 64, parts: []byte{0x22, 0x11, 0x11}, colour: []int{40, 40, 40}, progressive: true, scans: 2}.file(),
	}
	for what, file := range whole {
		mustTake(t, what, file)
		for n := range file {
			if n%7 != 0 && n > 40 && n < len(file)-40 {
				continue
			}
			made, err := take(t, file[:n])
			if err == nil {
				mustBePlain(t, what, made.Whole) // a tail that no point needs may be missing
				if n < len(file)-16 {
					t.Errorf("%s, cut at %d of %d, is a picture", what, n, len(file))
				}
				continue
			}
			if code := fault.CodeOf(err); code != fault.PictureMalformed && code != fault.PictureUnsupported {
				t.Errorf("%s, cut at %d: %v", what, n, err)
			}
		}
	}
	bent := bytes.Clone(whole["PNG"])
	bent[len(bent)-30] ^= 1
	mustBeRefused(t, "a PNG with a bent bit", fault.PictureMalformed, bent)
	mustBeRefused(t, "a JPEG without a frame", fault.PictureMalformed, joined(whole["JPEG"][:2], segment(0xda, make([]byte, 6)), []byte{0xff, 0xd9}))
	inks := frame{width: wide, height: high, parts: []byte{0x11, 0x11, 0x11, 0x11}, colour: []int{40, 40, 40, 40}}
	mustBeRefused(t, "inks of which nobody knows what they are", fault.PictureUnsupported, inks.file())
	exact := bytes.Clone(whole["JPEG"])
	exact[bytes.Index(exact, []byte{0xff, 0xc0})+4] = 12
	mustBeRefused(t, "twelve bits", fault.PictureUnsupported, exact)
}

// endless is an upload that never ends.
type endless struct{ given int64 }

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, "\xff\xd8\xff\xe0")
	e.given += int64(n)
	return n, nil
}

func TestUploadsAreReadUpToTheLimit(t *testing.T) {
	t.Parallel()
	limits, upload := picture.Usual, &endless{}
	limits.Bytes = 100_000
	_, err := picture.NewIntake(limits).Take(context.Background(), upload)
	if fault.CodeOf(err) != fault.FileTooLarge || upload.given > limits.Bytes+4 {
		t.Errorf("%v, after %d bytes", err, upload.given)
	}
	file := jpegOf(t, scene(wide, high))
	limits.Bytes = int64(len(file))
	if _, err := picture.NewIntake(limits).Take(context.Background(), bytes.NewReader(file)); err != nil {
		t.Errorf("as many bytes as there may be: %v", err)
	}
	limits.Bytes--
	if _, err := picture.NewIntake(limits).Take(context.Background(), bytes.NewReader(file)); fault.CodeOf(err) != fault.FileTooLarge {
		t.Errorf("one byte more than there may be: %v", err)
	}
	broken := errors.New("the line is cut")
	if _, err := take2(io.MultiReader(bytes.NewReader(file[:100]), failing{broken})); !errors.Is(err, broken) {
		t.Errorf("an upload that breaks off: %v", err)
	}
}

func take2(r io.Reader) (picture.Picture, error) {
	return picture.NewIntake(picture.Usual).Take(context.Background(), r)
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
