package kms

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// A share on paper: version, set, shares needed, number, bytes, checksum, in
// Crockford's letters by fives. Its first letters are the same in all of a set.
const (
	shareVersion = 1
	fileKeySize  = 16 // what age gives to recipients
	setSize      = 4
	checkSize    = 4
	shareSize    = 1 + setSize + 2 + fileKeySize + checkSize
)

var (
	shareLetters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)
	likeLetters  = strings.NewReplacer("O", "0", "I", "1", "L", "1", "-", "", " ", "", "\t", "", "\r", "", "\n", "")

	errShareText = errors.New("kms: this is not a share, or a letter of it is wrong")
	errShareSets = errors.New("kms: these shares are of different kits")
	errShareOnce = errors.New("kms: shares belong to one kit; make new ones for the next")
)

// Shares is an age recipient of several people, so many of whom together open
// the one file that is made for it. Nothing of the key stays in the file.
type Shares struct {
	all, needed int
	texts       []string
}

// SplitKit prepares n shares for a kit, of which any m open it.
func SplitKit(n, m int) (*Shares, error) {
	if _, err := split([]byte{0}, n, m); err != nil {
		return nil, err
	}
	return &Shares{all: n, needed: m}, nil
}

// Texts are the shares, once the kit is written: each for one person, on paper.
func (s *Shares) Texts() []string { return s.texts }

// Wrap is what age calls.
func (s *Shares) Wrap(fileKey []byte) ([]*age.Stanza, error) {
	if s.texts != nil || len(fileKey) != fileKeySize {
		return nil, errShareOnce
	}
	points, err := split(fileKey, s.all, s.needed)
	if err != nil {
		return nil, err
	}
	set := make([]byte, setSize)
	if _, err := rand.Read(set); err != nil {
		return nil, fmt.Errorf("kms: name the shares: %w", err)
	}
	for _, p := range points {
		s.texts = append(s.texts, printShare(set, byte(s.needed), p))
	}
	args := []string{fmt.Sprintf("%x", set), fmt.Sprint(s.needed), fmt.Sprint(s.all)}
	return []*age.Stanza{{Type: "hamyar-shares", Args: args}}, nil
}

// JoinKit makes of enough shares the identity that opens their kit.
func JoinKit(texts []string) (age.Identity, error) {
	var first []byte
	var points []point
	for _, text := range texts {
		b, err := readShare(text)
		if err != nil {
			return nil, err
		}
		head := b[:1+setSize+1]
		if first == nil {
			first = head
		}
		if !bytes.Equal(first, head) {
			return nil, errShareSets
		}
		points = append(points, point{b[len(head)], b[len(head)+1:]})
	}
	if len(first) == 0 || len(points) < int(first[setSize+1]) {
		return nil, errShare
	}
	fileKey, err := join(points)
	if err != nil {
		return nil, err
	}
	return age.NewInjectedFileKeyIdentity(fileKey), nil
}

func printShare(set []byte, needed byte, p point) string {
	b := append([]byte{shareVersion}, set...)
	b = append(append(b, needed, p.x), p.ys...)
	text := shareLetters.EncodeToString(append(b, checksum(b)...))
	var groups []string
	for len(text) > 5 {
		groups, text = append(groups, text[:5]), text[5:]
	}
	return strings.Join(append(groups, text), "-")
}

// readShare forgives spaces, dashes, case, and letters that look like digits.
func readShare(text string) ([]byte, error) {
	b, err := shareLetters.DecodeString(likeLetters.Replace(strings.ToUpper(text)))
	if err != nil || len(b) != shareSize || b[0] != shareVersion {
		return nil, errShareText
	}
	body, check := b[:shareSize-checkSize], b[shareSize-checkSize:]
	if !bytes.Equal(check, checksum(body)) {
		return nil, errShareText
	}
	return body, nil
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(append([]byte("hamyar/share/v1\x00"), b...))
	return sum[:checkSize]
}

// Format masks, whatever the verb.
func (*Shares) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "[shares]") }
