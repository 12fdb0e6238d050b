package table

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"unicode/utf8"
)

// Folder is where a study lies, with its hierarchies beside it.
type Folder struct {
	Path string
	// Through is what files are read through, so that whoever waits can stop; nil reads them as they are.
	Through func(io.Reader) io.Reader
	// Progress is told the rows that were read of the table, now and then; it may be nil.
	Progress func(rows int)
}

// Study reads the study of that path.
func (f Folder) Study(path string) (*Study, error) {
	return read(f, path, func(r io.Reader) (*Study, error) { return ReadStudy(r, path) })
}

// Table reads a table. path is one of its own, not within the folder, and names the table in errors.
func (f Folder) Table(path string, opts Options) (*Table, error) {
	opts.Name = path
	return read(f, path, func(r io.Reader) (*Table, error) { return Read(r, opts, f.Progress) })
}

// Problem reads a table, and all that its study names. input is a path of its own, not within the folder. What is wrong
// with any of them comes back as a *Wrong.
func (f Folder) Problem(s *Study, input string) (*Problem, error) {
	parts := Parts{Input: input, Hierarchies: map[string]*Hierarchy{}}
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		file := s.Columns[name].Hierarchy
		if file == "" || parts.Hierarchies[file] != nil {
			continue
		}
		opts := Options{Name: file, Delimiter: s.hierarchyDelimiter()}
		hierarchy, err := read(f, f.beside(file), func(r io.Reader) (*Hierarchy, error) { return ReadHierarchy(r, opts) })
		if err != nil {
			return nil, err
		}
		parts.Hierarchies[file] = hierarchy
	}
	t, err := f.Table(input, Options{Delimiter: s.Input.Rune(), Leave: s.identifiers()})
	if err != nil {
		return nil, err
	}
	if err := s.allThere(t, input); err != nil {
		return nil, err
	}
	if d := s.Privacy.Delta; d != nil {
		parts.Population, err = read(f, f.beside(d.Population), func(r io.Reader) (*Table, error) {
			return Read(r, Options{Name: d.Population, Delimiter: s.Input.Rune(), Leave: s.identifiers()}, nil)
		})
		if err != nil {
			return nil, err
		}
	}
	return s.Problem(t, parts)
}

// allThere refuses a study of columns that the table lacks: it was written for another.
func (s *Study) allThere(t *Table, input string) error {
	if len(t.Columns) == 1 && len(s.Columns) > 1 {
		return s.unclassified(input, t.Columns[0].Name, 1)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		if s.Columns[name].Use != Identifier && t.Find(name) < 0 {
			return &Wrong{File: input, Column: name, What: "the study classifies it, and the table has no such column"}
		}
	}
	return nil
}

func (s *Study) identifiers() map[string]bool {
	left := map[string]bool{}
	for _, name := range s.named(Identifier) {
		left[name] = true
	}
	return left
}

func (s *Study) hierarchyDelimiter() rune {
	if s.Hierarchies.Delimiter != "" {
		return s.Hierarchies.Rune()
	}
	return s.Input.Rune()
}

// Rune is the delimiter, or 0 where none is said, which is a comma.
func (w Written) Rune() rune {
	delimiter, _ := utf8.DecodeRuneInString(w.Delimiter)
	if w.Delimiter == "" {
		return 0
	}
	return delimiter
}

// Files are those that a study names, where they lie.
func (f Folder) Files(s *Study) []string {
	var files []string
	for _, name := range slices.Sorted(maps.Keys(s.Columns)) {
		if file := s.Columns[name].Hierarchy; file != "" {
			files = append(files, f.beside(file))
		}
	}
	if s.Privacy.Delta != nil {
		files = append(files, f.beside(s.Privacy.Delta.Population))
	}
	return files
}

func (f Folder) beside(file string) string {
	if filepath.IsAbs(file) {
		return file
	}
	return filepath.Join(f.Path, file)
}

// read opens a file and reads all of it.
func read[T any](f Folder, path string, all func(io.Reader) (T, error)) (result T, err error) {
	file, err := os.Open(filepath.Clean(path))
	if err != nil {
		what := "it can't be opened"
		if errors.Is(err, fs.ErrNotExist) {
			what = "there is no such file"
		}
		return result, &Wrong{File: path, What: what}
	}
	defer func() { _ = file.Close() }() // it was only read
	if info, err := file.Stat(); err != nil || info.IsDir() {
		return result, &Wrong{File: path, What: "it is no file that can be read"}
	}
	var from io.Reader = file
	if f.Through != nil {
		from = f.Through(from)
	}
	result, err = all(from)
	var wrong *Wrong
	if err != nil && !errors.As(err, &wrong) {
		return result, fmt.Errorf("%s: reading it stopped: %w", path, err)
	}
	return result, err
}
