package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// records are the lines of a file, and a line may hold others in its quotes. None is longer than longestRecord: where a
// quote is left open, everything behind it would be one record, and fill the memory.
type records struct {
	*csv.Reader
	from *bounded
}

// longestRecord is in bytes.
const longestRecord = 1 << 26

var errLong = errors.New("a record is too long")

// bounded reads as much as is left, and then fails.
type bounded struct {
	io.Reader
	left int
}

func (b *bounded) Read(into []byte) (int, error) {
	if b.left <= 0 {
		return 0, errLong
	}
	n, err := b.Reader.Read(into[:min(len(into), b.left)])
	b.left -= n
	return n, err
}

// cells reads records behind a byte-order mark.
func cells(r io.Reader, opts Options) (*records, error) {
	delimiter := opts.delimiter()
	if delimiter == '"' || delimiter == '\r' || delimiter == '\n' || !utf8.ValidRune(delimiter) || delimiter == utf8.RuneError {
		return nil, &Wrong{File: opts.Name, What: "a quote or the end of a line can't be the delimiter"}
	}
	from := &bounded{r, longestRecord}
	buffered := bufio.NewReaderSize(from, 1<<16)
	start, err := buffered.Peek(3)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xff\xfe")), bytes.HasPrefix(start, []byte("\xfe\xff")):
		return nil, &Wrong{File: opts.Name, Line: 1, What: "the file is UTF-16; save it as UTF-8"}
	case bytes.Equal(start, []byte("\ufeff")):
		_, _ = buffered.Discard(len(start)) // they were peeked at
	}
	reader := csv.NewReader(buffered)
	reader.Comma, reader.ReuseRecord = delimiter, true
	return &records{reader, from}, nil
}

// next is the next record, which the one after it overwrites.
func (r *records) next() ([]string, error) {
	r.from.left = longestRecord
	return r.Read()
}

// misread tells what a reader of records couldn't read.
func misread(err error, opts Options, names []string, row int) error {
	if errors.Is(err, errLong) {
		return &Wrong{File: opts.Name, Row: row, What: fmt.Sprintf("it is longer than %d MiB; is a quote left open?", longestRecord>>20)}
	}
	var at *csv.ParseError
	if !errors.As(err, &at) {
		return err
	}
	wrong := &Wrong{File: opts.Name, Row: row, Line: at.StartLine}
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		wrong.What = fmt.Sprintf("it has more or fewer cells than the %d of the header", len(names))
	case errors.Is(err, csv.ErrBareQuote):
		wrong.Line = at.Line
		wrong.What = fmt.Sprintf("a quote stands within a cell that doesn't begin with one (byte %d of the line); quote the cell, and double the quotes in it", at.Column)
	case errors.Is(err, csv.ErrQuote):
		wrong.What = "a quoted cell doesn't end where it should; double the quotes within a cell"
	default:
		wrong.What = "it can't be read as comma-separated values"
	}
	return wrong
}
