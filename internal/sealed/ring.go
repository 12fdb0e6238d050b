package sealed

import (
	"cmp"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"io"
	"slices"

	"github.com/google/uuid"
)

// Ring holds the generations of one owner's secret within one deployment. It
// seals with the newest and opens with whichever generation a box names.
// A Ring is safe for concurrent use. It can be neither compared nor printed. A
// nil Ring, which is what remains of an owner whose keys are gone, opens
// nothing and seals nothing.
type Ring struct {
	_    [0]func()
	keys *keys // a pointer, because fmt doesn't follow it when a Ring is inside another struct
}

type keys struct {
	deployment  uuid.UUID
	suite       Suite
	generations []generation // oldest first, never empty
	random      io.Reader
}

type generation struct {
	number   uint16
	dek, mac hmacKey
}

// NewRing makes a ring of the secrets given by generation; it keeps what it
// derives from them and not the secrets. Boxes are sealed with suite and opened
// with the suite that they name.
func NewRing(deployment uuid.UUID, suite Suite, generations map[uint16][32]byte) (*Ring, error) {
	if deployment == uuid.Nil || len(generations) == 0 {
		return nil, errors.New("sealed: a ring needs a deployment and at least one secret")
	}
	if suite != XChaCha20Poly1305 && suite != AES256GCM {
		return nil, errors.New("sealed: unknown suite")
	}
	k := &keys{deployment: deployment, suite: suite, random: rand.Reader}
	for number, secret := range generations {
		if secret == [32]byte{} {
			return nil, errors.New("sealed: a secret is all zero")
		}
		g, err := newGeneration(number, secret[:])
		if err != nil {
			return nil, errors.New("sealed: cannot derive keys")
		}
		k.generations = append(k.generations, g)
	}
	slices.SortFunc(k.generations, func(a, b generation) int { return cmp.Compare(a.number, b.number) })
	return &Ring{keys: k}, nil
}

func newGeneration(number uint16, secret []byte) (generation, error) {
	root, err := hkdf.Extract(sha256.New, secret, nil)
	if err != nil {
		return generation{}, err
	}
	defer clear(root)
	dek, err := derive(root, "hamyar/dek/v1", number)
	if err != nil {
		return generation{}, err
	}
	mac, err := derive(root, "hamyar/mac/v1", number)
	return generation{number: number, dek: dek, mac: mac}, err
}

func derive(root []byte, label string, number uint16) (hmacKey, error) {
	info := string(binary.BigEndian.AppendUint16([]byte(label), number))
	key, err := hkdf.Expand(sha256.New, root, info, sha256.Size)
	if err != nil {
		return hmacKey{}, err
	}
	defer clear(key)
	return newHMACKey(key), nil
}

func (k *keys) newest() *generation { return &k.generations[len(k.generations)-1] }

func (k *keys) generation(number uint16) *generation {
	for i := range k.generations {
		if k.generations[i].number == number {
			return &k.generations[i]
		}
	}
	return nil
}

// MAC is HMAC-SHA256 under a key of the newest generation that serves nothing
// else. Label and parts stand behind their lengths, so ("ab", "c") and
// ("a", "bc") differ. It panics on a nil Ring, where any answer would be wrong.
func (r *Ring) MAC(label string, parts ...[]byte) [32]byte {
	s := borrow()
	defer s.giveBack()
	s.mac(r.keys.newest(), label, parts)
	return [32]byte(s.out[:32])
}

// MACs are what MAC was and is, by generation, the newest first. A hash that was
// stored before the ring's last renewal is looked up by all of them.
func (r *Ring) MACs(label string, parts ...[]byte) [][]byte {
	s := borrow()
	defer s.giveBack()
	all := make([][]byte, 0, len(r.keys.generations))
	for i := range r.keys.generations {
		s.mac(&r.keys.generations[len(r.keys.generations)-1-i], label, parts)
		all = append(all, append(make([]byte, 0, 32), s.out[:32]...))
	}
	return all
}

func (s *scratch) mac(g *generation, label string, parts [][]byte) {
	s.info = appendField(s.info[:0], label)
	for _, part := range parts {
		s.info = appendField(s.info, part)
	}
	s.hmac(g.mac, s.out[:32], s.info)
}

// Generations lists the generations that the ring has, oldest first.
func (r *Ring) Generations() []uint16 {
	if r == nil {
		return nil
	}
	all := make([]uint16, len(r.keys.generations))
	for i, g := range r.keys.generations {
		all[i] = g.number
	}
	return all
}

// named is the generation that a well-formed box names.
func named(box []byte) (generation uint16, ok bool) {
	if len(box) < bodyAt || box[0] != version1 {
		return 0, false
	}
	return binary.BigEndian.Uint16(box[2:]), true
}

// Has tells whether the ring has the generation that a box names, which is no
// promise that the box opens. A ring that was read before its owner's key was
// renewed lacks the new one.
func (r *Ring) Has(box []byte) bool {
	number, ok := named(box)
	return ok && r != nil && r.keys.generation(number) != nil
}

// Outlived tells whether a box is well formed and names a generation of this
// ring that has been deleted: what it sealed is gone. Of a box that was tampered
// with, it says no; that one doesn't open.
func (r *Ring) Outlived(box []byte) bool {
	number, ok := named(box)
	return ok && r != nil && r.keys.generation(number) == nil && number < r.keys.newest().number
}

// Reseal opens a box and seals what is in it under the newest generation, for a
// place that may be another. The box's own memory is wiped.
func (r *Ring) Reseal(from, to Place, box []byte) ([]byte, error) {
	plaintext, err := r.OpenInPlace(from, box)
	if err != nil {
		return nil, err
	}
	defer clear(plaintext)
	return r.Seal(to, plaintext)
}
