package tree_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

func TestErasedContentLeavesTheTreeWhole(t *testing.T) {
	t.Parallel()
	b := published(t)
	b.erase(8)
	folder := b.write()
	if report := verify(t, folder, b.trust()); !report.Good() || report.Erased != 8 {
		t.Errorf("found:\n%s", said(report))
	}
	text, err := os.ReadFile(filepath.Join(folder, "entries.jsonl"))
	must(t, err)
	if first, _, _ := strings.Cut(string(text), "\n"); strings.Contains(first, "salt") || strings.Contains(first, "event") {
		t.Errorf("an erased entry tells: %s", first)
	}
}

// Whoever must keep content for ninety days may not erase what is inconvenient of last week.
func TestContentThatIsErasedEarlyIsFound(t *testing.T) {
	t.Parallel()
	b := published(t) // days 100 to 81 before today
	b.erase(19)
	copy(b.entries, published(t).entries)
	b.entries[3] = tree.Entry{Index: 3, Leaf: b.entries[3].Leaf, Erased: true}
	b.entries[18] = tree.Entry{Index: 18, Leaf: b.entries[18].Leaf, Erased: true}
	folder := b.write()
	trust := b.trust()
	trust.Witnesses, trust.Quorum = nil, 0 // who would tell more
	trust.Retention = 95 * 24 * time.Hour  // the entry before 18 is 83 days old
	if report := verify(t, folder, trust); said(report) != "erased_early 18 entries.jsonl\n" {
		t.Errorf("found:\n%s", said(report))
	}
	trust.Retention = 60 * 24 * time.Hour
	if report := verify(t, folder, trust); !report.Good() {
		t.Errorf("found:\n%s", said(report))
	}
}

// Who hands an archive on can't leave content out and say that the log erased it.
func TestContentThatTheLogDoesNotSayWasErasedIsFound(t *testing.T) {
	t.Parallel()
	b := published(t)
	for i := range 8 {
		b.entries[i] = tree.Entry{Index: int64(i), Leaf: b.entries[i].Leaf, Erased: true}
	}
	if report := verify(t, b.write(), b.trust()); said(report) != "withheld 0 entries.jsonl\n" {
		t.Errorf("found:\n%s", said(report))
	}
	b = published(t)
	b.erase(8)
	for i := range 12 {
		b.entries[i] = tree.Entry{Index: int64(i), Leaf: b.entries[i].Leaf, Erased: true}
	}
	if report := verify(t, b.write(), b.trust()); said(report) != "withheld 8 entries.jsonl\n" {
		t.Errorf("found:\n%s", said(report))
	}
}

// Where everything is gone up to yesterday, no day is left that would tell. A witness knows when it was not there yet.
func TestAWitnessTellsThatContentWasErasedEarly(t *testing.T) {
	t.Parallel()
	b := newBook(t)
	b.clock = today.AddDate(0, 0, -100)
	b.add(5).publish()
	b.clock = today.AddDate(0, 0, -20)
	b.add(5).publish()
	b.add(5)
	b.clock = today
	b.publish()
	b.erase(12)
	trust := b.trust()
	trust.Retention = 60 * 24 * time.Hour
	if report := verify(t, b.write(), trust); said(report) != "erased_early 11 entries.jsonl\n" {
		t.Errorf("found:\n%s", said(report))
	}
	trust.Retention = 10 * 24 * time.Hour
	if report := verify(t, b.write(), trust); !report.Good() {
		t.Errorf("found:\n%s", said(report))
	}
}
