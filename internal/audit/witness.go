package audit

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/postgres"
)

// Witness is somebody else who looks at the log's checkpoints and remembers them, so that no two histories are shown to
// two people. Ask sends a submission and returns the lines of signature; *tree.Conflict where the witness saw another
// size last.
type Witness struct {
	Key string // the witness's verifier key
	Ask func(ctx context.Context, s tree.Submission) (lines []byte, err error)
}

// ReadWitnesses reads a list of witnesses: one a line, its verifier key and the address that is asked, with a space
// between. Lines that are empty or begin with # say nothing.
func ReadWitnesses(text string, at func(address string) func(context.Context, tree.Submission) ([]byte, error)) ([]Witness, error) {
	var all []Witness
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		parts := strings.Fields(line)
		if len(parts) != 2 {
			return nil, errWitnessLine
		}
		if _, err := tree.NewCosignatureVerifier(parts[0]); err != nil {
			return nil, errWitnessLine
		}
		all = append(all, Witness{parts[0], at(parts[1])})
	}
	return all, nil
}

var errWitnessLine = errors.New("audit: a line of the list of witnesses is not VERIFIER-KEY URL")

// stale is when a witness is asked again though nothing was added: its word is to stay young.
const stale = time.Hour

// Cosign asks each witness to cosign the newest checkpoint, unless it did within the hour, and keeps what they answer. It
// stands in nobody's way: the tree grows whether they answer or not. The errors are those of the witnesses who did not.
func (s *Scribe) Cosign(ctx context.Context, witnesses []Witness) error {
	var failed []error
	for _, w := range witnesses {
		if err := s.cosign(ctx, w); err != nil {
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

func (s *Scribe) cosign(ctx context.Context, w Witness) error {
	verifier, err := tree.NewCosignatureVerifier(w.Key)
	if err != nil {
		return fmt.Errorf("audit: a witness: %w", err)
	}
	last, err := s.lastSeen(ctx, w, verifier.Name())
	if err != nil {
		return err
	}
	for range 3 { // it may have seen more than we know, or less
		submission, size, err := s.submission(ctx, last.Size)
		if err != nil {
			return err
		}
		if size == 0 || size == last.Size && s.clock().Sub(last.at) < stale {
			return nil
		}
		lines, err := w.Ask(ctx, submission)
		var conflict *tree.Conflict
		if errors.As(err, &conflict) && conflict.Size != last.Size {
			last = seen{Size: conflict.Size}
			continue
		}
		if err != nil {
			return fmt.Errorf("audit: a witness: %w", err)
		}
		signed, err := tree.Attach(submission.Checkpoint, lines, verifier)
		if err != nil {
			return fmt.Errorf("audit: a witness: %w", err)
		}
		return s.keepCosignature(ctx, size, verifier.Name(), string(signed[len(submission.Checkpoint):]))
	}
	return errUnsettled
}

var errUnsettled = errors.New("audit: a witness does not say what it saw last")

// seen is what a witness cosigned last, and when.
type seen struct {
	Size            int64
	Note, Signature string
	at              time.Time
}

func (s *Scribe) lastSeen(ctx context.Context, w Witness, name string) (last seen, err error) {
	var found bool
	err = postgres.Read(ctx, s.forum, postgres.Unscoped, postgres.One(&last, &found, `SELECT c.size, c.note, w.signature FROM audit_cosignature w
		JOIN audit_checkpoint c ON c.size = w.size WHERE w.witness = $1 ORDER BY w.size DESC LIMIT 1`, name))
	if err != nil {
		return last, fmt.Errorf("audit: read cosignatures: %w", err)
	}
	verifier, err := tree.NewCosignatureVerifier(w.Key)
	if err != nil || !found {
		return last, err
	}
	cosigned, err := tree.Cosignatures([]byte(last.Note+last.Signature), verifier)
	if err != nil {
		return seen{Size: last.Size}, nil //nolint:nilerr // what is kept of it is damaged: it is asked again, and its new word kept
	}
	for _, c := range cosigned {
		last.at = c.At
	}
	return last, nil
}

// submission is the newest checkpoint with the proof that it holds all of the tree of a size.
func (s *Scribe) submission(ctx context.Context, old int64) (sub tree.Submission, size int64, err error) {
	_, err = postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		newest, _, err := newestCheckpoint(ctx, tx)
		if err != nil {
			return struct{}{}, err
		}
		size = newest.Size
		if old > size {
			return struct{}{}, ErrRewritten // it was larger once
		}
		proof, err := tree.ProveConsistency(stored(ctx, tx), old, size)
		sub = tree.Submission{Old: old, Proof: proof.Hashes, Checkpoint: []byte(newest.Note)}
		return struct{}{}, err
	})
	return sub, size, err
}

func (s *Scribe) keepCosignature(ctx context.Context, size int64, witness, line string) error {
	_, err := postgres.InTx(ctx, s.forum, postgres.Unscoped, func(tx pgx.Tx) (struct{}, error) {
		_, err := tx.Exec(ctx, `INSERT INTO audit_cosignature (size, witness, signature) VALUES ($1, $2, $3)
			ON CONFLICT ON CONSTRAINT audit_cosignature_primary DO UPDATE SET signature = excluded.signature`, size, witness, line)
		return struct{}{}, err
	})
	if err != nil {
		return fmt.Errorf("audit: keep a cosignature: %w", err)
	}
	return nil
}
