package tree_test

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"iter"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

const origin = "hamyar/audit/test"

var today = time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)

// numbered is a value that a reader can make again: the hash of a name and a number.
func numbered(name string, n int) [32]byte { return sha256.Sum256(fmt.Appendf(nil, "%s %d", name, n)) }

func numberedID(name string, n int) uuid.UUID {
	sum := numbered(name, n)
	return uuid.UUID(sum[:16])
}

// book is a log in memory, with its keys, one witness and all that it published.
type book struct {
	t         testing.TB
	signer    note.Signer
	key       string
	witness   note.Signer
	seer      note.Verifier
	seerKey   string
	clock     time.Time // of the witness
	entries   []tree.Entry
	frontier  tree.Frontier
	nodes     []tlog.Hash
	published map[int64][]byte
	newest    []byte
}

func newBook(t testing.TB) *book {
	t.Helper()
	b := &book{t: t, clock: today, published: map[int64][]byte{}}
	var err error
	b.signer, b.key, err = tree.NewSigner(numbered("log", 0), origin)
	must(t, err)
	b.witness, b.seerKey, err = tree.NewCosigner(numbered("witness", 0), "witness.example/one", func() time.Time { return b.clock })
	must(t, err)
	b.seer, err = tree.NewCosignatureVerifier(b.seerKey)
	must(t, err)
	return b
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// ReadHashes makes the book a tlog.HashReader.
func (b *book) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	var read []tlog.Hash
	for _, i := range indexes {
		read = append(read, b.nodes[i])
	}
	return read, nil
}

// event is the n'th of a made-up history, one a day, with every field at its turn.
func event(n int) tree.Event {
	e := tree.Event{
		ID: numberedID("event", n), Day: today.AddDate(0, 0, n-100).Truncate(24 * time.Hour),
		Action: "post.read", Revision: "r7", Purpose: "moderation", Role: "moderator",
		Community: numberedID("community", n%3), Persona: numberedID("persona", n%7), Subject: numberedID("post", n),
	}
	if n%2 == 1 {
		sealed := numbered("actor", n)
		e.Persona, e.Actor, e.Subject = uuid.Nil, sealed[:], uuid.Nil
		e.Subjects = []uuid.UUID{numberedID("post", n), numberedID("post", n+1), numberedID("post", n+2)}
	}
	if n%5 == 4 {
		e = tree.Event{ID: e.ID, Day: e.Day, Action: "keys.rewrapped", Version: int32(n), Count: 1200}
	}
	return e
}

// add puts n events more into the log.
func (b *book) add(n int) *book {
	for range n {
		next := len(b.entries)
		b.put(tree.Salt(numbered("salt", next)), event(next))
	}
	return b
}

func (b *book) put(salt tree.Salt, e tree.Event) {
	leaf := tree.Leaf(salt, e)
	b.entries = append(b.entries, tree.Entry{Index: int64(len(b.entries)), Leaf: leaf, Salt: salt, Event: e})
	b.nodes = append(b.nodes, b.frontier.Add(leaf)...)
}

// erase takes the content of the first n entries out, and says so in the log.
func (b *book) erase(n int) {
	b.t.Helper()
	for i := range n {
		b.entries[i] = tree.Entry{Index: int64(i), Leaf: b.entries[i].Leaf, Erased: true}
	}
	b.put(tree.Salt(numbered("salt", len(b.entries))), tree.Event{ID: numberedID("erasing", n), Day: today, Action: tree.ContentErased, Count: int64(n)})
	b.publish()
}

func (b *book) now() tree.Checkpoint {
	return tree.Checkpoint{Origin: origin, Size: b.frontier.Size(), Root: b.frontier.Root()}
}

// publish signs the tree as it is, and the witness cosigns it.
func (b *book) publish() []byte {
	b.t.Helper()
	signed, err := b.now().Sign(b.signer)
	must(b.t, err)
	b.newest = b.cosign(signed)
	b.published[b.frontier.Size()] = b.newest
	return b.newest
}

func (b *book) cosign(signed []byte) []byte {
	b.t.Helper()
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	lines, err := note.Sign(&note.Note{Text: string(text) + "\n"}, b.witness)
	must(b.t, err)
	cosigned, err := tree.Attach(signed, lines[len(text)+2:], b.seer)
	must(b.t, err)
	return cosigned
}

func (b *book) archive() tree.Archive {
	return tree.Archive{
		Key: b.key, Witnesses: []string{b.seerKey}, Checkpoint: b.newest,
		Checkpoints: each(slices.Collect(maps.Values(b.published))), Entries: each(b.entries),
	}
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}

// write makes a folder of the log.
func (b *book) write() string {
	b.t.Helper()
	folder := filepath.Join(b.t.TempDir(), "archive")
	must(b.t, tree.WriteArchive(folder, b.archive()))
	return folder
}

// trust is that of an auditor who knows the keys and wants the witness to have looked within a day.
func (b *book) trust() tree.Trust {
	return tree.Trust{Key: b.key, Witnesses: []string{b.seerKey}, Quorum: 1, MaxAge: 24 * time.Hour, Now: today.Add(time.Hour)}
}

func verify(t testing.TB, folder string, trust tree.Trust) tree.Report {
	t.Helper()
	root, err := os.OpenRoot(folder)
	must(t, err)
	defer func() { must(t, root.Close()) }()
	report, err := tree.VerifyArchive(root.FS(), trust)
	must(t, err)
	return report
}

// said is a report's findings, one a line: code, index, file.
func said(r tree.Report) string {
	var lines []byte
	for _, f := range r.Findings {
		lines = fmt.Appendf(lines, "%s %d %s\n", f.Code, f.Index, f.File)
	}
	return string(lines)
}
