package tree

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/mod/sumdb/note"
)

// Conflict is a witness's answer to a log that is wrong about what the witness saw last.
type Conflict struct {
	Size int64 // of the checkpoint that the witness cosigned last
}

func (c *Conflict) Error() string { return fmt.Sprintf("tree: the witness knows %d leaves", c.Size) }

// Witness remembers the newest checkpoint of each log that it knows, in a folder, and cosigns what holds all of it.
// It never cosigns two histories of one log, whoever asks, and whenever it was stopped.
type Witness struct {
	folder string
	by     note.Signer
	logs   map[string]note.Verifier // by origin
	alone  sync.Mutex
}

// OpenWitness takes the folder for itself until Close. The folder must exist: a witness that lost its memory must not
// begin anew under the same key.
func OpenWitness(folder string, by note.Signer, logs ...note.Verifier) (*Witness, error) {
	return nil, errors.New("tree: to come")
}

// Close lets go of the folder.
func (w *Witness) Close() error { return nil }

// Add cosigns the submitted checkpoint and gives its signature lines. It remembers the checkpoint first. It fails with
// ErrMalformed (HTTP: 400), ErrUnknownLog (404), ErrUnsigned (403), *Conflict (409) and ErrInconsistent (422).
func (w *Witness) Add(ctx context.Context, s Submission) (lines []byte, err error) {
	return nil, errors.New("tree: to come")
}
