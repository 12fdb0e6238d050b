package table

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Hierarchy says how the values of a column are made coarser. Level 0 is the values themselves, its leaves, in the order
// of the file, which is their natural order where they have one. Values that are one value at a level are one at every
// level above, and at the last level all are.
type Hierarchy struct {
	Leaves []string
	Levels [][]uint32 // Levels[l][leaf] is the code of the leaf's value at level l; Levels[0][leaf] is leaf
	Names  [][]string // Names[l][code] is that value as it is written
}

// Top is the last level.
func (h *Hierarchy) Top() int { return len(h.Levels) - 1 }

// Flat is the hierarchy of a column that has none: a value stays, or becomes *.
func Flat(values []string) *Hierarchy {
	h := &Hierarchy{Leaves: slices.Clone(values), Levels: [][]uint32{make([]uint32, len(values)), make([]uint32, len(values))}}
	for leaf := range h.Leaves {
		h.Levels[0][leaf] = uint32(leaf)
	}
	h.Names = [][]string{h.Leaves, {Suppressed}}
	return h
}

// ReadHierarchy reads a hierarchy: a line for each leaf, which holds the leaf and then its value at every level, without a
// header. What is wrong with it comes back as a *Wrong: lines of different depth, a leaf twice, a value with two parents,
// a value that means one set of leaves at one level and another at another, a last level with more than one value.
func ReadHierarchy(r io.Reader, opts Options) (*Hierarchy, error) {
	reader, err := cells(r, opts)
	if err != nil {
		return nil, err
	}
	reader.FieldsPerRecord = -1
	g := growth{opts: opts, leaves: map[string]int{}}
	for {
		record, err := reader.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, misread(err, opts, nil, 0)
		}
		line, _ := reader.FieldPos(0)
		if err := g.add(record, line); err != nil {
			return nil, err
		}
	}
	return g.whole()
}

// growth is a hierarchy while it is read.
type growth struct {
	opts   Options
	made   Hierarchy
	leaves map[string]int      // the lines that they stand on
	codes  []map[string]uint32 // the values of each level
	parent []map[uint32]uint32 // of each value of a level, among those of the next
	line   int                 // the last that was read
}

func (g *growth) wrong(line, level int, format string, args ...any) error {
	w := &Wrong{File: g.opts.Name, Line: line, What: fmt.Sprintf(format, args...)}
	if level > 0 {
		w.Column = strconv.Itoa(level)
	}
	return w
}

func (g *growth) add(record []string, line int) error {
	g.line = line
	if g.codes == nil {
		g.begin(len(record))
	}
	for i, value := range record {
		if !utf8.ValidString(value) {
			return g.wrong(line, i+1, "the text is not valid UTF-8; save the file as UTF-8")
		}
	}
	if len(record) != len(g.codes) {
		return g.wrong(line, 0, "its depth is %d, and that of the lines above %d: every leaf needs a value at every level", len(record), len(g.codes))
	}
	if first, twice := g.leaves[record[0]]; twice {
		return g.wrong(line, 1, "this leaf stands on line %d already", first)
	}
	leaf := strings.Clone(record[0])
	g.leaves[leaf] = line
	g.made.Leaves = append(g.made.Leaves, leaf)
	for level, value := range record {
		g.made.Levels[level] = append(g.made.Levels[level], g.code(level, value))
	}
	return g.oneParent(line)
}

func (g *growth) begin(depth int) {
	g.made.Levels, g.made.Names = make([][]uint32, depth), make([][]string, depth)
	g.parent = make([]map[uint32]uint32, depth)
	for level := range depth {
		g.codes = append(g.codes, map[string]uint32{})
		g.parent[level] = map[uint32]uint32{}
	}
}

func (g *growth) code(level int, value string) uint32 {
	code, known := g.codes[level][value]
	if !known {
		value, code = strings.Clone(value), uint32(len(g.codes[level]))
		g.codes[level][value] = code
		g.made.Names[level] = append(g.made.Names[level], value)
	}
	return code
}

// oneParent checks the leaf that was added last.
func (g *growth) oneParent(line int) error {
	leaf := len(g.made.Leaves) - 1
	for level := 1; level < len(g.codes); level++ {
		child, parent := g.made.Levels[level-1][leaf], g.made.Levels[level][leaf]
		before, known := g.parent[level][child]
		if known && before != parent {
			return g.wrong(line, level+1, "the value before it has another parent on a line above; a value has one parent")
		}
		g.parent[level][child] = parent
	}
	return nil
}

func (g *growth) whole() (*Hierarchy, error) {
	if len(g.made.Leaves) == 0 {
		return nil, g.wrong(0, 0, "it is empty; a line for each value of the column is needed")
	}
	top := g.made.Top()
	if top == 0 {
		return nil, g.wrong(1, 0, "it has leaves alone and no level above them; is the delimiter right?")
	}
	if n := len(g.made.Names[top]); n > 1 {
		return nil, g.wrong(g.line, top+1, "the last level has %d values and must have one, such as *", n)
	}
	if err := g.oneMeaning(); err != nil {
		return nil, err
	}
	return &g.made, nil
}

// oneMeaning refuses a value that stands for one set of leaves at one level and for another at another, for whoever reads
// a release couldn't tell which is meant; * is all leaves, since that is how a suppressed cell is written.
func (g *growth) oneMeaning() error {
	leaves := map[string]int{Suppressed: len(g.made.Leaves)}
	for level, codes := range g.made.Levels {
		size := make([]int, len(g.made.Names[level]))
		for _, code := range codes {
			size[code]++
		}
		for leaf, code := range codes {
			name := g.made.Names[level][code]
			before, known := leaves[name]
			if known && before != size[code] || known && name != Suppressed && !g.sameBelow(level, leaf, name) {
				return g.wrong(g.leaves[g.made.Leaves[leaf]], level+1, "this value stands for other leaves at another level, or is %s and not the last; give them different names", Suppressed)
			}
			leaves[name] = size[code]
		}
	}
	return nil
}

// sameBelow tells whether a leaf whose value at a level has a name that a lower level has too has it there as well.
func (g *growth) sameBelow(level, leaf int, name string) bool {
	for below := range level {
		if code, named := g.codes[below][name]; named && g.made.Levels[below][leaf] != code {
			return false
		}
	}
	return true
}
