package attachment

import (
	"bytes"
	"context"
	"fmt"
	"io"

	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/sealed"
)

// What is sealed of one attachment, by the name of its place.
const (
	theFile      = "file"
	theThumbnail = "thumbnail"
)

// storePicture makes a picture of an upload and stores both its sizes.
func (s *Shelf) storePicture(ctx context.Context, made *stored, into func(string) (*sealed.Stream, error), body io.Reader) error {
	p, err := s.pictures.Take(ctx, body)
	if err != nil {
		return err
	}
	made.mediaType, made.width, made.height = p.Whole.MediaType, p.Whole.Width, p.Whole.Height
	made.thumbnailType = p.Thumbnail.MediaType
	return s.store.Write(ctx, made.blob, day(s.clock()), func(w io.Writer) error {
		counted := &counter{to: w}
		if made.thumbnail, err = seal(counted, into, theThumbnail, bytes.NewReader(p.Thumbnail.Bytes)); err != nil {
			return err
		}
		made.begins = counted.n
		made.size, err = seal(counted, into, theFile, bytes.NewReader(p.Whole.Bytes))
		return err
	})
}

// storeDocument passes a document on as it is read.
func (s *Shelf) storeDocument(ctx context.Context, made *stored, into func(string) (*sealed.Stream, error), body io.Reader) error {
	made.mediaType = picture.PDF
	return s.store.Write(ctx, made.blob, day(s.clock()), func(w io.Writer) (err error) {
		made.size, err = seal(w, into, theFile, picture.Document(body, mostDocument))
		return err
	})
}

// seal writes what it reads, sealed, and says how much it read.
func seal(w io.Writer, into func(string) (*sealed.Stream, error), column string, from io.Reader) (size int64, err error) {
	stream, err := into(column)
	if err != nil {
		return 0, fmt.Errorf("attachment: seal a file: %w", err)
	}
	to, err := stream.Create(w)
	if err != nil {
		return 0, fmt.Errorf("attachment: seal a file: %w", err)
	}
	if _, err := io.Copy(to, from); err != nil {
		return 0, fmt.Errorf("attachment: seal a file: %w", err)
	}
	if err := to.Close(); err != nil {
		return 0, fmt.Errorf("attachment: seal a file: %w", err)
	}
	return to.Size(), nil
}

// counter counts what goes through it.
type counter struct {
	to io.Writer
	n  int64
}

func (c *counter) Write(b []byte) (int, error) {
	n, err := c.to.Write(b)
	c.n += int64(n)
	return n, err
}
