package tree

import (
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// cosignatureSize is that of a key's hash, a time and an Ed25519 signature.
const cosignatureSize = 4 + 8 + ed25519.SignatureSize

// Cosignature is a witness's word that, at that second, this was the largest tree it knew of the log, and that all it
// had seen before is in it.
type Cosignature struct {
	Witness string    `json:"witness"`
	KeyHash uint32    `json:"key_hash"`
	At      time.Time `json:"at"`
}

// NewCosigner is the key of a witness, and the text by which others know it. It signs with the time that clock gives.
func NewCosigner(seed [32]byte, name string, clock func() time.Time) (_ note.Signer, verifierKey string, err error) {
	key := ed25519.NewKeyFromSeed(seed[:])
	sign := func(text []byte) ([]byte, error) {
		at := clock().Unix()
		if at < 0 {
			return nil, errors.New("tree: a clock before 1970")
		}
		stamp := binary.BigEndian.AppendUint64(nil, uint64(at))
		return append(stamp, ed25519.Sign(key, cosigned(text, uint64(at)))...), nil
	}
	return newSigner(name, witnessKey, key, sign)
}

// cosigned is what a witness signs of a checkpoint's text.
func cosigned(text []byte, at uint64) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", at), text...)
}

// witness verifies the cosignatures of one key; it is a note.Verifier.
type witness struct {
	name   string
	hash   uint32
	public ed25519.PublicKey
}

// NewCosignatureVerifier reads the verifier key of a witness.
func NewCosignatureVerifier(text string) (note.Verifier, error) {
	name, public, err := parseKey(text, witnessKey)
	if err != nil {
		return nil, err
	}
	return witness{name, keyHash(name, append([]byte{witnessKey}, public...)), public}, nil
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

// Verify tells whether signature is a time and a signature of text at that time.
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != cosignatureSize-4 {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	return at <= math.MaxInt64 && ed25519.Verify(w.public, cosigned(text, at), signature[8:])
}

// CosignedAt is the time in a cosignature, which says something only once the signature was verified.
func CosignedAt(s note.Signature) (time.Time, error) {
	raw, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(raw) != cosignatureSize {
		return time.Time{}, fmt.Errorf("%w: cosignature", ErrMalformed)
	}
	at := binary.BigEndian.Uint64(raw[4:])
	if at > math.MaxInt64 {
		return time.Time{}, fmt.Errorf("%w: time of a cosignature", ErrMalformed)
	}
	return time.Unix(int64(at), 0).UTC(), nil
}

// Cosignatures are those of the witnesses that stand on a signed note, verified. Each witness counts once. An error is
// ErrUnsigned where one of them stands there and is not good.
func Cosignatures(signed []byte, witnesses ...note.Verifier) ([]Cosignature, error) {
	var found []Cosignature
	for _, w := range witnesses {
		opened, err := note.Open(signed, note.VerifierList(w))
		var unverified *note.UnverifiedNoteError
		switch {
		case errors.As(err, &unverified):
			continue
		case err != nil:
			return nil, ErrUnsigned
		}
		at, err := CosignedAt(opened.Sigs[0])
		if err != nil {
			return nil, err
		}
		found = append(found, Cosignature{w.Name(), w.KeyHash(), at})
	}
	return found, nil
}

// Attach adds the lines that a witness answered to a signed note, instead of older ones of the same key: ErrUnsigned
// unless they are good cosignatures of that note by that witness. Lines of other keys are left out.
func Attach(signed, lines []byte, by note.Verifier) ([]byte, error) {
	bare, err := without(signed, by)
	if err != nil {
		return nil, err
	}
	opened, err := note.Open(append(bare, lines...), note.VerifierList(by))
	if err != nil {
		return nil, ErrUnsigned
	}
	mine := opened.Sigs[0]
	return fmt.Appendf(bare, "— %s %s\n", mine.Name, mine.Base64), nil
}
