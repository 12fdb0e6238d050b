// Package picture takes in what people attach: it makes a new picture of the
// points of theirs, so that nothing else of their file is kept.
//
// It protects a member from what a file tells besides what is to be seen: where
// and when it was taken and with what, who edited it, what it showed before it
// was cropped or painted over, what was hidden in it. It protects the server
// from files that are made to fill its memory or its time, and readers from
// files that are two things at once. It must never let a byte of an uploaded
// picture through, believe a name or a header that came along, or say in an
// error what it found.
package picture

import (
	"bytes"
	"context"
	"errors"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/sync/semaphore"

	"github.com/hamyar/hamyar/internal/fault"
)

// What a picture and a document are, as HTTP calls it.
const (
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp" // taken in, and never given out
	PDF  = "application/pdf"
)

// Image is a file that was made here.
type Image struct {
	MediaType     string // JPEG, or PNG where there is transparency or few colours
	Width, Height int    // in points, upright
	Bytes         []byte
}

// Picture is what became of an upload.
type Picture struct {
	Whole     Image
	Thumbnail Image // the whole once more, if that is small enough
}

// Limits bound what is taken in. They have no zero meaning: begin with Usual.
type Limits struct {
	Bytes     int64 // of an upload, and of what is made of it
	Points    int   // width × height
	Edge      int   // the longer side
	Thumbnail int   // the longer side of a thumbnail
	Uploads   int   // read and worked on at once, each holding up to Bytes
	Memory    int64 // in bytes, that making pictures takes at once; what alone takes more is too large
}

// Usual are the limits that Hamyar runs with.
var Usual = Limits{Bytes: 10 << 20, Points: 24_000_000, Edge: 12_000, Thumbnail: 480, Uploads: 16, Memory: 512 << 20}

// Intake takes pictures in, as many at once as its limits allow; others wait.
type Intake struct {
	limits  Limits
	uploads *semaphore.Weighted // how many
	memory  *semaphore.Weighted // in bytes
}

// NewIntake is an intake with limits of its own.
func NewIntake(limits Limits) *Intake {
	return &Intake{
		limits:  limits,
		uploads: semaphore.NewWeighted(int64(limits.Uploads)),
		memory:  semaphore.NewWeighted(limits.Memory),
	}
}

// Take reads an upload to its end and makes new pictures of it. What is refused
// is a fault: PictureUnsupported, PictureMalformed, PictureAnimated,
// PictureTooLarge for its points, or for what it takes to unpack them,
// FileTooLarge for its bytes. Busy says that ctx
// ended before it was done. An error of r comes back as it is.
func (in *Intake) Take(ctx context.Context, r io.Reader) (Picture, error) {
	if in.uploads.Acquire(ctx, 1) != nil {
		return Picture{}, busy(ctx)
	}
	defer in.uploads.Release(1)
	data, err := io.ReadAll(io.LimitReader(r, in.limits.Bytes+1))
	switch {
	case err != nil:
		return Picture{}, err
	case int64(len(data)) > in.limits.Bytes:
		return Picture{}, fault.New(fault.FileTooLarge)
	}
	found, err := recognise(data)
	if err != nil {
		return Picture{}, err
	}
	if !in.limits.admit(found.width, found.height) {
		return Picture{}, fault.New(fault.PictureTooLarge)
	}
	need := found.memory() + in.limits.forFiles()
	if need > in.limits.Memory {
		return Picture{}, fault.New(fault.PictureTooLarge)
	}
	if in.memory.Acquire(ctx, need) != nil {
		return Picture{}, busy(ctx)
	}
	defer in.memory.Release(need)
	return in.develop(ctx, found, data)
}

func busy(ctx context.Context) error { return fault.Wrap(fault.Busy, context.Cause(ctx)) }

// admit compares without multiplying what might not fit.
func (l Limits) admit(width, height int) bool {
	return width >= 1 && height >= 1 && width <= l.Edge && height <= l.Edge && height <= l.Points/width
}

// forFiles is the memory that writing both files takes, whose buffers double as
// they grow.
func (l Limits) forFiles() int64 { return 3*l.Bytes + 4<<20 }

func (in *Intake) develop(ctx context.Context, found source, data []byte) (Picture, error) {
	decoded, err := found.decode(attentive{ctx, bytes.NewReader(data)})
	switch {
	case ctx.Err() != nil:
		return Picture{}, busy(ctx)
	case err != nil:
		return Picture{}, refusal(err)
	case decoded.Bounds().Dx() != found.width || decoded.Bounds().Dy() != found.height:
		return Picture{}, fault.New(fault.PictureMalformed)
	}
	points := upright(decoded, found.orientation)
	whole, err := in.encode(ctx, points, found.mediaType)
	if err != nil {
		return Picture{}, err
	}
	small := fit(points, in.limits.Thumbnail)
	if small == points {
		return Picture{Whole: whole, Thumbnail: whole}, nil
	}
	thumbnail, err := in.encode(ctx, small, found.mediaType)
	if err != nil {
		return Picture{}, err
	}
	return Picture{Whole: whole, Thumbnail: thumbnail}, nil
}

// refusal tells a picture that we can't read from one that nobody can.
func refusal(err error) error {
	var ofJPEG jpeg.UnsupportedError
	var ofPNG png.UnsupportedError
	if errors.As(err, &ofJPEG) || errors.As(err, &ofPNG) {
		return fault.New(fault.PictureUnsupported)
	}
	return fault.New(fault.PictureMalformed)
}

// attentive stops reading when ctx ends, and so it stops a decoder.
type attentive struct {
	ctx context.Context
	r   io.Reader
}

func (a attentive) Read(p []byte) (int, error) {
	if err := a.ctx.Err(); err != nil {
		return 0, err
	}
	return a.r.Read(p)
}
