package tree_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// A note that was published once must open for ever, under the key and with the witness that were published with it.
func TestFrozenNote(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(7)
	signed := b.publish()
	frozen, err := os.ReadFile("testdata/checkpoint")
	must(t, err)
	keys, err := os.ReadFile("testdata/keys")
	must(t, err)
	if !bytes.Equal(signed, frozen) {
		t.Errorf("signed today:\n%s", signed)
	}
	if b.key+"\n"+b.seerKey+"\n" != string(keys) {
		t.Errorf("keys today:\n%s\n%s", b.key, b.seerKey)
	}
}

func TestCheckpointsOpenAsTheyWereSigned(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	log, err := tree.NewVerifier(b.key)
	must(t, err)
	for range 5 {
		signed := b.publish()
		c, opened, err := tree.OpenCheckpoint(signed, log, origin)
		must(t, err)
		if c != b.now() || opened.Text != b.now().Text() || len(opened.Sigs) != 1 {
			t.Errorf("opened %+v", c)
		}
		b.add(3)
	}
}

func TestCheckpointsOfOthersAreRefused(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(4)
	log, err := tree.NewVerifier(b.key)
	must(t, err)
	signed, err := b.now().Sign(b.signer)
	must(t, err)
	stranger, _, err := tree.NewSigner(numbered("stranger", 0), origin)
	must(t, err)
	byStranger, err := b.now().Sign(stranger)
	must(t, err)
	elsewhere := b.now()
	elsewhere.Origin = "hamyar/audit/elsewhere"
	ofElsewhere, err := elsewhere.Sign(b.signer)
	must(t, err)
	longer, err := note.Sign(&note.Note{Text: b.now().Text() + "an extension\n"}, b.signer)
	must(t, err)

	for name, c := range map[string]struct {
		signed []byte
		want   error
	}{
		"a stranger's signature": {byStranger, tree.ErrUnsigned},
		"another log":            {ofElsewhere, tree.ErrUnknownLog},
		"another size":           {bytes.Replace(signed, []byte("\n4\n"), []byte("\n5\n"), 1), tree.ErrUnsigned},
		"a size in other words":  {bytes.Replace(signed, []byte("\n4\n"), []byte("\n04\n"), 1), tree.ErrMalformed},
		"a size out of bounds":   {bytes.Replace(signed, []byte("\n4\n"), []byte("\n4611686018427387905\n"), 1), tree.ErrMalformed},
		"an extension line":      {longer, tree.ErrMalformed},
		"no signature":           {[]byte(b.now().Text() + "\n"), tree.ErrMalformed},
		"nothing":                {nil, tree.ErrMalformed},
		"half of it":             {signed[:len(signed)/2], tree.ErrMalformed},
	} {
		if _, _, err := tree.OpenCheckpoint(c.signed, log, origin); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, c := range []tree.Checkpoint{{Size: 1}, {Origin: "two\nlines"}, {Origin: "a", Size: -1}, {Origin: "a", Size: tree.MaxSize + 1}} {
		if _, err := c.Sign(b.signer); !errors.Is(err, tree.ErrMalformed) {
			t.Errorf("%+v was signed: %v", c, err)
		}
	}
}

// The signed bytes are put together here from the text of C2SP tlog-cosignature, and judged by Ed25519 alone.
func TestCosignaturesAreThoseOfC2SP(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(9)
	signed := b.publish()
	opened, err := note.Open(signed, note.VerifierList(b.seer))
	must(t, err)
	raw, err := base64.StdEncoding.DecodeString(opened.Sigs[0].Base64)
	must(t, err)
	seed := numbered("witness", 0)
	public := ed25519.NewKeyFromSeed(seed[:]).Public().(ed25519.PublicKey)
	message := fmt.Sprintf("cosignature/v1\ntime %d\n%s\n%d\n%s\n", today.Unix(), origin, 9, b.frontier.Root())
	if len(raw) != 4+8+64 || binary.BigEndian.Uint32(raw) != b.seer.KeyHash() || binary.BigEndian.Uint64(raw[4:]) != uint64(today.Unix()) {
		t.Errorf("framed otherwise: %x", raw)
	}
	if !ed25519.Verify(public, []byte(message), raw[12:]) {
		t.Error("another message was signed")
	}

	// The line that the specification gives as its example; it publishes no key for it.
	example := note.Signature{Base64: "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="}
	if at, err := tree.CosignedAt(example); err != nil || at.Unix() != 1679315147 {
		t.Errorf("the example's time is %v: %v", at, err)
	}
}

func TestCosignaturesCount(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(3)
	other, otherKey, err := tree.NewCosigner(numbered("witness", 1), "witness.example/two", func() time.Time { return today.Add(time.Minute) })
	must(t, err)
	second, err := tree.NewCosignatureVerifier(otherKey)
	must(t, err)
	signed := b.publish()
	if found, err := tree.Cosignatures(signed, b.seer, second); err != nil || len(found) != 1 || found[0].Witness != "witness.example/one" || !found[0].At.Equal(today) {
		t.Errorf("found %v: %v", found, err)
	}

	b.clock = today.Add(time.Hour)
	again := b.cosign(signed)
	if found, err := tree.Cosignatures(again, b.seer); err != nil || len(found) != 1 || !found[0].At.Equal(b.clock) {
		t.Errorf("after cosigning again: %v: %v", found, err)
	}
	if strings.Count(string(again), "— witness") != 1 {
		t.Errorf("the older cosignature stayed:\n%s", again)
	}
	text := b.now().Text()
	lines, err := note.Sign(&note.Note{Text: text}, other)
	must(t, err)
	both, err := tree.Attach(again, lines[len(text)+1:], second)
	must(t, err)
	if found, err := tree.Cosignatures(both, b.seer, second); err != nil || len(found) != 2 {
		t.Errorf("of two: %v: %v", found, err)
	}
	log, err := tree.NewVerifier(b.key)
	must(t, err)
	if _, _, err := tree.OpenCheckpoint(both, log, origin); err != nil {
		t.Errorf("the log's own signature is gone: %v", err)
	}
}

func TestCosignaturesThatAreNotTheWitnesss(t *testing.T) {
	t.Parallel()
	b := newBook(t).add(3)
	signed := b.publish()
	earlier := tree.Checkpoint{Origin: origin, Size: 2, Root: tlog.Hash{1}}
	text := earlier.Text()
	lines, err := note.Sign(&note.Note{Text: text}, b.witness)
	must(t, err)
	for name, line := range map[string][]byte{
		"of another checkpoint": lines[len(text)+1:],
		"of nobody":             nil,
		"no line":               []byte("nonsense\n"),
	} {
		if _, err := tree.Attach(signed, line, b.seer); !errors.Is(err, tree.ErrUnsigned) {
			t.Errorf("%s: %v", name, err)
		}
	}
	head, line, _ := bytes.Cut(signed, []byte("— witness.example/one "))
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(line)))
	must(t, err)
	for i := 4; i < len(raw); i++ { // the first four say whose it is; with those, it is nobody's
		raw[i] ^= 1
		forged := fmt.Appendf(bytes.Clone(head), "— witness.example/one %s\n", base64.StdEncoding.EncodeToString(raw))
		if found, err := tree.Cosignatures(forged, b.seer); !errors.Is(err, tree.ErrUnsigned) {
			t.Errorf("byte %d is another: %v, %v", i, found, err)
		}
		raw[i] ^= 1
	}
	for _, short := range []int{5, 12, 75, 77} {
		raw := append(bytes.Clone(raw), 0)[:short]
		forged := fmt.Appendf(bytes.Clone(head), "— witness.example/one %s\n", base64.StdEncoding.EncodeToString(raw))
		if _, err := tree.Cosignatures(forged, b.seer); !errors.Is(err, tree.ErrUnsigned) {
			t.Errorf("%d bytes: %v", short, err)
		}
	}
	before1970, _, err := tree.NewCosigner(numbered("witness", 0), "w", func() time.Time { return time.Unix(-1, 0) })
	must(t, err)
	if _, err := before1970.Sign(nil); err == nil {
		t.Error("a time before 1970 was signed")
	}
}

