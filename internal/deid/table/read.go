package table

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Options say how a file is written.
type Options struct {
	Name      string          // of the file, for errors
	Delimiter rune            // between cells; a comma where it is 0
	Leave     map[string]bool // columns that are not kept, so that nothing of them stays in memory
}

func (o Options) delimiter() rune {
	if o.Delimiter == 0 {
		return ','
	}
	return o.Delimiter
}

// block is how many rows are read between two words of progress, and how many codes are kept in one piece: a slice that
// grows by copying itself would need twice the memory of a large table.
const block = 1 << 16

// Read reads a table of comma-separated values with a header (RFC 4180; a byte-order mark and empty lines are passed over).
// What is wrong with it comes back as a *Wrong, and what is wrong with the reader as it is. progress is told the rows
// that were read, now and then; it may be nil.
func Read(r io.Reader, opts Options, progress func(rows int)) (*Table, error) {
	reader, err := cells(r, opts)
	if err != nil {
		return nil, err
	}
	header, err := reader.next()
	if errors.Is(err, io.EOF) {
		return nil, &Wrong{File: opts.Name, What: "it is empty; a header and at least one row are needed"}
	}
	if err != nil {
		return nil, misread(err, opts, nil, 0)
	}
	names := slices.Clone(header)
	if err := goodHeader(names, opts); err != nil {
		return nil, err
	}
	columns := make([]growing, len(names))
	for i, name := range names {
		columns[i] = growing{name: strings.Clone(name), left: opts.Leave[name], codeOf: map[string]uint32{}}
		names[i] = columns[i].name
	}
	rows, err := readRows(reader, columns, names, opts, progress)
	if err != nil {
		return nil, err
	}
	if rows == 0 {
		return nil, &Wrong{File: opts.Name, What: "it has a header and no row"}
	}
	t := &Table{Rows: rows}
	for i := range columns {
		if !columns[i].left {
			t.Columns = append(t.Columns, columns[i].column(rows))
		}
	}
	return t, nil
}

func readRows(reader *records, columns []growing, names []string, opts Options, progress func(rows int)) (rows int, err error) {
	for {
		record, err := reader.next()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return 0, misread(err, opts, names, rows+1)
		}
		if rows++; rows == math.MaxInt32 {
			return 0, &Wrong{File: opts.Name, Row: rows, What: "these are more rows than fit into one table"}
		}
		for i, cell := range record {
			if !columns[i].add(cell) {
				line, _ := reader.FieldPos(i)
				return 0, &Wrong{File: opts.Name, Row: rows, Line: line, Column: names[i], What: "the text is not valid UTF-8; save the file as UTF-8"}
			}
		}
		if progress != nil && rows%block == 0 {
			progress(rows)
		}
	}
}

func goodHeader(names []string, opts Options) error {
	seen := map[string]int{}
	for i, name := range names {
		wrong := &Wrong{File: opts.Name, Line: 1, Column: strconv.Itoa(i + 1)}
		first, twice := seen[name]
		switch {
		case !utf8.ValidString(name):
			wrong.What = "its name is not valid UTF-8; save the file as UTF-8"
		case strings.TrimSpace(name) == "":
			wrong.What = "it has no name in the header"
		case twice:
			wrong.What = fmt.Sprintf("it has the same name in the header as column %d", first)
		default:
			seen[name] = i + 1
			continue
		}
		return wrong
	}
	return nil
}

// growing is a column while it is read.
type growing struct {
	name   string
	left   bool // not kept
	values []string
	codeOf map[string]uint32
	pieces [][]uint32
}

// add takes a cell, unless it is not UTF-8.
func (g *growing) add(cell string) bool {
	if g.left {
		return true
	}
	code, known := g.codeOf[cell]
	if !known {
		if !utf8.ValidString(cell) {
			return false
		}
		code, cell = uint32(len(g.values)), strings.Clone(cell) // or it would keep its whole record in memory
		g.values, g.codeOf[cell] = append(g.values, cell), code
	}
	last := len(g.pieces) - 1
	if last < 0 || len(g.pieces[last]) == block {
		g.pieces = append(g.pieces, make([]uint32, 0, block))
		last++
	}
	g.pieces[last] = append(g.pieces[last], code)
	return true
}

// column puts the pieces together, and lets them go.
func (g *growing) column(rows int) Column {
	codes := make([]uint32, 0, rows)
	for _, piece := range g.pieces {
		codes = append(codes, piece...)
	}
	g.pieces, g.codeOf = nil, nil
	return Column{Name: g.name, Values: g.values, Codes: codes}
}
