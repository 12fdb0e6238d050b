// Package blobs keeps files that are too large for a row, each under a random name: in a folder of this machine, or in
// the store of a cloud.
//
//	file:///path              a folder that is there already and that only its owner enters
//	s3: gs: azblob:           in programs built with the tag of that name
//
// It protects what is in them only by keeping them apart: whoever stores something here has sealed it before. A name says
// nothing, a file in a folder shows the day of storing and no time, and one that was taken away is gone. An installation
// has a corner of its own, so that two may share a store and neither touches what the other keeps. It must never see
// anything in plain, and never repeat the address of a store in an error.
package blobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path"
	"strings"
	"time"

	"github.com/google/uuid"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/hamyar/hamyar/internal/fault"
)

// None of these repeats a URL: it may hold an account's name.
var (
	errScheme = errors.New("blobs: the URL must begin with file:///, s3://, gs:// or azblob://")
	errFolder = errors.New("blobs: after file:// comes the full path of a folder, and nothing behind it")
	errStore  = errors.New("blobs: the store does not answer, or refuses")
)

// Store is a place for blobs. It is safe for concurrent use and can't be printed.
type Store struct {
	bucket *blob.Bucket
	folder string // where blobs lie, if they lie in a folder of this machine
}

// Open opens the store that a URL names, and in it the corner of one installation. A folder is looked at now; a store
// across the network is first asked by Check.
func Open(ctx context.Context, storeURL string, corner uuid.UUID) (*Store, error) {
	scheme, rest, _ := strings.Cut(storeURL, "://")
	var bucket *blob.Bucket
	var folder string
	var err error
	switch scheme {
	case "file":
		bucket, err = openFolder(rest)
		folder = path.Join(rest, corner.String())
	case "s3":
		bucket, err = openS3(ctx, storeURL)
	case "gs":
		bucket, err = openGS(ctx, storeURL)
	case "azblob":
		bucket, err = openAzure(ctx, storeURL)
	default:
		err = errScheme
	}
	if err != nil {
		return nil, err
	}
	return &Store{blob.PrefixedBucket(bucket, corner.String()+"/"), folder}, nil
}

// Write stores what fill writes, whole or not at all, and returns when the store has it for good. day is all that the
// store is told of when.
func (s *Store) Write(ctx context.Context, name uuid.UUID, day time.Time, fill func(io.Writer) error) error {
	ctx, abandon := context.WithCancel(ctx)
	defer abandon()
	draft := &draft{}
	w, err := s.bucket.NewWriter(ctx, name.String(), &blob.WriterOptions{ContentType: "application/octet-stream", BeforeWrite: draft.begin})
	if err != nil {
		return judge(err)
	}
	if err := fill(w); err != nil {
		abandon() // or closing would keep the half of it
		_ = w.Close()
		return err
	}
	if err := draft.end(day); err != nil {
		abandon()
		_ = w.Close()
		return judge(err)
	}
	if err := w.Close(); err != nil {
		return judge(err)
	}
	return s.settle(day)
}

// Read reads so many bytes of a blob from an offset on; to its end, if length is negative.
func (s *Store) Read(ctx context.Context, name uuid.UUID, offset, length int64) (io.ReadCloser, error) {
	r, err := s.bucket.NewRangeReader(ctx, name.String(), offset, length, nil)
	if err != nil {
		return nil, judge(err)
	}
	return r, nil
}

// Delete takes a blob away. One that isn't there is gone already.
func (s *Store) Delete(ctx context.Context, name uuid.UUID, day time.Time) error {
	return s.delete(ctx, name.String(), day)
}

func (s *Store) delete(ctx context.Context, key string, day time.Time) error {
	err := s.bucket.Delete(ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	if err != nil {
		return judge(err)
	}
	return s.settle(day)
}

// Each shows the blobs that were stored before a day, some at a time, in no order that says anything. What isn't called as
// a blob is called, such as a draft that a crash left, is deleted.
func (s *Store) Each(ctx context.Context, before time.Time, show func(names []uuid.UUID) error) error {
	token := blob.FirstPageToken
	for len(token) > 0 {
		page, next, err := s.bucket.ListPage(ctx, token, 1000, nil)
		if err != nil {
			return judge(err)
		}
		token = next
		var names []uuid.UUID
		for _, object := range page {
			if !object.ModTime.Before(before) {
				continue
			}
			name, err := uuid.Parse(object.Key)
			if err != nil || name.String() != object.Key {
				if err := s.delete(ctx, object.Key, before); err != nil {
					return err
				}
				continue
			}
			names = append(names, name)
		}
		if len(names) == 0 {
			continue
		}
		if err := show(names); err != nil {
			return err
		}
	}
	return nil
}

// Check stores a few bytes, reads a part of them again and deletes them. It is for a corner that nobody else uses, and
// leaves none behind.
func (s *Store) Check(ctx context.Context, day time.Time) error {
	name := uuid.New()
	err := s.Write(ctx, name, day, func(w io.Writer) error { _, err := w.Write(name[:]); return err })
	if err != nil {
		return err
	}
	r, err := s.Read(ctx, name, 4, 8)
	if err != nil {
		return err
	}
	there, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close(), s.Delete(ctx, name, day)); err != nil {
		return judge(err)
	}
	if !bytes.Equal(there, name[4:12]) {
		return judge(errStore)
	}
	if s.folder != "" {
		_ = os.Remove(s.folder) // it stays where something lies in it
	}
	return nil
}

// Close lets go of connections.
func (s *Store) Close() error {
	if err := s.bucket.Close(); err != nil {
		return errors.New("blobs: the store does not close")
	}
	return nil
}

// judge makes a fault of what a store said, and leaves out its words.
func judge(err error) error {
	if gcerrors.Code(err) == gcerrors.NotFound {
		return fault.Wrap(fault.NotFound, errStore)
	}
	return fault.Wrap(fault.Unavailable, errStore)
}

const masked = "[blobs]"

// Format masks, whatever the verb.
func (*Store) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue masks.
func (*Store) LogValue() slog.Value { return slog.StringValue(masked) }
