package tree_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// open makes the book's witness know its log.
func (b *book) open(folder string) *tree.Witness {
	b.t.Helper()
	log, err := tree.NewVerifier(b.key)
	must(b.t, err)
	w, err := tree.OpenWitness(folder, b.witness, log)
	must(b.t, err)
	b.t.Cleanup(func() { _ = w.Close() })
	return w
}

// submission asks for the tree as it is now, from a size that the witness should know.
func (b *book) submission(old int64) tree.Submission {
	b.t.Helper()
	signed, err := b.now().Sign(b.signer)
	must(b.t, err)
	p, err := tree.ProveConsistency(b, old, b.frontier.Size())
	must(b.t, err)
	return tree.Submission{Old: old, Proof: p.Hashes, Checkpoint: signed}
}

func TestAWitnessFollowsALog(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	folder := t.TempDir()
	w := b.open(folder)
	last := int64(0)
	for i := range 12 {
		s := b.submission(last)
		line, err := w.Add(t.Context(), s)
		must(t, err)
		cosigned, err := tree.Attach(s.Checkpoint, line, b.seer)
		must(t, err)
		if found, err := tree.Cosignatures(cosigned, b.seer); err != nil || len(found) != 1 || !found[0].At.Equal(b.clock) {
			t.Fatalf("cosigned %v: %v", found, err)
		}
		if bytes.Count(line, []byte("\n")) != 1 || !bytes.HasPrefix(line, []byte("— ")) {
			t.Fatalf("the line is %q", line)
		}
		if i == 6 { // it remembers across a stop, and signs the same tree again, later
			must(t, w.Close())
			w = b.open(folder)
			b.clock = b.clock.Add(time.Hour)
		}
		last = b.frontier.Size()
		b.add(i % 4)
	}
}

func TestAWitnessRefuses(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(5)
	w := b.open(t.TempDir())
	_, err := w.Add(t.Context(), b.submission(0))
	must(t, err)
	b.add(4)

	fork := newBook(t)
	for i := range 9 {
		fork.put(tree.Salt{}, event(i))
	}
	stranger := newBook(t).add(9)
	stranger.signer, _, err = tree.NewSigner(numbered("stranger", 0), origin)
	must(t, err)
	elsewhere := newBook(t).add(9)
	elsewhere.signer, _, err = tree.NewSigner(numbered("log", 0), "hamyar/audit/elsewhere")
	must(t, err)
	unknown := elsewhere.now()
	unknown.Origin = "hamyar/audit/elsewhere"
	ofElsewhere, err := unknown.Sign(elsewhere.signer)
	must(t, err)
	withProof := func(s tree.Submission, hashes ...tlog.Hash) tree.Submission { s.Proof = hashes; return s }
	five := newBook(t)
	for i := range 5 {
		five.put(tree.Salt{}, event(i))
	}

	for name, c := range map[string]struct {
		s    tree.Submission
		want error
	}{
		"a fork":                        {fork.submission(5), tree.ErrInconsistent},
		"a fork, with our proof":        {withProof(fork.submission(5), b.submission(5).Proof...), tree.ErrInconsistent},
		"no proof":                      {withProof(b.submission(5)), tree.ErrInconsistent},
		"a proof from elsewhere":        {withProof(b.submission(5), b.submission(4).Proof...), tree.ErrInconsistent},
		"too much of a proof":           {withProof(b.submission(5), append(b.submission(5).Proof, tlog.Hash{})...), tree.ErrInconsistent},
		"a stranger's signature":        {stranger.submission(5), tree.ErrUnsigned},
		"another log":                   {tree.Submission{Old: 5, Checkpoint: ofElsewhere}, tree.ErrUnknownLog},
		"nonsense":                      {tree.Submission{Old: 5, Checkpoint: []byte("nonsense")}, tree.ErrMalformed},
		"an old size beyond the new":    {tree.Submission{Old: 10, Checkpoint: b.submission(5).Checkpoint}, tree.ErrMalformed},
		"as if it had seen nothing":     {b.submission(0), &tree.Conflict{Size: 5}},
		"as if it had seen less":        {b.submission(3), &tree.Conflict{Size: 5}},
		"as if it had seen more":        {b.submission(7), &tree.Conflict{Size: 5}},
		"less than it saw":              {newBook(t).add(3).submission(3), &tree.Conflict{Size: 5}},
		"another tree of the same size": {five.submission(5), &tree.Conflict{Size: 5}},
	} {
		line, err := w.Add(t.Context(), c.s)
		var got, want *tree.Conflict
		if errors.As(c.want, &want) && (!errors.As(err, &got) || *got != *want) || want == nil && !errors.Is(err, c.want) || line != nil {
			t.Errorf("%s: %q, %v, want %v", name, line, err, c.want)
		}
	}
	if _, err := w.Add(t.Context(), b.submission(5)); err != nil {
		t.Errorf("after all that, the honest log is refused: %v", err)
	}
}

