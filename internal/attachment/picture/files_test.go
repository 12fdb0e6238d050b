package picture_test

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"testing"
)

// Files as cameras and people make them, and as nobody should. Each is put
// together here from its parts, so that a reader sees what is wrong with it.

const (
	wide, high = 48, 32
	canary     = "canary-N35.6892-E51.3890-Sara"
)

// corners has another colour in each of its corners.
var corners = [4]color.RGBA{{230, 20, 20, 255}, {20, 200, 20, 255}, {20, 20, 220, 255}, {240, 240, 240, 255}}

// scene is a picture whose corners tell how it is held; in between, it has as many colours as a photograph.
func scene(w, h int) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			at := corners[b2i(x >= w/2)+2*b2i(y >= h/2)]
			m.SetNRGBA(x, y, color.NRGBA{R: at.R - uint8(x%16), G: at.G + uint8(y%16), B: at.B + uint8((x*y)%8), A: 255})
		}
	}
	return m
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

func jpegOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := jpeg.Encode(&file, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func pngOf(t testing.TB, m image.Image) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestSpeed}).Encode(&file, m); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func sample(t testing.TB, name string) []byte {
	t.Helper()
	file, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// segment is a part of a JPEG.
func segment(mark byte, body []byte) []byte {
	return joined([]byte{0xff, mark}, binary.BigEndian.AppendUint16(nil, uint16(len(body)+2)), body)
}

// withSegments puts parts behind the first mark of a JPEG.
func withSegments(file []byte, parts ...[]byte) []byte {
	return joined(file[:2], joined(parts...), file[2:])
}

// chunk is a part of a PNG.
func chunk(name string, body []byte) []byte {
	named := append([]byte(name), body...)
	head := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	return joined(head, named, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(named)))
}

// afterHeader is where the header of a PNG ends.
const afterHeader = 8 + 25

// withChunks puts parts behind the header of a PNG.
func withChunks(file []byte, parts ...[]byte) []byte {
	return joined(file[:afterHeader], joined(parts...), file[afterHeader:])
}

// webpOf puts a WebP together.
func webpOf(parts ...[]byte) []byte {
	body := joined(parts...)
	return joined([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(body)+4)), []byte("WEBP"), body)
}

// riff is a part of a WebP.
func riff(name string, body []byte) []byte {
	return joined([]byte(name), binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body, make([]byte, len(body)%2))
}

// extended is the part of a WebP that says what else there is.
func extended(flags byte, w, h int) []byte {
	w, h = w-1, h-1
	return riff("VP8X", []byte{flags, 0, 0, 0, byte(w), byte(w >> 8), byte(w >> 16), byte(h), byte(h >> 8), byte(h >> 16)})
}

// flatWebP is a WebP without loss, all of one colour: thirty bytes, whatever its size.
func flatWebP(w, h int) []byte { return riff("VP8L", flatCodes(w, h, 200, 120, 40)) }

func flatCodes(w, h int, red, green, blue uint32) []byte {
	var file []byte
	var bits, n uint
	put := func(value uint32, count uint) {
		bits |= uint(value) << n
		for n += count; n >= 8; n -= 8 {
			file, bits = append(file, byte(bits)), bits>>8
		}
	}
	put(0x2f, 8)
	put(uint32(w-1), 14)
	put(uint32(h-1), 14)
	put(0, 1+3) // no alpha, version 0
	put(0, 1+1) // no transform, no cache of colours
	put(0, 1)   // one group of codes
	for _, symbol := range []uint32{green, red, blue, 255, 0} {
		put(1|0<<1|1<<2, 3) // a simple code, of one symbol, of eight bits
		put(symbol, 8)
	}
	put(0, 32)
	return file
}

// exif says how a picture is held, where, and what it looked like: behind it
// come a place, a maker, and a small picture of what was there before cropping.
func exif(t testing.TB, order binary.AppendByteOrder, orientation int) []byte {
	t.Helper()
	mark := map[bool]string{true: "MM", false: "II"}[order.String() == "BigEndian"]
	file := order.AppendUint16([]byte(mark), 42)
	file = order.AppendUint32(file, 8)
	small := withSegments(jpegOf(t, scene(16, 16)), segment(0xfe, []byte(canary)))
	file = order.AppendUint16(file, 3)
	entry := func(tag, kind uint16, count uint32, value []byte) {
		file = order.AppendUint16(order.AppendUint16(file, tag), kind)
		file = append(order.AppendUint32(file, count), value...)
	}
	const behind = 8 + 2 + 3*12 + 4
	entry(0x010f, 2, uint32(len(canary)), order.AppendUint32(nil, behind))
	entry(0x0112, 3, 1, append(order.AppendUint16(nil, uint16(orientation)), 0, 0))
	entry(0x0201, 4, 1, order.AppendUint32(nil, behind+uint32(len(canary))))
	file = order.AppendUint32(file, 0)
	return joined(file, []byte(canary), small)
}
