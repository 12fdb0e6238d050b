package tree

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"

	"golang.org/x/mod/sumdb/note"
)

// Conflict is a witness's answer to a log that is wrong about what the witness saw last.
type Conflict struct {
	Size int64 // of the checkpoint that the witness cosigned last
}

func (c *Conflict) Error() string { return fmt.Sprintf("tree: the witness knows %d leaves", c.Size) }

// Witness remembers the newest checkpoint of each log that it knows, in a folder, and cosigns what holds all of it.
// It never cosigns two histories of one log, whoever asks and whenever it was stopped. Where a log signed another tree
// of the size that it cosigned, it keeps that note beside its own: the two prove the fork to anybody.
type Witness struct {
	folder string
	by     note.Signer
	logs   map[string]note.Verifier // by origin
	lock   *os.File
	alone  sync.Mutex
}

// OpenWitness takes the folder for itself until Close. The folder must exist: a witness that lost its memory must not
// begin anew under the same key. The logs' origins are the names of their keys.
func OpenWitness(folder string, by note.Signer, logs ...note.Verifier) (*Witness, error) {
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("tree: another witness uses the folder: %w", err)
	}
	w := &Witness{folder: folder, by: by, logs: map[string]note.Verifier{}, lock: lock}
	for _, log := range logs {
		w.logs[log.Name()] = log
	}
	return w, nil
}

// Close lets go of the folder.
func (w *Witness) Close() error { return w.lock.Close() }

// Add cosigns the submitted checkpoint and gives the line of its signature. It remembers the checkpoint first. It fails
// with ErrMalformed (for HTTP: 400), ErrUnknownLog (404), ErrUnsigned (403), *Conflict (409) and ErrInconsistent (422).
func (w *Witness) Add(ctx context.Context, s Submission) (line []byte, err error) {
	said, err := peek(s.Checkpoint)
	if err != nil {
		return nil, err
	}
	log, known := w.logs[said.Origin]
	if !known {
		return nil, ErrUnknownLog
	}
	next, signed, err := OpenCheckpoint(s.Checkpoint, log, said.Origin)
	if err != nil {
		return nil, err
	}
	w.alone.Lock()
	defer w.alone.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := w.advance(next, signed, s); err != nil {
		return nil, err
	}
	return w.cosign(signed.Text)
}

// advance makes next what the witness knows of the log, if it holds all that it knew.
func (w *Witness) advance(next Checkpoint, signed *note.Note, s Submission) error {
	last, err := w.last(next.Origin)
	if err != nil {
		return err
	}
	switch {
	case s.Old > next.Size:
		return fmt.Errorf("%w: the old tree is larger than the new", ErrMalformed)
	case s.Old != last.Size:
		return &Conflict{last.Size}
	case next.Size == last.Size && next.Root != last.Root:
		return errors.Join(&Conflict{last.Size}, w.keep(w.file(next.Origin)+".forked", signed))
	}
	if err := (Consistency{s.Old, next.Size, s.Proof}).Check(last.Root, next.Root); err != nil {
		return err
	}
	if next == last {
		return nil
	}
	return w.keep(w.file(next.Origin), signed)
}

// cosign gives the witness's line under a checkpoint's text.
func (w *Witness) cosign(text string) ([]byte, error) {
	cosigned, err := note.Sign(&note.Note{Text: text}, w.by)
	if err != nil {
		return nil, err
	}
	return cosigned[len(text)+1:], nil
}

// file is where the newest checkpoint of a log is kept. An origin may not make a good name.
func (w *Witness) file(origin string) string {
	return filepath.Join(w.folder, fmt.Sprintf("%x", sha256.Sum256([]byte(origin))))
}

// last is the checkpoint that was cosigned last; that of no leaves, where there was none.
func (w *Witness) last(origin string) (Checkpoint, error) {
	signed, err := os.ReadFile(w.file(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return Checkpoint{origin, 0, emptyRoot}, nil
	}
	if err != nil {
		return Checkpoint{}, err
	}
	c, _, err := OpenCheckpoint(signed, w.logs[origin], origin)
	if err != nil {
		return Checkpoint{}, fmt.Errorf("tree: what the witness remembers of a log is damaged: %v", err)
	}
	return c, nil
}

// keep puts a log's signed note into a file, whole or not at all, so that it outlives a crash.
func (w *Witness) keep(name string, signed *note.Note) error {
	text, err := note.Sign(&note.Note{Text: signed.Text, Sigs: signed.Sigs})
	if err != nil {
		return err
	}
	draft, err := os.OpenFile(name+".draft", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = draft.Write(text)
	if err := errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return err
	}
	if err := os.Rename(draft.Name(), name); err != nil {
		return err
	}
	folder, err := os.Open(w.folder)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
