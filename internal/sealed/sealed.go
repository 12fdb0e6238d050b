// Package sealed encrypts the fields of a row so that a stolen database, backup
// or log says nothing of what a member wrote, and so that a sealed value works
// only in the place it was sealed for.
//
// A [Ring] holds the generations of one owner's secret (a persona, a community,
// a member). It seals a plaintext into a box, bound to a [Place]:
//
//	version 1 │ suite 1 │ generation 2 │ nonce 24 │ commitment 32 │ body
//
//	DEK          = HKDF-SHA256(secret, "hamyar/dek/v1" ‖ generation)
//	key ‖ commit = HKDF-Expand-SHA256(DEK, "hamyar/field/v1" ‖ suite ‖ nonce ‖ SHA-256(place), 64)
//	body         = AEAD(key, length 4 ‖ plaintext ‖ zeros up to the Padmé length)
//
// Integers are big-endian. The place is encoded as its fields in a fixed order
// (deployment, table, column, row, persona, community, version), each behind
// its length, so that no two places encode alike.
//
// Every message has a key of its own, because the whole nonce, the suite, the
// generation and the place go into its derivation; the commitment, compared in
// constant time before anything is opened, admits one key, nonce and place per
// box. Suite 1 is XChaCha20-Poly1305 under the same nonce. Suite 2 is
// AES-256-GCM; its body begins with a 96-bit random IV that the FIPS 140-3
// module draws for itself, since that module refuses an IV from outside. The IV
// adds 12 bytes, and nothing rests on its being unique.
//
// What remains visible in a box: its padded length, its generation, its suite.
// Sealing doesn't notice that a row was put back to an older box of the same
// version, and it can't wipe what Go's runtime has copied.
//
// A file is too large for a box. A [Stream] seals it under a key of its own, in
// memory that doesn't grow, so that any part of it can be read alone.
//
// The package must never print a secret or a plaintext, try one key after the
// other, guess whether a value is sealed, or say why a box didn't open.
package sealed

import (
	"errors"

	"github.com/google/uuid"
)

// Suite names the cipher of a box.
type Suite uint8

// The suites.
const (
	XChaCha20Poly1305 Suite = 1 // the default, safe on machines without AES instructions
	AES256GCM         Suite = 2 // for installations that must keep to FIPS 140-3
)

// MaxPlaintext is the longest plaintext, in bytes, that a box takes. Files go
// through a [Stream].
const MaxPlaintext = 16 << 20

var (
	// ErrOpen is the one answer to every box that doesn't open, whatever the reason.
	ErrOpen = errors.New("sealed: the box does not open")

	// ErrSeal says that nothing was sealed: the plaintext is too long, the place is
	// incomplete, the ring is empty, or there was no randomness to be had.
	ErrSeal = errors.New("sealed: cannot seal")
)

// Place is where a sealed value lives. A box opens only in the place that it
// was sealed for, within the deployment of its ring. Table, Column and Row are
// always set; Persona and Community are zero where a row has none. Version is
// the row's sealed_version, which changes only with its sealed bytes.
type Place struct {
	Table, Column           string
	Row, Persona, Community uuid.UUID
	Version                 int32
}

func (p Place) complete() bool {
	return p.Table != "" && p.Column != "" && p.Row != uuid.Nil
}
