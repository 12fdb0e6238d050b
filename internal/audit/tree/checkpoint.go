package tree

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// emptyRoot is the root of the tree without leaves.
var emptyRoot = tlog.Hash(sha256.Sum256(nil))

// Checkpoint is a log's word about all that it holds: so many leaves, under this root. It is never taken back; every
// later one must hold the same leaves first.
type Checkpoint struct {
	Origin string // the log's name, hamyar/audit/<deployment>
	Size   int64
	Root   tlog.Hash
}

// Text is the checkpoint as it is signed: three lines, the origin, the size and the root.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root)
}

// Sign gives the signed note.
func (c Checkpoint) Sign(by note.Signer) ([]byte, error) {
	if _, err := ParseCheckpoint(c.Text()); err != nil {
		return nil, err
	}
	return note.Sign(&note.Note{Text: c.Text()}, by)
}

// ParseCheckpoint reads Text. Lines after the third, which C2SP allows, are refused: no auditor could judge them.
func ParseCheckpoint(text string) (Checkpoint, error) {
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[0] == "" || lines[3] != "" {
		return Checkpoint{}, fmt.Errorf("%w: checkpoint", ErrMalformed)
	}
	size, err := parseSize(lines[1])
	if err != nil {
		return Checkpoint{}, err
	}
	root, err := parseHash(lines[2])
	if err != nil {
		return Checkpoint{}, err
	}
	return Checkpoint{lines[0], size, root}, nil
}

// OpenCheckpoint reads a signed note: ErrUnknownLog where it is another log's, ErrUnsigned where the log's key has not
// signed it. The note holds the log's signature in Sigs and everybody else's, unverified, in UnverifiedSigs.
func OpenCheckpoint(signed []byte, log note.Verifier, origin string) (Checkpoint, *note.Note, error) {
	c, err := peek(signed)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	if c.Origin != origin {
		return Checkpoint{}, nil, ErrUnknownLog
	}
	opened, err := note.Open(signed, note.VerifierList(log))
	if err != nil {
		return Checkpoint{}, nil, ErrUnsigned
	}
	return c, opened, nil
}

// peek reads a note without looking at a signature: what it says is not to be believed yet.
func peek(signed []byte) (Checkpoint, error) {
	_, err := note.Open(signed, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return Checkpoint{}, fmt.Errorf("%w: signed note", ErrMalformed)
	}
	return ParseCheckpoint(unverified.Note.Text)
}

// parseSize reads a number in the one way it is written.
func parseSize(text string) (int64, error) {
	size, err := strconv.ParseInt(text, 10, 64)
	if err != nil || size < 0 || size > MaxSize || strconv.FormatInt(size, 10) != text {
		return 0, fmt.Errorf("%w: size", ErrMalformed)
	}
	return size, nil
}

// parseHash reads a hash in the one way it is written.
func parseHash(text string) (tlog.Hash, error) {
	hash, err := tlog.ParseHash(text)
	if err != nil || hash.String() != text {
		return tlog.Hash{}, fmt.Errorf("%w: hash", ErrMalformed)
	}
	return hash, nil
}

// without is a signed note with the signature lines of one key left out.
func without(signed []byte, key note.Verifier) ([]byte, error) {
	_, err := note.Open(signed, note.VerifierList())
	var unverified *note.UnverifiedNoteError
	if !errors.As(err, &unverified) {
		return nil, fmt.Errorf("%w: signed note", ErrMalformed)
	}
	to := []byte(unverified.Note.Text + "\n")
	for _, s := range unverified.Note.UnverifiedSigs {
		if s.Name != key.Name() || s.Hash != key.KeyHash() {
			to = fmt.Appendf(to, "— %s %s\n", s.Name, s.Base64)
		}
	}
	return to, nil
}
