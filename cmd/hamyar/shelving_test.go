package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, s); return err }
}

// lies wants a folder to hold these files, name and content in turn, and nothing else.
func lies(t *testing.T, folder string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != len(want)/2 {
		t.Errorf("%d files lie there: %v", len(entries), entries)
	}
	for i := 0; i+1 < len(want); i += 2 {
		if got, err := os.ReadFile(filepath.Join(folder, want[i])); err != nil || string(got) != want[i+1] {
			t.Errorf("%s: %q, %v", want[i], got, err)
		}
	}
}

func TestFilesAppearWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	at := func(name string) string { return filepath.Join(folder, name) }
	if err := os.WriteFile(at("old"), []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	full := errors.New("no space")

	var s shelving
	if err := errors.Join(s.write(at("old"), text("after")), s.write(at("new"), text("new"))); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(at("old")); err != nil || string(got) != "before" {
		t.Errorf("it was replaced before all was whole: %q, %v", got, err)
	}
	if err := s.write(at("third"), func(w io.Writer) error { _ = text("half")(w); return full }); !errors.Is(err, full) {
		t.Errorf("a full disk: %v", err)
	}
	if err := s.abandon(); err != nil {
		t.Error(err)
	}
	lies(t, folder, "old", "before")

	if err := errors.Join(s.write(at("old"), text("after")), s.write(at("new"), text("new")), s.finish(), s.abandon()); err != nil {
		t.Fatal(err)
	}
	lies(t, folder, "old", "after", "new", "new")
	if info, err := os.Stat(at("old")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

func TestWhatMustNotBeReplacedIsNot(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	source := filepath.Join(folder, "source")
	if err := os.WriteFile(source, []byte("raw"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(source, filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	s := shelving{sources: []string{source}}
	for path, want := range map[string]string{
		source:                             "it is read from",
		filepath.Join(folder, "link"):      "it is read from",
		folder:                             "no file that could be replaced",
		"/dev/null":                        "no file that could be replaced",
		filepath.Join(folder, "none", "x"): "there is no such folder",
	} {
		err := s.write(path, text("x"))
		if err == nil || !strings.Contains(err.Error(), want) || status(err) != 2 {
			t.Errorf("%s: %v, status %d", path, err, status(err))
		}
	}
	if err := s.write(filepath.Join(folder, "a"), text("x")); err != nil {
		t.Fatal(err)
	}
	if err := s.write(filepath.Join(folder, ".", "a"), text("y")); status(err) != 2 {
		t.Errorf("two things in one file: %v", err)
	}
	if err := s.abandon(); err != nil {
		t.Error(err)
	}
}
