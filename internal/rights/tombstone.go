package rights

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What a tombstone is of.
const (
	ofPost    = "post"
	ofTopic   = "topic"
	ofFile    = "file"
	ofPersona = "persona"
	ofMember  = "member"
)

// Tombstone says that something is gone for good. It names rows and a day, and never a person: a member's locator is a
// keyed hash, and their personas are random ids.
type Tombstone struct {
	Form      int         `json:"form"`
	Kind      string      `json:"kind"`
	Day       string      `json:"day"`
	Community uuid.UUID   `json:"community,omitzero"`
	Topic     uuid.UUID   `json:"topic,omitzero"`
	Post      uuid.UUID   `json:"post,omitzero"`
	File      uuid.UUID   `json:"file,omitzero"`    // of an attachment, as it lay in the store
	Version   int32       `json:"version,omitzero"` // of the sealed words, up to and with
	Personas  []uuid.UUID `json:"personas,omitempty"`
	Locator   string      `json:"locator,omitempty"` // in hex
}

const tombstoneForm = 1

// Graveyard is a folder of tombstones, a file for each, outside both databases: what is restored from a backup is told
// there what must not come back. Files are added and never changed.
type Graveyard struct{ folder string }

// ErrTombstone says that a tombstone doesn't read. Nothing may be served then, because it may be of anything.
var ErrTombstone = errors.New("rights: a tombstone does not read")

// OpenGraveyard uses a folder, and makes it where it lacks.
func OpenGraveyard(folder string) (*Graveyard, error) {
	if !filepath.IsAbs(folder) {
		return nil, errors.New("rights: the folder of tombstones must be named by its whole path")
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("rights: open the folder of tombstones: %w", err)
	}
	return &Graveyard{folder}, nil
}

// Set puts up a tombstone, and returns when the disk has it. One that stands already stays as it is.
func (g *Graveyard) Set(t Tombstone, day time.Time) error {
	t.Form, t.Day = tombstoneForm, ""
	text, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("rights: write a tombstone: %w", err)
	}
	sum := sha256.Sum256(text)
	path := filepath.Join(g.folder, t.Kind+"-"+hex.EncodeToString(sum[:16])+".json")
	t.Day = day.UTC().Format(time.DateOnly)
	if text, err = json.Marshal(t); err != nil {
		return fmt.Errorf("rights: write a tombstone: %w", err)
	}
	if err := g.write(path, append(text, '\n')); err != nil {
		return fmt.Errorf("rights: write a tombstone: %w", err)
	}
	return nil
}

// write makes a file that is there in full or not at all.
func (g *Graveyard) write(path string, text []byte) error {
	file, err := os.CreateTemp(g.folder, ".new-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	_, err = file.Write(text)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	folder, err := os.Open(g.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Each shows all tombstones, in no order that says anything.
func (g *Graveyard) Each(show func(Tombstone) error) error {
	entries, err := os.ReadDir(g.folder)
	if err != nil {
		return fmt.Errorf("rights: read the tombstones: %w", err)
	}
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".new-") {
			continue // a crash left it before it stood
		}
		t, err := read(filepath.Join(g.folder, entry.Name()))
		if err != nil {
			return err
		}
		if err := show(t); err != nil {
			return err
		}
	}
	return nil
}

func read(path string) (t Tombstone, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return t, fmt.Errorf("rights: read a tombstone: %w", err)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	if decoder.Decode(&t) != nil || t.Form != tombstoneForm {
		return t, ErrTombstone
	}
	return t, nil
}
