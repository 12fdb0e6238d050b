package sealed_test

import (
	"bytes"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"

	"github.com/hamyar/hamyar/internal/sealed"
)

func TestManyAtOnce(t *testing.T) {
	var all sync.WaitGroup
	shared := ringOf(t, sealed.XChaCha20Poly1305)
	for worker := range 8 {
		all.Go(func() {
			own := ringWith(t, deployment, uint16(worker), [32]byte{byte(worker + 1)})
			for i := range 200 {
				text := bytes.Repeat([]byte(strconv.Itoa(worker)), i)
				for _, ring := range []*sealed.Ring{shared, own} {
					box, err := ring.Seal(somePlace(), text)
					if err != nil {
						t.Error(err)
						return
					}
					if got, err := ring.Open(somePlace(), box); err != nil || !bytes.Equal(got, text) {
						t.Errorf("worker %d: came back wrong: %v", worker, err)
						return
					}
				}
				if first, second := shared.MAC("label", text), shared.MAC("label", text); first != second || first == own.MAC("label", text) {
					t.Errorf("worker %d: MACs differ", worker)
				}
			}
		})
	}
	all.Wait()
}

func TestMACKeepsPartsApart(t *testing.T) {
	ring := ringOf(t, sealed.XChaCha20Poly1305)
	seen := map[[32]byte]bool{}
	calls := [][]string{{"ab", "c"}, {"a", "bc"}, {"abc"}, {"abc", ""}, {"", "abc"}, {"a", "b", "c"}, {""}, {"", ""}}
	for _, call := range calls {
		var parts [][]byte
		for _, part := range call[1:] {
			parts = append(parts, []byte(part))
		}
		seen[ring.MAC(call[0], parts...)] = true
	}
	if len(seen) != len(calls) {
		t.Fatalf("%d MACs of %d calls", len(seen), len(calls))
	}
}

func TestSealingAndOpeningAllocateLittle(t *testing.T) {
	for name, suite := range suites {
		ring, place, text := ringOf(t, suite), somePlace(), make([]byte, 1024)
		box, err := ring.Seal(place, text)
		if err != nil {
			t.Fatal(err)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = ring.Seal(place, text) }); n > 4 {
			t.Errorf("%s: sealing allocates %.0f times", name, n)
		}
		if n := testing.AllocsPerRun(100, func() { _, _ = ring.Open(place, box) }); n > 4 {
			t.Errorf("%s: opening allocates %.0f times", name, n)
		}
	}
}

// TestSuite2KeepsToFIPS runs itself again in the mode in which Go's module
// refuses every algorithm and every use that isn't approved.
func TestSuite2KeepsToFIPS(t *testing.T) {
	if os.Getenv("HAMYAR_FIPS_CHILD") == "" {
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestSuite2KeepsToFIPS$", "-test.v")
		child.Env = append(os.Environ(), "GODEBUG=fips140=only", "HAMYAR_FIPS_CHILD=1")
		if out, err := child.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("opened under fips140=only")) {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	ring := ringOf(t, sealed.AES256GCM)
	if got, err := ring.Open(somePlace(), sealedBox(t, ring, "text")); err != nil || string(got) != "text" {
		t.Fatal(err)
	}
	if _, err := ringOf(t, sealed.XChaCha20Poly1305).Seal(somePlace(), nil); err == nil {
		t.Fatal("suite 1 works: this isn't the mode that was asked for")
	}
	t.Log("opened under fips140=only")
}
