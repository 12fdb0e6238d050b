// Package tree is the audit log as an outsider sees it: events and their salted leaves, signed checkpoints and the
// cosignatures of witnesses, proofs, and the folder that can be verified with nothing but itself and a key.
//
// It protects members and staff alike from a history that was rewritten: what was altered, left out, put in another
// order, signed twice in two versions or cut short is found by whoever holds a copy and one key. It must never need the
// word of the server that it judges: no database, no network, no clock of its own, and no secret but a signer's seed.
//
// The tree is that of RFC 6962, its checkpoints, cosignatures and witnesses are those of C2SP (tlog-checkpoint,
// tlog-cosignature, tlog-witness), so that other people's tools can read them.
package tree

import (
	"crypto/sha256"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// What can be wrong with what others hand in. Nothing of their input is repeated.
var (
	ErrMalformed    = errors.New("tree: not in the form that was promised")
	ErrUnknownLog   = errors.New("tree: a log that is not known here")
	ErrUnsigned     = errors.New("tree: no good signature by the key that was asked for")
	ErrInconsistent = errors.New("tree: the proof does not hold")
	ErrOutOfRange   = errors.New("tree: no such leaf or size")
)

// MaxSize is the largest tree that is spoken of. No log comes near it; arithmetic on sizes beyond it may not end.
const MaxSize = 1 << 60

// Salt hides an event behind its leaf: with salt and event erased, the leaf tells nothing and stays where it is. Each
// event has its own, from crypto/rand.
type Salt [32]byte

// Leaf is what the log keeps of an event for ever:
//
//	SHA-256("hamyar/audit/leaf/v1" ‖ salt ‖ canonical event)
//
// It is the data of a record of the tree, not yet the hash of one; that is Record's.
func Leaf(salt Salt, e Event) [32]byte {
	const label = "hamyar/audit/leaf/v1"
	canonical := e.Canonical()
	data := make([]byte, 0, len(label)+len(salt)+len(canonical))
	data = append(data, label...)
	data = append(data, salt[:]...)
	data = append(data, canonical...)
	return sha256.Sum256(data)
}

// Record is the hash of a leaf in the tree, that of RFC 6962: SHA-256(0x00 ‖ leaf).
func Record(leaf [32]byte) tlog.Hash { return tlog.RecordHash(leaf[:]) }
