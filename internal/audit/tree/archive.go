package tree

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// The files of an archive.
const (
	checkpointFile    = "checkpoint"    // the newest signed note, with cosignatures
	checkpointsFolder = "checkpoints"   // every signed note that was published, each named by its size
	entriesFile       = "entries.jsonl" // one line a leaf, in the order of the tree
	keyFile           = "key"           // the log's verifier key
	witnessesFile     = "witnesses"     // the witnesses' verifier keys, one a line
)

// Entry is one leaf of the log, with its event as long as that is kept.
type Entry struct {
	Index  int64
	Leaf   [32]byte
	Erased bool // salt and event are gone
	Salt   Salt
	Event  Event
}

// entryText lists what a line of the archive shows of an entry.
type entryText struct {
	Index  int64      `json:"index"`
	Leaf   []byte     `json:"leaf"`
	Erased bool       `json:"erased,omitempty"`
	Salt   []byte     `json:"salt,omitempty"`
	Event  *eventText `json:"event,omitempty"`
}

// line is the entry in the archive, with its end.
func (e Entry) line() ([]byte, error) {
	text := entryText{Index: e.Index, Leaf: e.Leaf[:], Erased: e.Erased}
	if !e.Erased {
		text.Salt, text.Event = e.Salt[:], e.Event.text()
	}
	line, err := json.Marshal(text)
	return append(line, '\n'), err
}

// parseEntry reads a line that is, to the byte, what line writes: nothing in it can be read in two ways. An entry is
// erased or has salt and event, never half.
func parseEntry(line []byte) (Entry, bool) {
	var text entryText
	if json.Unmarshal(line, &text) != nil || text.Index < 0 || text.Index >= MaxSize {
		return Entry{}, false
	}
	e := Entry{Index: text.Index, Erased: text.Erased}
	if len(text.Leaf) != len(e.Leaf) || text.Erased != (text.Event == nil) || !text.Erased && len(text.Salt) != len(e.Salt) {
		return Entry{}, false
	}
	copy(e.Leaf[:], text.Leaf)
	copy(e.Salt[:], text.Salt)
	if text.Event != nil {
		var err error
		if e.Event, err = text.Event.event(); err != nil {
			return Entry{}, false
		}
	}
	again, err := e.line()
	return e, err == nil && bytes.Equal(again, line)
}

// Archive is what WriteArchive writes: all of a log that an outsider needs. Its two sequences are read once, in order,
// and never held whole.
type Archive struct {
	Key         string                   // the log's verifier key
	Witnesses   []string                 // the witnesses' verifier keys
	Checkpoint  []byte                   // the newest signed note, with cosignatures
	Checkpoints iter.Seq2[[]byte, error] // every signed note that was published
	Entries     iter.Seq2[Entry, error]  // in the order of the tree
}

// WriteArchive writes a new folder, readable to its owner alone: it refuses one that exists, and where it ends early
// it leaves no checkpoint in it, without which nothing there verifies. It writes what it is given and judges nothing, so
// that a log that was tampered with can be exported and found out.
func WriteArchive(folder string, a Archive) error {
	if err := os.Mkdir(folder, 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(filepath.Join(folder, checkpointsFolder), 0o700); err != nil {
		return err
	}
	if err := writeEntries(filepath.Join(folder, entriesFile), a.Entries); err != nil {
		return err
	}
	for signed, err := range a.Checkpoints {
		if err != nil {
			return err
		}
		if err := writeNote(filepath.Join(folder, checkpointsFolder), signed); err != nil {
			return err
		}
	}
	for _, file := range []struct{ name, text string }{
		{keyFile, a.Key + "\n"},
		{witnessesFile, strings.Join(append(a.Witnesses, ""), "\n")},
		{checkpointFile, string(a.Checkpoint)},
	} {
		if err := writeFile(filepath.Join(folder, file.name), []byte(file.text)); err != nil {
			return err
		}
	}
	return nil
}

// writeNote names a note by its size. One that has none, or whose size was there before, is kept under a name that the
// verifier stumbles over.
func writeNote(folder string, signed []byte) error {
	name := "unreadable"
	if c, err := peek(signed); err == nil {
		name = strconv.FormatInt(c.Size, 10)
	}
	name = filepath.Join(folder, name)
	err := writeFile(name, signed)
	for i := 2; errors.Is(err, fs.ErrExist); i++ {
		err = writeFile(fmt.Sprintf("%s-%d", name, i), signed)
	}
	return err
}

func writeEntries(name string, entries iter.Seq2[Entry, error]) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	to := bufio.NewWriterSize(file, 1<<16)
	for entry, err := range entries {
		if err != nil {
			return err
		}
		line, err := entry.line()
		if err != nil {
			return err
		}
		if len(line) > longestLine {
			return fmt.Errorf("%w: entry %d is too long", ErrMalformed, entry.Index)
		}
		if _, err := to.Write(line); err != nil {
			return err
		}
	}
	return to.Flush()
}

func writeFile(name string, text []byte) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	_, err = file.Write(text)
	return err
}
