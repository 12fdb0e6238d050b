package kms

import "time"

// Hasten shortens how long a keeper waits.
func Hasten(k *Keeper, patience time.Duration) { k.patience = patience }

// NewCheapKeyFile makes a protected file with the least work that is accepted.
func NewCheapKeyFile(path string, passphrase []byte) error {
	return newProtected(path, passphrase, cost{memory: 64 << 10, time: 1, threads: 4})
}

// Split and join are what shares are made with.
var (
	Split = split
	Join  = join
)

// The field that shares are made in.
var (
	Times   = times
	Inverse = inverse
)

// Bytes are what a point holds.
func (p point) Bytes() []byte { return p.ys }

// ReadProtected reads a protected key file without opening it, and prints it again.
func ReadProtected(line string) (memory uint32, again string, ok bool) {
	c, salt, box, ok := parseProtected(line)
	return c.memory, c.head(salt) + encoding.EncodeToString(box), ok
}
