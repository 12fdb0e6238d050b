package picture

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/hamyar/hamyar/internal/fault"
)

// quality is where a photograph looks like itself and is a quarter of its size.
const quality = 85

// fewColours is how many a palette has.
const fewColours = 256

// encode writes a picture, at half its size as often as the limit on bytes
// demands. What comes from a JPEG stays one, whatever its colours.
func (in *Intake) encode(ctx context.Context, points *image.RGBA, from string) (Image, error) {
	for {
		if ctx.Err() != nil {
			return Image{}, busy(ctx)
		}
		made := Image{MediaType: JPEG, Width: points.Rect.Dx(), Height: points.Rect.Dy()}
		file := &bounded{limit: in.limits.Bytes}
		var err error
		if from == JPEG {
			err = jpeg.Encode(file, points, &jpeg.Options{Quality: quality})
		} else if drawing := drawn(points); drawing != nil {
			made.MediaType = PNG
			err = png.Encode(file, drawing)
		} else {
			err = jpeg.Encode(file, points, &jpeg.Options{Quality: quality})
		}
		switch {
		case err == nil:
			made.Bytes = file.Bytes()
			return made, nil
		case !errors.Is(err, errFull) || max(made.Width, made.Height) == 1:
			return Image{}, fault.Wrap(fault.Internal, err)
		}
		points = fit(points, max(made.Width, made.Height)/2)
	}
}

// drawn is what a PNG is better for: a picture with few colours, or one that
// isn't opaque. Of a photograph it is nil.
func drawn(points *image.RGBA) image.Image {
	if few := withPalette(points); few != nil {
		return few
	}
	if !points.Opaque() {
		return points
	}
	return nil
}

// withPalette is the same picture with a list of its colours, in the order in
// which they are seen first, or nil if they are too many.
func withPalette(points *image.RGBA) *image.Paletted {
	numbers := make(map[uint32]uint8, fewColours)
	var palette color.Palette
	for colour := range colours(points) {
		if _, known := numbers[colour]; known {
			continue
		}
		if len(palette) == fewColours {
			return nil
		}
		numbers[colour] = uint8(len(palette))
		palette = append(palette, color.RGBA{R: uint8(colour), G: uint8(colour >> 8), B: uint8(colour >> 16), A: uint8(colour >> 24)})
	}
	few, i := image.NewPaletted(points.Rect, palette), 0
	for colour, often := range colours(points) {
		number := numbers[colour]
		for range often {
			few.Pix[i] = number
			i++
		}
	}
	return few
}

// colours are those of a picture in order, and how often each comes in a row.
func colours(points *image.RGBA) func(yield func(colour uint32, often int) bool) {
	return func(yield func(uint32, int) bool) {
		last, often := binary.LittleEndian.Uint32(points.Pix), 0
		for i := 0; i+3 < len(points.Pix); i += canvasPerPoint {
			colour := binary.LittleEndian.Uint32(points.Pix[i:])
			if colour != last {
				if !yield(last, often) {
					return
				}
				last, often = colour, 0
			}
			often++
		}
		yield(last, often)
	}
}

var errFull = errors.New("picture: larger than the limit")

// bounded is a file in memory that refuses to grow beyond a limit.
type bounded struct {
	bytes.Buffer
	limit int64
}

func (b *bounded) Write(p []byte) (int, error) {
	if int64(b.Len()+len(p)) > b.limit {
		return 0, errFull
	}
	return b.Buffer.Write(p)
}
