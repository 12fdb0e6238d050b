package tree_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// plainRoot is the root as RFC 6962 §2.1 defines it, in so many words.
func plainRoot(leaves [][32]byte) tlog.Hash {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0][:]...))
	default:
		half := 1
		for half*2 < n {
			half *= 2
		}
		left, right := plainRoot(leaves[:half]), plainRoot(leaves[half:])
		return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
	}
}

// grown are the leaves of a log and its root at each size.
func grown(b *book, most int) (leaves [][32]byte, roots []tlog.Hash) {
	roots = append(roots, b.frontier.Root())
	for range most {
		b.add(1)
		leaves = append(leaves, b.entries[len(b.entries)-1].Leaf)
		roots = append(roots, b.frontier.Root())
	}
	return leaves, roots
}

func TestRootsAreThoseOfThePlainTree(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	leaves, roots := grown(b, 130)
	for n, root := range roots {
		if root != plainRoot(leaves[:n]) {
			t.Fatalf("%d leaves: another root", n)
		}
		read, err := tree.ReadFrontier(int64(n), b)
		must(t, err)
		if read.Size() != int64(n) || read.Root() != root {
			t.Fatalf("%d leaves: the frontier that was read has another root", n)
		}
	}
	for n, leaf := range leaves {
		at := tlog.StoredHashCount(int64(n))
		want, err := tlog.StoredHashes(int64(n), leaf[:], b)
		must(t, err)
		if !slices.Equal(b.nodes[at:at+int64(len(want))], want) {
			t.Fatalf("leaf %d: stored hashes differ", n)
		}
	}
}

func TestAFrontierGrowsOnFromWhereItWasRead(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	leaves, roots := grown(b, 40)
	for start := range 40 {
		f, err := tree.ReadFrontier(int64(start), b)
		must(t, err)
		for n := start; n < 40; n++ {
			at := tlog.StoredHashCount(int64(n))
			if nodes := f.Add(leaves[n]); !slices.Equal(nodes, b.nodes[at:at+int64(len(nodes))]) {
				t.Fatalf("from %d, leaf %d: other nodes", start, n)
			}
			if f.Root() != roots[n+1] {
				t.Fatalf("from %d, leaf %d: another root", start, n)
			}
		}
	}
	for _, size := range []int64{-1, tree.MaxSize + 1} {
		if _, err := tree.ReadFrontier(size, b); !errors.Is(err, tree.ErrOutOfRange) {
			t.Errorf("a frontier of %d leaves: %v", size, err)
		}
	}
	short := tlog.HashReaderFunc(func([]int64) ([]tlog.Hash, error) { return nil, nil })
	if _, err := tree.ReadFrontier(3, short); err == nil {
		t.Error("hashes that were not there were not missed")
	}
}

// Every leaf of every size up to 33 is proved, and its proof proves nothing else.
func TestInclusion(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	leaves, roots := grown(b, 33)
	for size := int64(1); size <= 33; size++ {
		for index := range size {
			p, err := tree.ProveInclusion(b, index, size)
			must(t, err)
			must(t, p.Check(roots[size], leaves[index]))
			for name, wrong := range map[string]error{
				"another leaf":  p.Check(roots[size], leaves[(index+1)%33]),
				"another root":  p.Check(roots[size-1], leaves[index]),
				"another place": tree.Inclusion{Index: (index + 1) % size, Size: size, Hashes: p.Hashes}.Check(roots[size], leaves[index]),
				"a hash more":   tree.Inclusion{Index: index, Size: size, Hashes: append(slices.Clone(p.Hashes), roots[1])}.Check(roots[size], leaves[index]),
			} {
				if !errors.Is(wrong, tree.ErrInconsistent) && !(name == "another place" && size == 1) {
					t.Fatalf("leaf %d of %d proves %s", index, size, name)
				}
			}
			for i := range p.Hashes {
				forged := slices.Clone(p.Hashes)
				forged[i][7] ^= 1
				if (tree.Inclusion{Index: index, Size: size, Hashes: forged}).Check(roots[size], leaves[index]) == nil {
					t.Fatalf("leaf %d of %d: hash %d of the proof does not count", index, size, i)
				}
			}
		}
	}
}