// Two notes of one size and one key convict the log; the witness has the one and keeps the other.
func TestAWitnessKeepsTheProofOfAFork(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(5)
	folder := t.TempDir()
	w := b.open(folder)
	_, err := w.Add(t.Context(), b.submission(0))
	must(t, err)
	other := newBook(t)
	for i := range 5 {
		other.put(tree.Salt{}, event(i))
	}
	s := other.submission(5)
	if _, err := w.Add(t.Context(), s); err == nil {
		t.Fatal("a fork was cosigned")
	}
	kept, err := filepath.Glob(filepath.Join(folder, "*.forked"))
	must(t, err)
	if len(kept) != 1 {
		t.Fatalf("kept %v", kept)
	}
	text, err := os.ReadFile(kept[0])
	must(t, err)
	if !bytes.Equal(text, s.Checkpoint) {
		t.Errorf("kept %s", text)
	}
}

// Of two histories that are offered at once, from the same beginning, one is cosigned.
func TestAWitnessCosignsOneOfTwo(t *testing.T) {
	t.Parallel()
	for range 20 {
		b := newBook(t).add(5)
		w := b.open(t.TempDir())
		_, err := w.Add(t.Context(), b.submission(0))
		must(t, err)
		left, right := newBook(t).add(6), newBook(t).add(5)
		right.put(tree.Salt{}, event(77))
		right.add(1)
		var cosigned sync.Map
		var both sync.WaitGroup
		for i, s := range []tree.Submission{left.submission(5), right.submission(5)} {
			both.Go(func() {
				if _, err := w.Add(t.Context(), s); err == nil {
					cosigned.Store(i, true)
				}
			})
		}
		both.Wait()
		n := 0
		cosigned.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Fatalf("%d histories were cosigned", n)
		}
	}
}

