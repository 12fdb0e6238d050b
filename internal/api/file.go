package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/attachment/picture"
	"github.com/hamyar/hamyar/internal/fault"
)

// A file may take minutes on a slow line, which everything else may not. While it moves, the connection is kept; when it
// stands still, or takes for ever, it is given up.
const (
	standsStill = 30 * time.Second
	forEver     = 10 * time.Minute
	// mostUpload is more than any file may be: who sends more isn't listened to.
	mostUpload = 21 << 20
)

// arriving is the body of an upload.
type arriving struct {
	body  io.Reader
	line  *http.ResponseController
	until time.Time
}

func incoming(w http.ResponseWriter, r *http.Request) io.Reader {
	return &arriving{http.MaxBytesReader(w, r.Body, mostUpload), http.NewResponseController(w), time.Now().Add(forEver)}
}

func (a *arriving) Read(b []byte) (int, error) {
	now := time.Now()
	if now.After(a.until) {
		return 0, fault.New(fault.SlowRequest)
	}
	// A server without deadlines, as a test's, needs no others.
	_ = a.line.SetReadDeadline(now.Add(standsStill))
	_ = a.line.SetWriteDeadline(now.Add(3 * standsStill)) // time to say what became of it
	n, err := a.body.Read(b)
	var large *http.MaxBytesError
	switch {
	case err == nil, errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return n, err
	case errors.As(err, &large):
		return n, fault.New(fault.FileTooLarge)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return n, fault.New(fault.SlowRequest)
	}
	return n, fault.Wrap(fault.Malformed, err) // it broke off
}

// span is the part of a file that goes out.
type span struct {
	from, to int64 // to is behind the last byte
	part     bool
}

// fileTag is the tag of every file: what stands under an address there never changes.
const fileTag = `"1"`

// spanOf reads a Range header (RFC 9110, 14.2). Several parts, other units and what doesn't read are passed over, and the
// whole goes out, as it does to who has parts of something else.
func spanOf(ranges, ifRange string, size int64) (span, error) {
	whole := span{0, size, false}
	spec, isBytes := strings.CutPrefix(ranges, "bytes=")
	first, last, isRange := strings.Cut(strings.TrimSpace(spec), "-")
	if !isBytes || !isRange || ifRange != "" && ifRange != fileTag || first == "" && last == "" {
		return whole, nil
	}
	from, to := int64(0), size
	if first != "" {
		var ok bool
		if from, ok = digits(first); !ok {
			return whole, nil
		}
	}
	if last != "" {
		n, ok := digits(last)
		switch {
		case !ok, first != "" && n < from:
			return whole, nil
		case first == "": // the last n bytes
			from = size - min(n, size)
		default:
			to = min(n, size-1) + 1
		}
	}
	if from >= size || from == to {
		return span{}, outOfRange{fault.New(fault.AttachmentRange), size}
	}
	return span{from, to, true}, nil
}

func digits(s string) (int64, bool) {
	if strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}

// outOfRange is a refusal that tells how long the file is.
type outOfRange struct {
	*fault.Fault
	size int64
}

// Unwrap is the fault.
func (o outOfRange) Unwrap() error { return o.Fault }

// give sends a part of a file, and closes it. Where the rest doesn't come, the client must see that, and the log, unless
// it was the client who went.
func give(ctx context.Context, w http.ResponseWriter, file *attachment.File, s span) {
	defer file.Close() //nolint:errcheck // it was only read
	h := w.Header()
	h.Set("Content-Type", file.MediaType)
	h.Set("Content-Length", strconv.FormatInt(s.to-s.from, 10))
	h.Set("Accept-Ranges", "bytes")
	h.Set("ETag", fileTag)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'")
	h.Set("Content-Disposition", "inline")
	if file.MediaType == picture.PDF {
		h.Set("Content-Disposition", `attachment; filename="document.pdf"`)
	}
	status := http.StatusOK
	if s.part {
		status = http.StatusPartialContent
		h.Set("Content-Range", "bytes "+strconv.FormatInt(s.from, 10)+"-"+strconv.FormatInt(s.to-1, 10)+"/"+strconv.FormatInt(file.Size, 10))
	}
	if _, err := file.Seek(s.from, io.SeekStart); err != nil {
		panic(http.ErrAbortHandler)
	}
	w.WriteHeader(status)
	out := &leaving{to: w, line: http.NewResponseController(w)}
	if _, err := io.CopyN(out, file, s.to-s.from); err != nil {
		if !out.lost && ctx.Err() == nil {
			note(ctx, err)
		}
		panic(http.ErrAbortHandler)
	}
}

// leaving is a file on its way out.
type leaving struct {
	to   io.Writer
	line *http.ResponseController
	lost bool // nobody takes it any more
}

func (l *leaving) Write(b []byte) (int, error) {
	soon := time.Now().Add(standsStill)
	_ = l.line.SetWriteDeadline(soon)
	_ = l.line.SetReadDeadline(soon) // or the server would take the client's silence for its end
	n, err := l.to.Write(b)
	l.lost = err != nil
	return n, err
}
