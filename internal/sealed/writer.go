package sealed

import "io"

// Writer seals a file while it is written, a chunk at a time. A file that isn't
// closed has no end and never opens as a whole. It can't be shared between
// goroutines.
type Writer struct {
	_ [0]func()
	masked
	to     io.Writer
	chunks *chunks
	index  int64
	size   int64
	closed bool
	held   *held
	err    error
}

// Create begins a file in to, with a header.
func (s *Stream) Create(to io.Writer) (*Writer, error) {
	header, c, err := s.begin()
	if err != nil {
		return nil, err
	}
	if _, err := to.Write(header); err != nil {
		return nil, err
	}
	return &Writer{to: to, chunks: c, held: &held{plain: make([]byte, 0, chunkSize+c.overhead)}}, nil
}

// Size is how many bytes were written, which whoever opens the file has to know.
func (w *Writer) Size() int64 { return w.size }

// Write seals p. ErrSeal says that the file is longer than MaxFile or closed;
// any other error is one of the writer beneath. After an error all else fails.
func (w *Writer) Write(p []byte) (int, error) {
	if w.err == nil && (w.closed || int64(len(p)) > MaxFile-w.size) {
		w.err = ErrSeal
	}
	if w.err != nil {
		return 0, w.err
	}
	w.size += int64(len(p))
	w.add(p)
	if w.err != nil {
		return 0, w.err
	}
	return len(p), nil
}

// Close pads the file and seals its end. It doesn't close what is beneath.
func (w *Writer) Close() error {
	if w.closed || w.err != nil {
		return w.err
	}
	w.closed = true
	var zeros [4 << 10]byte
	for missing := paddedFile(w.size) - w.size; missing > 0; missing -= int64(len(zeros)) {
		w.add(zeros[:min(missing, int64(len(zeros)))])
	}
	w.flush(true)
	clear(w.held.plain[:cap(w.held.plain)])
	return w.err
}

// add gathers plaintext. A full chunk waits for the byte that follows it,
// because nothing else tells that it isn't the last.
func (w *Writer) add(p []byte) {
	for len(p) > 0 && w.err == nil {
		if len(w.held.plain) == chunkSize {
			w.flush(false)
		}
		n := min(len(p), chunkSize-len(w.held.plain))
		w.held.plain = append(w.held.plain, p[:n]...)
		p = p[n:]
	}
}

func (w *Writer) flush(last bool) {
	if w.err != nil {
		return
	}
	nonce, data := w.chunks.at(w.index, last, w.size)
	_, w.err = w.to.Write(w.chunks.aead.Seal(w.held.plain[:0], nonce, w.held.plain, data))
	w.held.plain = w.held.plain[:0]
	w.index++
}
