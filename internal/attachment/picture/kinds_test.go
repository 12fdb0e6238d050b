package picture_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"testing"

	"github.com/hamyar/hamyar/internal/attachment/picture"
)

// deep is a picture of sixteen bits.
func deep(opaque bool) image.Image {
	from, to := scene(wide, high), image.NewNRGBA64(image.Rect(0, 0, wide, high))
	for y := range high {
		for x := range wide {
			at := color.NRGBA64Model.Convert(from.At(x, y)).(color.NRGBA64)
			if !opaque && x < 4 {
				at.A = 0x1234
			}
			to.SetNRGBA64(x, y, at)
		}
	}
	return to
}

func grey() image.Image {
	m := image.NewGray(image.Rect(0, 0, wide, high))
	for i := range m.Pix {
		m.Pix[i] = uint8(i % 251)
	}
	return m
}

func TestEveryKindIsMadeAnew(t *testing.T) {
	t.Parallel()
	alpha := riff("ALPH", joined([]byte{0}, bytes.Repeat([]byte{128}, wide*high)))
	lossy := sample(t, "lossy.webp")[12:]
	for what, c := range map[string]struct {
		file []byte
		want string
	}{
		"JPEG":                  {jpegOf(t, scene(wide, high)), picture.JPEG},
		"grey JPEG":             {jpegOf(t, grey()), picture.JPEG},
		"JPEG of few colours":   {jpegOf(t, image.NewGray(image.Rect(0, 0, wide, high))), picture.JPEG},
		"progressive":           {frame{width: wide, height: high, parts: []byte{0x22, 0x11, 0x11}, colour: []int{40, -40, 35}, progressive: true, scans: 3}.file(), picture.JPEG},
		"inks":                  {frame{width: wide, height: high, parts: []byte{0x11, 0x11, 0x11, 0x11}, colour: []int{40, -40, 35, 60}, adobe: true}.file(), picture.JPEG},
		"progressive inks":      {frame{width: wide, height: high, parts: []byte{0x22, 0x11, 0x11, 0x22}, colour: []int{40, -40, 35, 60}, adobe: true, progressive: true}.file(), picture.JPEG},
		"PNG":                   {pngOf(t, scene(wide, high)), picture.JPEG},
		"grey PNG":              {pngOf(t, grey()), picture.PNG},
		"drawing":               {pngOf(t, fewColours()), picture.PNG},
		"transparent PNG":       {pngOf(t, glass()), picture.PNG},
		"16-bit PNG":            {pngOf(t, deep(true)), picture.JPEG},
		"16-bit transparent":    {pngOf(t, deep(false)), picture.PNG},
		"lossy WebP":            {sample(t, "lossy.webp"), picture.JPEG},
		"lossless WebP":         {sample(t, "lossless.webp"), picture.JPEG},
		"lossy WebP with alpha": {webpOf(extended(0x10, wide, high), alpha, lossy), picture.PNG},
		"flat WebP":             {webpOf(flatWebP(wide, high)), picture.PNG},
	} {
		made := mustTake(t, what, c.file)
		if made.Whole.MediaType != c.want || made.Whole.Width != wide || made.Whole.Height != high {
			t.Errorf("%s became %s, %d×%d", what, made.Whole.MediaType, made.Whole.Width, made.Whole.Height)
		}
		if !bytes.Equal(made.Whole.Bytes, made.Thumbnail.Bytes) {
			t.Errorf("%s: a small picture has a smaller one", what)
		}
		if bytes.Equal(made.Whole.Bytes, c.file) {
			t.Errorf("%s: it is the very file that came", what)
		}
	}
}

