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
	"context"
	"io"
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
	Memory    int64 // in bytes, that all decoding at once may take
}

// Usual are the limits that Hamyar runs with.
var Usual = Limits{Bytes: 10 << 20, Points: 24_000_000, Edge: 12_000, Thumbnail: 480, Uploads: 16, Memory: 512 << 20}

// Intake takes pictures in, as many at once as its limits allow; others wait.
type Intake struct {
	limits Limits
}

// NewIntake is an intake with limits of its own.
func NewIntake(limits Limits) *Intake { return &Intake{limits: limits} }

// Take reads an upload to its end and makes new pictures of it. What is refused
// is a fault: PictureUnsupported, PictureMalformed, PictureAnimated,
// PictureTooLarge for its points, FileTooLarge for its bytes. Busy says that ctx
// ended while others were before it. An error of r comes back as it is.
func (in *Intake) Take(ctx context.Context, r io.Reader) (Picture, error) { panic("not yet") }

// Document passes a PDF on as it is read, of at most limit bytes. It fails with
// DocumentMalformed before the first byte of what doesn't begin as a PDF, and in
// place of io.EOF where one doesn't end as a PDF does or is another file too;
// FileTooLarge where it is longer. Nothing in a document is changed: it is for
// downloading, never for showing.
func Document(r io.Reader, limit int64) io.Reader { panic("not yet") }
