package tree

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// Inclusion proves that a tree of a size has a certain leaf at an index.
type Inclusion struct {
	Index, Size int64
	Hashes      tlog.RecordProof
}

// ProveInclusion reads the proof from the stored tree: ErrOutOfRange unless 0 ≤ index < size.
func ProveInclusion(r tlog.HashReader, index, size int64) (Inclusion, error) {
	if index < 0 || index >= size || size > MaxSize {
		return Inclusion{}, ErrOutOfRange
	}
	hashes, err := tlog.ProveRecord(size, index, r)
	return Inclusion{index, size, hashes}, err
}

// Check is ErrInconsistent unless the tree of the proof's size and this root has this leaf at its index.
func (p Inclusion) Check(root tlog.Hash, leaf [32]byte) error {
	if p.Index < 0 || p.Index >= p.Size || p.Size > MaxSize || tlog.CheckRecord(p.Hashes, p.Size, root, p.Index, Record(leaf)) != nil {
		return ErrInconsistent
	}
	return nil
}

// Consistency proves that the tree of one size holds all of that of an earlier size, first and in the same order.
type Consistency struct {
	From, To int64
	Hashes   tlog.TreeProof
}

// ProveConsistency reads the proof from the stored tree: ErrOutOfRange unless 0 ≤ from ≤ to. From nothing, and from a
// tree to itself, it is empty.
func ProveConsistency(r tlog.HashReader, from, to int64) (Consistency, error) {
	if from < 0 || from > to || to > MaxSize {
		return Consistency{}, ErrOutOfRange
	}
	if from == 0 || from == to {
		return Consistency{From: from, To: to}, nil
	}
	hashes, err := tlog.ProveTree(to, from, r)
	return Consistency{from, to, hashes}, err
}

// Check is ErrInconsistent unless the tree of the later root begins with that of the earlier.
func (p Consistency) Check(earlier, later tlog.Hash) error {
	if p.From < 0 || p.From > p.To || p.To > MaxSize {
		return ErrInconsistent
	}
	if p.From == 0 {
		if len(p.Hashes) != 0 || earlier != emptyRoot || p.To == 0 && later != emptyRoot {
			return ErrInconsistent
		}
		return nil
	}
	if tlog.CheckTree(p.Hashes, p.To, later, p.From, earlier) != nil {
		return ErrInconsistent
	}
	return nil
}

// MaxHashes is more than any proof of a tree up to MaxSize has.
const MaxHashes = 63

// FormatHashes writes a proof's hashes as it is sent and kept, one a line, in base64.
func FormatHashes(hashes []tlog.Hash) []byte {
	var to []byte
	for _, h := range hashes {
		to = fmt.Appendf(to, "%s\n", h)
	}
	return to
}

// ParseHashes reads FormatHashes; more than MaxHashes are refused.
func ParseHashes(text []byte) ([]tlog.Hash, error) {
	if len(text) == 0 {
		return nil, nil
	}
	body, ended := strings.CutSuffix(string(text), "\n")
	lines := strings.Split(body, "\n")
	if !ended || len(lines) > MaxHashes {
		return nil, fmt.Errorf("%w: hashes", ErrMalformed)
	}
	hashes := make([]tlog.Hash, len(lines))
	for i, line := range lines {
		hash, err := parseHash(line)
		if err != nil {
			return nil, err
		}
		hashes[i] = hash
	}
	return hashes, nil
}