func TestKeysAreReadInOneForm(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	for _, wrong := range []string{
		"", "+", "++", b.seerKey, b.key + " ", b.key + "=", " " + b.key, strings.ToUpper(b.key),
		strings.Replace(b.key, "+", "+0", 1), strings.Replace(b.key, origin, "hamyar/audit/other", 1), b.key[:len(b.key)-4],
	} {
		if _, err := tree.NewVerifier(wrong); !errors.Is(err, tree.ErrMalformed) {
			t.Errorf("%q: %v", wrong, err)
		}
	}
	if _, err := tree.NewCosignatureVerifier(b.key); !errors.Is(err, tree.ErrMalformed) {
		t.Errorf("a log's key is a witness's: %v", err)
	}
	for _, name := range []string{"", "a b", "a+b", "a\n", "\xff"} {
		if _, _, err := tree.NewSigner([32]byte{}, name); !errors.Is(err, tree.ErrMalformed) {
			t.Errorf("a key was named %q: %v", name, err)
		}
	}
}

func FuzzOpenCheckpoint(f *testing.F) {
	b := newBook(f).add(4)
	log, err := tree.NewVerifier(b.key)
	must(f, err)
	f.Add(b.publish())
	f.Add([]byte(b.now().Text()))
	f.Fuzz(func(t *testing.T, signed []byte) {
		c, opened, err := tree.OpenCheckpoint(signed, log, origin)
		if err != nil {
			return
		}
		if c != b.now() || c.Text() != opened.Text {
			t.Errorf("%q was never signed", signed)
		}
	})
}

func FuzzVerifierKeys(f *testing.F) {
	b := newBook(f)
	f.Add(b.key)
	f.Add(b.seerKey)
	f.Fuzz(func(t *testing.T, text string) {
		log, notLog := tree.NewVerifier(text)
		witness, notWitness := tree.NewCosignatureVerifier(text)
		if notLog == nil && notWitness == nil {
			t.Errorf("%q is both a log's and a witness's", text)
		}
		if notLog == nil && log.Verify([]byte("x"), nil) || notWitness == nil && witness.Verify([]byte("x"), nil) {
			t.Errorf("%q: nothing is a signature", text)
		}
	})
}
