package sealed_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/hamyar/hamyar/internal/sealed"
)

// Attacks that a reviewer tries, by the numbers under which internal/structure lists them all.

// The first eight bytes of ten million nonces differ, and so the nonces do. That two agree by chance happens once in
// three hundred thousand runs.
func TestAttack06TenMillionNoncesDiffer(t *testing.T) {
	t.Parallel()
	const workers, each = 4, 2_500_000
	ring, place := ringOf(t, sealed.XChaCha20Poly1305), somePlace()
	seen := make([]uint64, workers*each)
	var all sync.WaitGroup
	for worker := range workers {
		all.Go(func() {
			for i := range each {
				box, err := ring.Seal(place, nil)
				if err != nil {
					t.Error(err)
					return
				}
				seen[worker*each+i] = binary.BigEndian.Uint64(box[4:])
			}
		})
	}
	all.Wait()
	slices.Sort(seen)
	if n := len(slices.Compact(seen)); n != workers*each {
		t.Fatalf("%d of %d nonces differ", n, workers*each)
	}
}

// Whatever is wrong with a box, there is one answer: the same error, not one that says the same, and no bytes.
func TestAttack15EveryRefusalIsTheSame(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ring := ringOf(t, suite)
			box := sealedBox(t, ring, "text")
			change := func(at int, to byte) []byte {
				broken := bytes.Clone(box)
				broken[at] ^= to
				return broken
			}
			other := somePlace()
			other.Version++
			mustRefuse(t, "the wrong key", vectorRing(t, deployment, suite, 7, numbered("wrong", 1)), somePlace(), box)
			mustRefuse(t, "the wrong place", ring, other, box)
			mustRefuse(t, "a bad commitment", ring, somePlace(), change(sealed.CommitAt, 1))
			mustRefuse(t, "a bad body", ring, somePlace(), change(sealed.BodyAt, 1))
			mustRefuse(t, "a bad tag", ring, somePlace(), change(len(box)-1, 1))
			mustRefuse(t, "an unknown suite", ring, somePlace(), change(1, 4))
			mustRefuse(t, "an unknown generation", ring, somePlace(), change(2, 9))
			mustRefuse(t, "no row", ring, somePlace(), nil)
			mustRefuse(t, "no key", nil, somePlace(), box)
		})
	}
}

// What somebody has, and the answers that they give about it.
var (
	answers    = []string{"yes", "no", "بله", "نه", "نمی‌دانم", "I would rather not say", "never", "every day", "HIV", "asthma", "schizophrenia", "افسردگی"}
	conditions = []string{"HIV", "asthma", "psoriasis", "depression", "schizophrenia", "rheumatoid arthritis", "سرطان پستان", "اختلال دوقطبی"}
)

// TestAttack20LengthsTellNoAnswer guesses from the length of a box what is in it. Short answers are all of one length.
// Of two posts that tell of two conditions, the length tells which is which hardly better than a coin.
func TestAttack20LengthsTellNoAnswer(t *testing.T) {
	t.Parallel()
	ring := ringOf(t, sealed.XChaCha20Poly1305)
	for _, answer := range answers {
		if got, want := len(sealedBox(t, ring, answer)), len(sealedBox(t, ring, "")); got != want {
			t.Errorf("%q is sealed into %d bytes, nothing into %d", answer, got, want)
		}
	}
	random := rand.New(rand.NewPCG(20, 20)) //nolint:gosec // it draws examples
	lengths := func(condition string, seal func(text string) int) (all []int) {
		for range 4000 {
			all = append(all, seal(strings.Repeat("x", 100+random.IntN(900))+condition))
		}
		slices.Sort(all)
		return all
	}
	padded := func(text string) int { return sealed.PaddedLen(len(text)) }
	for i, one := range conditions {
		for _, other := range conditions[i+1:] {
			if guess := guessed(lengths(one, padded), lengths(other, padded)); max(guess, 1-guess) > 0.55 {
				t.Errorf("%s and %s: guessed right in %.3f of all cases", one, other, guess)
			}
		}
	}
	// The guess is worth something: where words are all there is and nothing pads them, it is right.
	bare := func(text string) int { return len(strings.TrimLeft(text, "x")) }
	if guess := guessed(lengths("HIV", bare), lengths("schizophrenia", bare)); guess != 1 {
		t.Errorf("lengths without padding are guessed right in %.3f of all cases", guess)
	}
}

// guessed is the share of pairs in which the longer is of the second; ties are half. Both are sorted.
func guessed(first, second []int) float64 {
	sum := 0
	for _, n := range second {
		below, _ := slices.BinarySearch(first, n)
		notAbove, _ := slices.BinarySearch(first, n+1)
		sum += below + notAbove
	}
	return float64(sum) / 2 / float64(len(first)*len(second))
}
