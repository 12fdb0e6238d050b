package keystore

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"

	"github.com/hamyar/hamyar/internal/fault"
)

// cost is what a hash says in front of itself: how much work it is, and its salt.
type cost struct {
	memory, time uint32 // memory in KiB
	threads      uint8
	salt         []byte
}

// usual is OWASP's recommendation for Argon2id.
func usual() cost {
	return cost{memory: 19 * 1024, time: 2, threads: 1, salt: make([]byte, 16)}
}

func newCost() (cost, error) {
	c := usual()
	if _, err := rand.Read(c.salt); err != nil {
		return cost{}, fmt.Errorf("keystore: salt a recovery secret: %w", err)
	}
	return c, nil
}

// costOf reads the cost of a PHC string. For no string, or a strange one, it is
// the usual cost, so that the work is the same; the comparison then fails.
func costOf(hash string) cost {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" || parts[2] != "v=19" {
		return usual()
	}
	var c cost
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.threads); n != 3 || err != nil {
		return usual()
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil || c.memory > 1<<18 || c.time < 1 || c.time > 10 || c.threads < 1 {
		return usual()
	}
	c.salt = salt
	return c
}

// hash returns the PHC string of a code. Two run at once; the others wait.
func (s *Store) hash(ctx context.Context, code string, c cost) (string, error) {
	if ctx.Err() != nil {
		return "", fault.Wrap(fault.Unavailable, ctx.Err())
	}
	select {
	case s.hashing <- struct{}{}:
		defer func() { <-s.hashing }()
	case <-ctx.Done():
		return "", fault.Wrap(fault.Unavailable, ctx.Err())
	}
	sum := argon2.IDKey([]byte(code), c.salt, c.time, c.memory, c.threads, 32)
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", c.memory, c.time, c.threads, encode(c.salt), encode(sum)), nil
}
