package sealed

import (
	"errors"
	"io"
)

// Opener gives the bytes of a sealed file from offset up to its end.
type Opener func(offset int64) (io.ReadCloser, error)

// Reader opens a sealed file from any place in it, a chunk at a time, reading
// only the chunks that are asked for. It can't be shared between goroutines.
//
// What it gives is what was written there. It gives nothing of the last 64 KiB
// before the end of the file was seen to be the end that was written.
type Reader struct {
	_ [0]func()
	masked
	open   Opener
	from   io.ReadCloser // nil where nothing is open
	next   int64         // the chunk that from stands before
	chunks *chunks

	size, padded int64
	at           int64 // where the next Read begins
	loaded       int64 // the chunk whose plaintext is held, or none
	held         *held
}

const none = -1

var errSeek = errors.New("sealed: no such place in a file")

// Open reads a file's header and is ready to read the rest. Size is the length
// that its Writer told. Whatever is wrong with the file, the error is ErrOpen,
// here and in Read; any other error is one of open or of what it gave.
func (s *Stream) Open(open Opener, size int64) (*Reader, error) {
	if s == nil || size < 0 || size > MaxFile {
		return nil, ErrOpen
	}
	r := &Reader{open: open, size: size, padded: paddedFile(size), loaded: none, held: new(held)}
	err := r.begin(s)
	if err == nil && size == 0 {
		err = r.load(0) // there will be no byte to read, and the file must be looked at all the same
	}
	if err != nil {
		r.drop()
		return nil, err
	}
	return r, nil
}

func (r *Reader) begin(s *Stream) (err error) {
	if r.from, err = r.open(0); err != nil {
		return err
	}
	header := make([]byte, headerSize)
	if err = r.fill(header); err != nil {
		return err
	}
	if r.chunks, err = s.resume(header); err != nil {
		return err
	}
	r.held.memory = make([]byte, chunkSize+r.chunks.overhead)
	return nil
}

// Read gives what was written, from where the last Read ended or Seek went.
func (r *Reader) Read(p []byte) (int, error) {
	if r.at >= r.size {
		return 0, io.EOF
	}
	if len(p) == 0 {
		return 0, nil
	}
	if index := r.at / chunkSize; index != r.loaded {
		if err := r.load(index); err != nil {
			r.drop()
			return 0, err
		}
	}
	n := copy(p, r.held.plain[r.at%chunkSize:])
	r.at += int64(n)
	return n, nil
}

// Seek goes to another place of what was written; nothing is read until Read.
func (r *Reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekStart:
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	default:
		return 0, errSeek
	}
	if offset < 0 {
		return 0, errSeek
	}
	r.at = offset
	return offset, nil
}

// Close wipes what was opened and closes what is beneath.
func (r *Reader) Close() error {
	r.size = 0
	r.drop()
	return nil
}

// drop forgets the plaintext, and the place in the file beneath.
func (r *Reader) drop() {
	if r.from != nil {
		r.from.Close()
	}
	r.from, r.loaded, r.held.plain = nil, none, nil
	clear(r.held.memory)
}

func (r *Reader) last() int64 { return (r.padded - 1) / chunkSize }

// load opens a chunk. Where that holds the last byte that was written, nothing
// but padding follows, and that is looked at first.
func (r *Reader) load(index int64) (err error) {
	r.loaded, r.held.plain = none, nil
	if err = r.goTo(index); err != nil {
		return err
	}
	if r.held.plain, err = r.decrypt(r.held.memory); err != nil {
		return err
	}
	if index == max(r.size-1, 0)/chunkSize {
		if err = r.finish(); err != nil {
			return err
		}
	}
	r.held.plain = r.held.plain[:min(int64(len(r.held.plain)), r.size-index*chunkSize)]
	r.loaded = index
	return nil
}

func (r *Reader) goTo(index int64) (err error) {
	if r.from != nil && r.next == index {
		return nil
	}
	r.drop()
	r.from, err = r.open(headerSize + index*int64(chunkSize+r.chunks.overhead))
	r.next = index
	return err
}

// decrypt opens the chunk that from stands before, in the memory of buffer.
func (r *Reader) decrypt(buffer []byte) ([]byte, error) {
	length := min(chunkSize, r.padded-r.next*chunkSize)
	chunk := buffer[:length+int64(r.chunks.overhead)]
	if err := r.fill(chunk); err != nil {
		return nil, err
	}
	nonce, data := r.chunks.at(r.next, r.next == r.last(), r.size)
	plain, err := r.chunks.aead.Open(chunk[:0], nonce, chunk, data)
	if err != nil {
		return nil, ErrOpen
	}
	r.next++
	return plain, nil
}

// finish opens the padding up to the last chunk, behind which nothing may be.
func (r *Reader) finish() error {
	if r.next <= r.last() {
		padding := make([]byte, len(r.held.memory))
		for r.next <= r.last() {
			if _, err := r.decrypt(padding); err != nil {
				return err
			}
		}
	}
	var more [1]byte
	switch _, err := io.ReadFull(r.from, more[:]); {
	case err == nil:
		return ErrOpen
	case errors.Is(err, io.EOF):
		return nil
	default:
		return err
	}
}

// fill reads all of p; that there is less is nothing but one more way not to open.
func (r *Reader) fill(p []byte) error {
	_, err := io.ReadFull(r.from, p)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return ErrOpen
	}
	return err
}