// Every size begins every later one, and the proof of that proves nothing else.
func TestConsistency(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	_, roots := grown(b, 33)
	for to := range int64(34) {
		for from := range to + 1 {
			p, err := tree.ProveConsistency(b, from, to)
			must(t, err)
			must(t, p.Check(roots[from], roots[to]))
			if p.Check(roots[(from+1)%34], roots[to]) == nil {
				t.Fatalf("from %d to %d: another beginning is proved", from, to)
			}
			if from > 0 && p.Check(roots[from], roots[(to+1)%34]) == nil {
				t.Fatalf("from %d to %d: another end is proved", from, to)
			}
			if (tree.Consistency{From: from, To: to, Hashes: append(slices.Clone(p.Hashes), roots[1])}).Check(roots[from], roots[to]) == nil {
				t.Fatalf("from %d to %d: a hash more does no harm", from, to)
			}
			for i := range p.Hashes {
				forged := slices.Clone(p.Hashes)
				forged[i][7] ^= 1
				if (tree.Consistency{From: from, To: to, Hashes: forged}).Check(roots[from], roots[to]) == nil {
					t.Fatalf("from %d to %d: hash %d of the proof does not count", from, to, i)
				}
			}
		}
	}
}

func TestProofsOutOfRange(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(5)
	const huge = 1<<63 - 1 // of this size, no proof would end
	for _, p := range [][2]int64{{-1, 5}, {5, 5}, {6, 5}, {0, 0}, {0, huge}} {
		if _, err := tree.ProveInclusion(b, p[0], p[1]); !errors.Is(err, tree.ErrOutOfRange) {
			t.Errorf("inclusion %v: %v", p, err)
		}
		if err := (tree.Inclusion{Index: p[0], Size: p[1]}).Check(tlog.Hash{}, [32]byte{}); !errors.Is(err, tree.ErrInconsistent) {
			t.Errorf("inclusion %v holds: %v", p, err)
		}
	}
	for _, p := range [][2]int64{{-1, 5}, {6, 5}, {1, huge}, {huge, huge}} {
		if _, err := tree.ProveConsistency(b, p[0], p[1]); !errors.Is(err, tree.ErrOutOfRange) {
			t.Errorf("consistency %v: %v", p, err)
		}
		if err := (tree.Consistency{From: p[0], To: p[1]}).Check(tlog.Hash{}, tlog.Hash{}); !errors.Is(err, tree.ErrInconsistent) {
			t.Errorf("consistency %v holds: %v", p, err)
		}
	}
}

func FuzzHashes(f *testing.F) {
	f.Add([]byte(""))
	f.Add(tree.FormatHashes([]tlog.Hash{{1}, {2}}))
	f.Add([]byte("AA==\n"))
	f.Add(bytes.Repeat([]byte("\n"), 70))
	f.Fuzz(func(t *testing.T, text []byte) {
		hashes, err := tree.ParseHashes(text)
		if err != nil {
			if !errors.Is(err, tree.ErrMalformed) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if len(hashes) > tree.MaxHashes || !bytes.Equal(tree.FormatHashes(hashes), text) {
			t.Errorf("%q: read in a way in which it is not written", text)
		}
	})
}

func TestAProofIsNeverLongerThanItsText(t *testing.T) {
	t.Parallel()
	zeros := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) { return make([]tlog.Hash, len(indexes)), nil })
	for _, size := range []int64{tree.MaxSize, tree.MaxSize - 1} {
		for _, from := range []int64{1, 2, 3, size / 2, size/2 + 1, size - 1} {
			p, err := tree.ProveConsistency(zeros, from, size)
			must(t, err)
			q, err := tree.ProveInclusion(zeros, from, size)
			must(t, err)
			if len(p.Hashes) > tree.MaxHashes || len(q.Hashes) > tree.MaxHashes {
				t.Error(fmt.Sprint(from, " of ", size, ": more hashes than can be sent"))
			}
		}
	}
}