func TestAWitnessThatForgot(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(5)
	folder := t.TempDir()
	w := b.open(folder)
	if _, err := tree.OpenWitness(folder, b.witness); err == nil {
		t.Error("two witnesses share one memory")
	}
	if _, err := tree.OpenWitness(filepath.Join(folder, "gone"), b.witness); err == nil {
		t.Error("a witness began without its folder")
	}
	_, err := w.Add(t.Context(), b.submission(0))
	must(t, err)
	kept, err := filepath.Glob(filepath.Join(folder, "????????????????*"))
	must(t, err)
	text, err := os.ReadFile(kept[0])
	must(t, err)
	b.add(1)
	for name, damaged := range map[string][]byte{
		"empty": nil, "cut": text[:len(text)-10], "another size": bytes.Replace(text, []byte("\n5\n"), []byte("\n4\n"), 1),
	} {
		must(t, os.WriteFile(kept[0], damaged, 0o600))
		_, err := w.Add(t.Context(), b.submission(5))
		for _, ours := range []error{nil, tree.ErrMalformed, tree.ErrUnsigned, tree.ErrUnknownLog, tree.ErrInconsistent} {
			if errors.Is(err, ours) {
				t.Errorf("%s: %v, as if the log were to blame", name, err)
			}
		}
	}
	must(t, os.WriteFile(kept[0], text, 0o600))
	must(t, os.WriteFile(kept[0]+".draft", []byte("half of"), 0o600)) // it was stopped before it had written
	if _, err := w.Add(t.Context(), b.submission(5)); err != nil {
		t.Errorf("after a stop: %v", err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Add(stopped, b.submission(6)); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits for the answer any more: %v", err)
	}
}

// What cannot be remembered is not cosigned.
func TestAWitnessThatCannotWrite(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(5)
	folder := t.TempDir()
	w := b.open(folder)
	must(t, os.Rename(folder, folder+".moved"))
	t.Cleanup(func() { _ = os.RemoveAll(folder + ".moved") })
	if line, err := w.Add(t.Context(), b.submission(0)); err == nil || line != nil {
		t.Errorf("cosigned %q: %v", line, err)
	}
}

func TestAWitnessOfManyLogs(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(3)
	log, err := tree.NewVerifier(b.key)
	must(t, err)
	second, key, err := tree.NewSigner(numbered("log", 2), "hamyar/audit/../../second")
	must(t, err)
	other, err := tree.NewVerifier(key)
	must(t, err)
	w, err := tree.OpenWitness(t.TempDir(), b.witness, log, other)
	must(t, err)
	defer func() { must(t, w.Close()) }()
	_, err = w.Add(t.Context(), b.submission(0))
	must(t, err)
	c := b.now()
	c.Origin = second.Name()
	signed, err := c.Sign(second)
	must(t, err)
	_, err = w.Add(t.Context(), tree.Submission{Checkpoint: signed})
	must(t, err)
	wrong, err := c.Sign(b.signer) // the first log's key signs nothing of the second
	must(t, err)
	if _, err := w.Add(t.Context(), tree.Submission{Old: 3, Checkpoint: wrong}); !errors.Is(err, tree.ErrUnsigned) {
		t.Errorf("%v", err)
	}
}

func TestSubmissionsAreThoseOfC2SP(t *testing.T) {
	t.Parallel()
	// The specification's example.
	const example = "old 20852014\n" +
		"PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" +
		"jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n" +
		"5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n" +
		"/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n" +
		"\n" +
		"example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n" +
		"\n" +
		"— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
	s, err := tree.ParseSubmission([]byte(example))
	must(t, err)
	if s.Old != 20852014 || len(s.Proof) != 4 || string(s.Bytes()) != example {
		t.Errorf("%+v", s)
	}
	first, err := tree.ParseSubmission([]byte("old 0\n\nx"))
	must(t, err)
	if first.Old != 0 || first.Proof != nil || string(first.Checkpoint) != "x" {
		t.Errorf("%+v", first)
	}
	many := "old 5\n" + strings.Repeat(tlog.Hash{}.String()+"\n", 64) + "\nx"
	for _, wrong := range []string{"", "old 0", "old 0\n", "old 00\n\nx", "old -1\n\nx", "old +1\n\nx", "new 0\n\nx", "old 0\r\n\r\nx", "old 5\nAAAA\n\nx", many} {
		if _, err := tree.ParseSubmission([]byte(wrong)); !errors.Is(err, tree.ErrMalformed) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

func FuzzSubmissions(f *testing.F) {
	b := newBook(f).add(5)
	f.Add(b.submission(0).Bytes())
	f.Add(b.submission(3).Bytes())
	f.Add([]byte("old 0\n\n"))
	w := b.open(f.TempDir())
	signed := string(b.submission(0).Checkpoint)
	f.Fuzz(func(t *testing.T, body []byte) {
		s, err := tree.ParseSubmission(body)
		if err != nil {
			return
		}
		if !bytes.Equal(s.Bytes(), body) {
			t.Errorf("%q: read in a way in which it is not written", body)
		}
		if _, err := w.Add(t.Context(), s); err == nil && !strings.HasPrefix(string(s.Checkpoint), signed[:60]) {
			t.Errorf("%q was cosigned", body)
		}
	})
}
