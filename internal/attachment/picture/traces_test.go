package picture_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"image"
	"image/color"
	"testing"
	"unicode/utf16"

	"github.com/hamyar/hamyar/internal/attachment/picture"
)

// mustBePlain fails where a file has any part that its points don't need, or
// anything behind its end. What isn't there needs no search for what it says.
func mustBePlain(t testing.TB, what string, m picture.Image) {
	t.Helper()
	file := m.Bytes
	var wrong string
	switch m.MediaType {
	case picture.JPEG:
		wrong = besidesJPEG(file)
	case picture.PNG:
		wrong = besidesPNG(file)
	default:
		wrong = "its kind, " + m.MediaType
	}
	if wrong != "" {
		t.Fatalf("%s: there is more in it than points: %s", what, wrong)
	}
	if bytes.Contains(file, []byte("canary")) || bytes.Contains(file, wider(canary)[:12]) {
		t.Fatalf("%s: it carries a trace", what)
	}
}

// besidesJPEG names the first part that isn't of the picture alone.
func besidesJPEG(file []byte) string {
	if !bytes.HasPrefix(file, []byte{0xff, 0xd8}) {
		return "its beginning"
	}
	for at := 2; at+4 <= len(file); {
		if file[at] != 0xff {
			return "bytes between its parts"
		}
		mark := file[at+1]
		if bytes.IndexByte([]byte{0xdb, 0xc0, 0xc4, 0xda}, mark) < 0 {
			return "a part with the mark " + string("0123456789abcdef"[mark>>4]) + string("0123456789abcdef"[mark&15])
		}
		at += 2 + int(binary.BigEndian.Uint16(file[at+2:]))
		if mark != 0xda {
			continue
		}
		for at+1 < len(file) && (file[at] != 0xff || file[at+1] == 0) {
			at++
		}
		if !bytes.Equal(file[at:], []byte{0xff, 0xd9}) {
			return "bytes behind its end"
		}
		return ""
	}
	return "no points"
}

func besidesPNG(file []byte) string {
	if !bytes.HasPrefix(file, []byte("\x89PNG\r\n\x1a\n")) {
		return "its beginning"
	}
	for at := 8; at+12 <= len(file); {
		name := string(file[at+4 : at+8])
		at += 12 + int(binary.BigEndian.Uint32(file[at:]))
		switch name {
		case "IHDR", "PLTE", "tRNS", "IDAT":
		case "IEND":
			if at != len(file) {
				return "bytes behind its end"
			}
			return ""
		default:
			return "a part called " + name
		}
	}
	return "no end"
}

// wider is a text as cameras from Japan and programs from Redmond write it.
func wider(text string) (file []byte) {
	for _, unit := range utf16.Encode([]rune(text)) {
		file = binary.LittleEndian.AppendUint16(file, unit)
	}
	return file
}

func packed(t testing.TB, text []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	w := zlib.NewWriter(&file)
	if _, err := w.Write(text); err != nil || w.Close() != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// xmp, icc and iptc as they travel, each with words that must not arrive.
var (
	xmp  = []byte(`<?xpacket begin=""?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:li>` + canary + `</rdf:li></x:xmpmeta>`)
	icc  = joined(make([]byte, 36), []byte("acsp"), []byte(canary), wider(canary))
	iptc = []byte("Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x20\x1c\x02\x50\x00\x1d" + canary)
	// archive is behind many a picture's end: a short film, another picture, a page.
	archive = []byte("PK\x03\x04" + canary + "<script>alert(1)</script>PK\x05\x06" + string(make([]byte, 18)))
)

func TestNothingButPointsSurvivesJPEG(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t, scene(wide, high))
	small := withSegments(jpegOf(t, scene(16, 16)), segment(0xfe, []byte(canary)))
	for what, file := range map[string][]byte{
		"EXIF":                 withSegments(plain, segment(0xe1, joined([]byte("Exif\x00\x00"), exif(t, binary.LittleEndian, 1)))),
		"EXIF, wide letters":   withSegments(plain, segment(0xe1, joined([]byte("Exif\x00\x00"), wider(canary)))),
		"XMP":                  withSegments(plain, segment(0xe1, joined([]byte("http://ns.adobe.com/xap/1.0/\x00"), xmp))),
		"long XMP":             withSegments(plain, segment(0xe1, joined([]byte("http://ns.adobe.com/xmp/extension/\x00"), xmp))),
		"ICC":                  withSegments(plain, segment(0xe2, joined([]byte("ICC_PROFILE\x00\x01\x01"), icc))),
		"IPTC":                 withSegments(plain, segment(0xed, iptc)),
		"a comment":            withSegments(plain, segment(0xfe, []byte(canary))),
		"a comment at the end": joined(plain[:len(plain)-2], segment(0xfe, []byte(canary)), plain[len(plain)-2:]),
		"a small picture":      withSegments(plain, segment(0xe0, joined([]byte("JFXX\x00\x10"), small))),
		"another picture":      joined(withSegments(plain, segment(0xe2, []byte("MPF\x00"+canary))), small),
		"an archive":           joined(plain, archive),
		"all marks there are": withSegments(plain, segment(0xe3, []byte(canary)), segment(0xe4, []byte(canary)), segment(0xe5, []byte(canary)), segment(0xe6, []byte(canary)), segment(0xe7, []byte(canary)),
			segment(0xe8, []byte(canary)), segment(0xe9, []byte(canary)), segment(0xea, []byte(canary)), segment(0xeb, []byte(canary)), segment(0xec, []byte(canary)), segment(0xef, []byte(canary))),
	} {
		mustStand(t, what, mustTake(t, what, file).Whole, wide, high)
	}
	if besidesJPEG(withSegments(plain, segment(0xfe, []byte("x")))) == "" || besidesJPEG(joined(plain, archive)) == "" {
		t.Fatal("what looks for traces in a JPEG finds none where there are")
	}
}

