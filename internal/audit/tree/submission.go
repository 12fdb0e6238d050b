package tree

import (
	"bytes"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Submission is what a log asks a witness to cosign: the body of add-checkpoint of C2SP tlog-witness.
type Submission struct {
	Old        int64       // size of the checkpoint that the witness cosigned last, as far as the log knows; 0 for none
	Proof      []tlog.Hash // of consistency, from Old to the checkpoint
	Checkpoint []byte      // the signed note
}

// Bytes is the submission as it is sent.
func (s Submission) Bytes() []byte {
	to := fmt.Appendf(nil, "old %d\n", s.Old)
	to = append(to, FormatHashes(s.Proof)...)
	to = append(to, '\n')
	return append(to, s.Checkpoint...)
}

// ParseSubmission reads Bytes.
func ParseSubmission(body []byte) (Submission, error) {
	head, checkpoint, found := bytes.Cut(body, []byte("\n\n"))
	first, rest, _ := strings.Cut(string(head)+"\n", "\n")
	digits, old := strings.CutPrefix(first, "old ")
	if !found || !old {
		return Submission{}, fmt.Errorf("%w: submission", ErrMalformed)
	}
	size, err := parseSize(digits)
	if err != nil {
		return Submission{}, err
	}
	proof, err := ParseHashes([]byte(rest))
	if err != nil {
		return Submission{}, err
	}
	return Submission{size, proof, checkpoint}, nil
}
