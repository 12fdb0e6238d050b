package picture

import (
	"bytes"
	"errors"
	"io"

	"github.com/hamyar/hamyar/internal/fault"
)

// Document passes a PDF on as it is read, of at most limit bytes. It fails with
// DocumentMalformed before the first byte of what doesn't begin as a PDF, and in
// place of io.EOF where one doesn't end as a PDF does or ends as an archive too;
// FileTooLarge where it is longer. Nothing in a document is changed: it is for
// downloading, never for showing.
func Document(r io.Reader, limit int64) io.Reader { return &document{r: r, left: limit} }

// lastBytes are as many as an archive's last record may be away from its end.
const lastBytes = 64<<10 + 22

type document struct {
	r     io.Reader
	left  int64
	begun bool
	head  []byte // read and not yet passed on
	tail  []byte // the last bytes that were read, lastBytes or more if there were
	err   error
}

func (d *document) Read(p []byte) (int, error) {
	if !d.begun {
		d.begun = true
		d.begin()
	}
	switch {
	case len(d.head) > 0:
		n := copy(p, d.head)
		d.head = d.head[n:]
		return n, nil
	case d.err != nil:
		return 0, d.err
	}
	n, err := d.r.Read(p)
	d.took(p[:n], err)
	if d.err != nil && !errors.Is(d.err, io.EOF) {
		return 0, d.err
	}
	return n, d.err
}

// begin reads enough to tell a PDF.
func (d *document) begin() {
	head := make([]byte, len("%PDF-1."))
	n, err := io.ReadFull(d.r, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.err = fault.New(fault.DocumentMalformed)
		return
	}
	if d.took(head[:n], err); d.err != nil {
		return
	}
	if !bytes.Equal(head, []byte("%PDF-1.")) && !bytes.Equal(head, []byte("%PDF-2.")) {
		d.err = fault.New(fault.DocumentMalformed)
		return
	}
	d.head = head
}

// took remembers what was read, and judges the whole when that was all.
func (d *document) took(p []byte, err error) {
	d.left -= int64(len(p))
	d.tail = append(d.tail, p...)
	if extra := len(d.tail) - lastBytes; extra > lastBytes {
		d.tail = append(d.tail[:0], d.tail[extra:]...)
	}
	switch {
	case d.left < 0:
		d.err = fault.New(fault.FileTooLarge)
	case errors.Is(err, io.EOF) && !ends(d.tail):
		d.err = fault.New(fault.DocumentMalformed)
	default:
		d.err = err
	}
}

// ends tells whether a file ends as a PDF does and as nothing else. What opens
// archives looks for their last record from behind, over whatever comes after.
func ends(tail []byte) bool {
	end := bytes.TrimRight(tail, "\x00\t\n\f\r ")
	last := tail[max(0, len(tail)-lastBytes):]
	return bytes.HasSuffix(end, []byte("%%EOF")) && !bytes.Contains(last, []byte("PK\x05\x06"))
}
