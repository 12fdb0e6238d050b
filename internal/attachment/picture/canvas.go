package picture

import (
	"encoding/binary"
	"image"
	"image/draw"
)

// canvasPerPoint is the memory that a point takes on a canvas. Its colours are
// multiplied by how opaque it is, so that nothing stays beneath what can't be
// seen: a part that was made transparent is gone.
const canvasPerPoint = 4

// upright paints a picture the way its camera was held.
func upright(decoded image.Image, orientation int) *image.RGBA {
	bounds := decoded.Bounds()
	points := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	draw.Draw(points, points.Rect, decoded, bounds.Min, draw.Src)
	if orientation == 1 {
		return points
	}
	return turned(points, orientation)
}

// turned moves each point where an orientation of EXIF says that it belongs.
// From 5 on, rows are columns; the others have the corner to begin with elsewhere.
func turned(from *image.RGBA, orientation int) *image.RGBA {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	start, right, down := 0, canvasPerPoint, from.Stride // in the bytes of from
	ends := [2]int{(w - 1) * canvasPerPoint, (h - 1) * from.Stride}
	switch orientation {
	case 2, 3, 7, 8: // its right edge comes first
		start, right = start+ends[0], -right
	}
	switch orientation {
	case 3, 4, 6, 7: // its lower edge comes first
		start, down = start+ends[1], -down
	}
	if orientation >= 5 {
		w, h, right, down = h, w, down, right
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		row := to.Pix[y*to.Stride:]
		at := start + y*down
		for x := range w {
			binary.LittleEndian.PutUint32(row[x*canvasPerPoint:], binary.LittleEndian.Uint32(from.Pix[at:]))
			at += right
		}
	}
	return to
}

// fit makes a picture smaller, so that no edge is longer; what fits is returned
// as it is.
func fit(from *image.RGBA, edge int) *image.RGBA {
	w, h := from.Rect.Dx(), from.Rect.Dy()
	longer := max(w, h)
	if longer <= edge {
		return from
	}
	to := image.NewRGBA(image.Rect(0, 0, max(1, w*edge/longer), max(1, h*edge/longer)))
	for y := range to.Rect.Dy() {
		for x := range to.Rect.Dx() {
			part := image.Rect(x*w/to.Rect.Dx(), y*h/to.Rect.Dy(), (x+1)*w/to.Rect.Dx(), (y+1)*h/to.Rect.Dy())
			colour := mean(from, part)
			copy(to.Pix[to.PixOffset(x, y):], colour[:])
		}
	}
	return to
}

// mean is the colour of a part, which has one point at least.
func mean(from *image.RGBA, part image.Rectangle) (colour [canvasPerPoint]uint8) {
	var sums [canvasPerPoint]int
	for y := part.Min.Y; y < part.Max.Y; y++ {
		row := from.Pix[from.PixOffset(part.Min.X, y) : from.PixOffset(part.Max.X-1, y)+canvasPerPoint]
		for i := 0; i+3 < len(row); i += canvasPerPoint {
			sums[0] += int(row[i])
			sums[1] += int(row[i+1])
			sums[2] += int(row[i+2])
			sums[3] += int(row[i+3])
		}
	}
	points := part.Dx() * part.Dy()
	for i, sum := range sums {
		colour[i] = uint8((sum + points/2) / points)
	}
	return colour
}