func TestColoursStay(t *testing.T) {
	t.Parallel()
	for what, file := range map[string][]byte{
		"PNG": pngOf(t, scene(wide, high)), "16-bit PNG": pngOf(t, deep(true)), "drawing": pngOf(t, fewColours()), "JPEG": jpegOf(t, scene(wide, high)),
	} {
		mustStand(t, what, mustTake(t, what, file).Whole, wide, high)
	}
	from, to := glass(), nrgba(decoded(t, mustTake(t, "glass", pngOf(t, glass())).Whole))
	for x := range wide {
		if a, b := from.NRGBAAt(x, 5), to.NRGBAAt(x, 5); a.A != b.A || a.A > 100 && !near(a, b, 2) {
			t.Fatalf("at %d is %v, was %v", x, b, a)
		}
	}
	flat := decoded(t, mustTake(t, "flat WebP", webpOf(flatWebP(wide, high))).Whole)
	if got := flat.At(3, 3); !near(got, color.RGBA{200, 120, 40, 255}, 0) {
		t.Errorf("a flat WebP became %v", got)
	}
	dark := mustTake(t, "inks", frame{width: wide, height: high, parts: []byte{0x11, 0x11, 0x11, 0x11}, colour: []int{0, 0, 0, -63}, adobe: true}.file())
	light := mustTake(t, "inks", frame{width: wide, height: high, parts: []byte{0x11, 0x11, 0x11, 0x11}, colour: []int{0, 0, 0, 63}, adobe: true}.file())
	d, l := color.GrayModel.Convert(decoded(t, dark.Whole).At(2, 2)).(color.Gray).Y, color.GrayModel.Convert(decoded(t, light.Whole).At(2, 2)).(color.Gray).Y
	if d >= l {
		t.Errorf("much black ink gives %d, little %d", d, l)
	}
}

func TestThumbnailsAreSmall(t *testing.T) {
	t.Parallel()
	for _, size := range [][4]int{{480, 480, 480, 480}, {481, 200, 480, 199}, {2000, 1000, 480, 240}, {10, 12000, 1, 480}, {700, 3, 480, 2}} {
		made := mustTake(t, "large", pngOf(t, scene(size[0], size[1])))
		if made.Thumbnail.Width != size[2] || made.Thumbnail.Height != size[3] || made.Whole.Width != size[0] || made.Whole.Height != size[1] {
			t.Errorf("%v: %d×%d and %d×%d", size, made.Whole.Width, made.Whole.Height, made.Thumbnail.Width, made.Thumbnail.Height)
		}
	}
	mustStand(t, "thumbnail", mustTake(t, "large", jpegOf(t, scene(1200, 800))).Thumbnail, 480, 320)
	seen := mustTake(t, "large glass", pngOf(t, stretched(glass(), 20))).Thumbnail
	if seen.MediaType != picture.PNG {
		t.Errorf("a thumbnail of glass is a %s", seen.MediaType)
	}
}

func stretched(m *image.NRGBA, times int) *image.NRGBA {
	to := image.NewNRGBA(image.Rect(0, 0, m.Rect.Dx()*times, m.Rect.Dy()*times))
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			to.SetNRGBA(x, y, m.NRGBAAt(x/times, y/times))
		}
	}
	return to
}

// What would be larger than an upload may be is made at half its size.
func TestWhatIsMadeIsWithinTheLimit(t *testing.T) {
	t.Parallel()
	for what, file := range map[string][]byte{
		"transparent": webpOf(extended(0x10, wide, high), riff("ALPH", joined([]byte{0}, noise(wide*high))), sample(t, "lossy.webp")[12:]),
		"opaque":      sample(t, "lossless.webp"),
		"JPEG":        frame{width: 4000, height: 2000, parts: []byte{0x11}, colour: []int{40}, progressive: true}.file(),
	} {
		limits := picture.Usual
		limits.Bytes = int64(len(file))
		made, err := picture.NewIntake(limits).Take(context.Background(), bytes.NewReader(file))
		if err != nil || len(made.Whole.Bytes) > len(file) || made.Whole.Width == 0 {
			t.Errorf("%s: %v, of %d bytes %d were made", what, err, len(file), len(made.Whole.Bytes))
		}
	}
}

func noise(n int) []byte {
	all, state := make([]byte, n), uint32(1)
	for i := range all {
		state = state*1664525 + 1013904223
		all[i] = uint8(state >> 24)
	}
	return all
}
