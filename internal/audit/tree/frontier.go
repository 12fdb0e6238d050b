package tree

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// Frontier is as much of a tree as adding to it takes: the hashes of its perfect subtrees, one for each bit of its
// size, from left to right. The zero Frontier is the empty tree.
type Frontier struct {
	size  int64
	peaks []tlog.Hash
}

// ReadFrontier reads the frontier of the stored tree of a size, in one call of r.
func ReadFrontier(size int64, r tlog.HashReader) (*Frontier, error) {
	if size < 0 || size > MaxSize {
		return nil, ErrOutOfRange
	}
	var indexes []int64
	for level, start := 62, int64(0); level >= 0; level-- {
		if width := int64(1) << level; size&width != 0 {
			indexes = append(indexes, tlog.StoredHashIndex(level, start>>level))
			start += width
		}
	}
	if len(indexes) == 0 {
		return &Frontier{}, nil
	}
	peaks, err := r.ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	if len(peaks) != len(indexes) {
		return nil, fmt.Errorf("tree: %d hashes were read, and %d asked for", len(peaks), len(indexes))
	}
	return &Frontier{size, peaks}, nil
}

// Size is the number of leaves so far.
func (f *Frontier) Size() int64 { return f.size }

// Add puts a leaf at the end, and returns the hashes to store for it: they belong at tlog.StoredHashCount of the size
// before, and right after it.
func (f *Frontier) Add(leaf [32]byte) []tlog.Hash {
	hash := Record(leaf)
	nodes := []tlog.Hash{hash}
	for full := f.size; full&1 == 1; full >>= 1 {
		last := len(f.peaks) - 1
		hash = tlog.NodeHash(f.peaks[last], hash)
		f.peaks = f.peaks[:last]
		nodes = append(nodes, hash)
	}
	f.peaks = append(f.peaks, hash)
	f.size++
	return nodes
}

// Root of the tree as it stands.
func (f *Frontier) Root() tlog.Hash {
	if f.size == 0 {
		return emptyRoot
	}
	root := f.peaks[len(f.peaks)-1]
	for i := len(f.peaks) - 2; i >= 0; i-- {
		root = tlog.NodeHash(f.peaks[i], root)
	}
	return root
}
