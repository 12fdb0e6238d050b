package picture_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"io"
	"runtime"
	"sync"
	"testing"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

// allocated is all that one intake asks for, garbage included: it never holds more.
func allocated(t *testing.T, file []byte) int64 {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := take(t, file)
	runtime.ReadMemStats(&after)
	if err != nil && fault.CodeOf(err) != fault.PictureMalformed {
		t.Fatal(err)
	}
	return int64(after.TotalAlloc - before.TotalAlloc)
}

// TestMemoryIsReckonedBefore takes in large ones of each kind. What that takes
// is what was reserved for it, or less. It runs alone.
func TestMemoryIsReckonedBefore(t *testing.T) { //nolint:paralleltest // what others allocate would count
	const w, h = 2400, 1600
	three, four := []byte{0x11, 0x11, 0x11}, []byte{0x22, 0x11, 0x11, 0x22}
	turn := segment(0xe1, joined([]byte("Exif\x00\x00"), exif(t, binary.BigEndian, 6)))
	for what, file := range map[string][]byte{
		"JPEG":                      frame{width: w, height: h, parts: three, colour: []int{40, 40, 40}}.file(),
		"turned JPEG":               withSegments(frame{width: w, height: h, parts: three, colour: []int{40, 40, 40}}.file(), turn),
		"progressive JPEG":          frame{width: w, height: h, parts: three, colour: []int{40, 40, 40}, progressive: true}.file(),
		"inks":                      frame{width: w, height: h, parts: four, colour: []int{40, 40, 40, 40}, adobe: true}.file(),
		"thin JPEG":                 frame{width: 1, height: 12000, parts: []byte{0x42, 0x11, 0x11}, colour: []int{40, 40, 40}}.file(),
		"a progressive that is cut": frame{width: w, height: h, parts: three, colour: []int{40, 40, 40}, progressive: true}.file()[:4000],
		"flat WebP":                 webpOf(flatWebP(w, h)),
		"PNG":                       pngOf(t, image.NewNRGBA(image.Rect(0, 0, w, h))),
		"16-bit PNG":                pngOf(t, image.NewNRGBA64(image.Rect(0, 0, w, h))),
		"drawing":                   pngOf(t, image.NewPaletted(image.Rect(0, 0, w, h), fewColours().Palette)),
		"a bomb in a profile":       withChunks(pngOf(t, fewColours()), chunk("iCCP", joined([]byte("x\x00\x00"), packed(t, make([]byte, 16<<20))))),
		"a bomb in words":           withChunks(pngOf(t, fewColours()), chunk("zTXt", joined([]byte("x\x00\x00"), packed(t, make([]byte, 16<<20))))),
		"a bomb of points":          joined(pngOf(t, grey())[:afterHeader], chunk("IDAT", packed(t, make([]byte, 16<<20))), chunk("IEND", nil)),
	} {
		took, reserved := allocated(t, file), picture.Reserved(picture.Usual, file)
		t.Logf("%-26s %8d bytes: took %4d MiB of %4d reserved", what, len(file), took>>20, reserved>>20)
		if took > reserved {
			t.Errorf("%s: took %d MiB, reserved %d", what, took>>20, reserved>>20)
		}
	}
	// The largest of what people send fits; what is made to take more than all there is doesn't.
	claims := func(f frame) []byte { f.width, f.height = 8, 8; return withSize(f.file(), 6000, 4000) }
	colour := []int{40, 40, 40, 40}
	for what, file := range map[string][]byte{
		"progressive JPEG":        claims(frame{parts: three, colour: colour, progressive: true}),
		"turned progressive JPEG": withSegments(claims(frame{parts: []byte{0x22, 0x11, 0x11}, colour: colour, progressive: true}), turn),
		"inks":                    withSegments(claims(frame{parts: four, colour: colour, adobe: true}), turn),
		"16-bit PNG":              claiming(pngOf(t, deep(false)), 6000, 4000),
		"WebP":                    webpOf(flatWebP(6000, 4000)),
	} {
		if reserved := picture.Reserved(picture.Usual, file); reserved > picture.Usual.Memory || reserved < 250<<20 {
			t.Errorf("the largest %s takes %d of %d MiB", what, reserved>>20, picture.Usual.Memory>>20)
		}
	}
	mustBeRefused(t, "progressive inks", fault.PictureTooLarge, withSegments(claims(frame{parts: []byte{0x11, 0x11, 0x11, 0x11}, colour: colour, progressive: true, adobe: true}), turn))
}

// TestManyAtOnceTakeTurns: as many uploads as fit are worked on; the others wait and are all served.
func TestManyAtOnceTakeTurns(t *testing.T) {
	t.Parallel()
	limits := picture.Usual
	file := jpegOf(t, scene(wide, high))
	limits.Memory, limits.Uploads = picture.Reserved(limits, file), 3 // each takes all the memory there is
	intake := picture.NewIntake(limits)
	var all sync.WaitGroup
	for range 12 {
		all.Go(func() {
			if _, err := intake.Take(context.Background(), bytes.NewReader(file)); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestWhoWaitsTooLongIsTold(t *testing.T) {
	t.Parallel()
	limits := picture.Usual
	limits.Uploads = 1
	intake, file := picture.NewIntake(limits), jpegOf(t, scene(wide, high))
	slow, sender := io.Pipe()
	var first sync.WaitGroup
	first.Go(func() {
		if _, err := intake.Take(context.Background(), slow); err != nil {
			t.Error(err)
		}
	})
	if _, err := sender.Write(file[:10]); err != nil { // the first is in
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := intake.Take(ctx, bytes.NewReader(file)); fault.CodeOf(err) != fault.Busy {
		t.Errorf("while another is being read: %v", err)
	}
	if _, err := sender.Write(file[10:]); err != nil || sender.Close() != nil {
		t.Fatal(err)
	}
	first.Wait()
	if _, err := intake.Take(context.Background(), bytes.NewReader(file)); err != nil {
		t.Errorf("after the first: %v", err)
	}
}

// A request that ends takes its decoding with it. It runs alone.
func TestDecodingStopsWithTheRequest(t *testing.T) { //nolint:paralleltest // what others allocate would count
	file := pngOf(t, image.NewNRGBA(image.Rect(0, 0, 2400, 1600)))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := picture.NewIntake(picture.Usual).Take(ended{context.Background()}, bytes.NewReader(file))
	runtime.ReadMemStats(&after)
	if fault.CodeOf(err) != fault.Busy || after.TotalAlloc-before.TotalAlloc > 2<<20 {
		t.Errorf("%v, after %d KiB", err, (after.TotalAlloc-before.TotalAlloc)>>10)
	}
}

// ended is a request that ended in the moment in which decoding began.
type ended struct{ context.Context }

func (ended) Err() error { return context.Canceled }

// A picture of twelve megapixels, as telephones take them.
func BenchmarkTake(b *testing.B) {
	file := jpegOf(b, stretched(scene(400, 300), 10))
	for b.Loop() {
		if _, err := take(b, file); err != nil {
			b.Fatal(err)
		}
	}
}