func TestNothingButPointsSurvivesPNG(t *testing.T) {
	t.Parallel()
	for kind, points := range map[string]image.Image{"many colours": scene(wide, high), "few colours": fewColours(), "transparent": glass()} {
		plain := pngOf(t, points)
		for what, file := range map[string][]byte{
			"EXIF":       withChunks(plain, chunk("eXIf", exif(t, binary.BigEndian, 1))),
			"words":      withChunks(plain, chunk("tEXt", []byte("Author\x00"+canary))),
			"packed":     withChunks(plain, chunk("zTXt", joined([]byte("Comment\x00\x00"), packed(t, []byte(canary))))),
			"XMP":        withChunks(plain, chunk("iTXt", joined([]byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"), xmp))),
			"ICC":        withChunks(plain, chunk("iCCP", joined([]byte("canary\x00\x00"), packed(t, icc)))),
			"a time":     withChunks(plain, chunk("tIME", []byte{7, 0xe9, 3, 1, 12, 30, 15}), chunk("pHYs", []byte("canarycan"))),
			"of nobody":  withChunks(plain, chunk("caNy", []byte(canary))),
			"an archive": joined(plain, archive),
		} {
			made := mustTake(t, kind+", "+what, file)
			if got, want := decoded(t, made.Whole), decoded(t, mustTake(t, kind, plain).Whole); !near(got.At(9, 9), want.At(9, 9), 0) {
				t.Errorf("%s, %s: another picture", kind, what)
			}
		}
		if besidesPNG(withChunks(plain, chunk("tEXt", nil))) == "" || besidesPNG(joined(plain, archive)) == "" {
			t.Fatal("what looks for traces in a PNG finds none where there are")
		}
	}
}

func TestNothingButPointsSurvivesWebP(t *testing.T) {
	t.Parallel()
	for kind, still := range map[string][]byte{"lossy": sample(t, "lossy.webp")[12:], "lossless": sample(t, "lossless.webp")[12:]} {
		what := kind + " WebP"
		mustTake(t, what, webpOf(extended(0x2c, wide, high), riff("ICCP", icc), still, riff("EXIF", exif(t, binary.BigEndian, 1)), riff("XMP ", xmp), riff("cany", []byte(canary))))
		mustTake(t, what, joined(webpOf(still), archive))
	}
}

// What was painted over with nothing, and colours of which no point is, are in
// the file and in no viewer.
func TestWhatIsInvisibleIsGone(t *testing.T) {
	t.Parallel()
	hidden := glass()
	for x := range len(canary) {
		hidden.SetNRGBA(x, 0, color.NRGBA{R: canary[x], G: 'c', B: 'a', A: 0})
	}
	shown := nrgba(decoded(t, mustTake(t, "hidden", pngOf(t, hidden)).Whole))
	for x := range len(canary) {
		if got := shown.NRGBAAt(x, 0); got != (color.NRGBA{}) {
			t.Fatalf("beneath what can't be seen is %v", got)
		}
	}
	unused := fewColours()
	for i := range canary {
		unused.Palette = append(unused.Palette, color.NRGBA{R: canary[i], G: canary[i], B: canary[i], A: 255})
	}
	made, isPalette := decoded(t, mustTake(t, "unused", pngOf(t, unused)).Whole).(*image.Paletted)
	if !isPalette || len(made.Palette) != 4 {
		t.Fatalf("a palette of 4 colours became %v", made)
	}
}

// fewColours is a drawing.
func fewColours() *image.Paletted {
	m := image.NewPaletted(image.Rect(0, 0, wide, high), color.Palette{corners[0], corners[1], corners[2], corners[3]})
	for i := range m.Pix {
		m.Pix[i] = uint8(b2i(i%wide >= wide/2) + 2*b2i(i/wide >= high/2))
	}
	return m
}

// glass is a scene of which the left half can be seen through.
func glass() *image.NRGBA {
	m := scene(wide, high)
	for y := range high {
		for x := range wide / 2 {
			at := m.NRGBAAt(x, y)
			at.A = uint8(5 * x)
			m.SetNRGBA(x, y, at)
		}
	}
	return m
}
