package blobs_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/blobs"
	"github.com/hamyar/hamyar/internal/fault"
)

var today = time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)

func folder(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "files")
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t *testing.T, path string, corner uuid.UUID) *blobs.Store {
	t.Helper()
	s, err := blobs.Open(t.Context(), "file://"+path, corner)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func write(t *testing.T, s *blobs.Store, name uuid.UUID, day time.Time, content []byte) {
	t.Helper()
	if err := s.Write(t.Context(), name, day, func(w io.Writer) error { _, err := w.Write(content); return err }); err != nil {
		t.Fatal(err)
	}
}

func readAll(t *testing.T, s *blobs.Store, name uuid.UUID, offset, length int64) []byte {
	t.Helper()
	r, err := s.Read(t.Context(), name, offset, length)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return content
}

// everything in a folder, but folders.
func everything(t *testing.T, path string) (all []string) {
	t.Helper()
	err := filepath.WalkDir(path, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			all = append(all, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestABlobComesBackInParts(t *testing.T) {
	t.Parallel()
	s := open(t, folder(t), uuid.New())
	content := make([]byte, 300_000)
	_, _ = rand.Read(content)
	name := uuid.New()
	write(t, s, name, today, content)
	for _, part := range [][2]int64{{0, -1}, {0, 10}, {70_000, 100_000}, {299_999, 1}, {299_999, -1}, {300_000, -1}} {
		want := content[part[0]:]
		if part[1] >= 0 {
			want = want[:part[1]]
		}
		if got := readAll(t, s, name, part[0], part[1]); !bytes.Equal(got, want) {
			t.Errorf("%v: %d bytes, want %d", part, len(got), len(want))
		}
	}
	for range 2 {
		if err := s.Delete(t.Context(), name, today); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Read(t.Context(), name, 0, -1); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("%v", err)
	}
}

func TestAFileTellsADayAndNobodyElseReadsIt(t *testing.T) {
	t.Parallel()
	path := folder(t)
	s := open(t, path, uuid.New())
	write(t, s, uuid.New(), today, []byte("x"))
	for _, file := range append(everything(t, path), filepath.Dir(everything(t, path)[0])) {
		info, err := os.Stat(file)
		if err != nil || !info.ModTime().Equal(today) || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s, %s, %v", info.ModTime(), info.Mode(), err)
		}
	}
	if err := s.Delete(t.Context(), uuid.MustParse(filepath.Base(everything(t, path)[0])), today); err != nil {
		t.Fatal(err)
	}
	folders, err := os.ReadDir(path)
	if err != nil || len(folders) != 1 {
		t.Fatalf("%v, %v", folders, err)
	}
	if info, err := folders[0].Info(); err != nil || !info.ModTime().Equal(today) {
		t.Errorf("the folder tells when something was deleted: %v", err)
	}
}

func TestABlobIsThereWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := folder(t)
	s := open(t, path, uuid.New())
	broken := errors.New("broken")
	err := s.Write(t.Context(), uuid.New(), today, func(w io.Writer) error {
		_, err := w.Write(make([]byte, 200_000))
		return errors.Join(err, broken)
	})
	if !errors.Is(err, broken) || len(everything(t, path)) > 0 {
		t.Errorf("%v, and %q", err, everything(t, path))
	}
}

func TestOldBlobsAreListedAndDraftsAreNot(t *testing.T) {
	t.Parallel()
	path, corner := folder(t), uuid.New()
	s, other := open(t, path, corner), open(t, path, uuid.New())
	var old []uuid.UUID
	for range 5 {
		old = append(old, uuid.New())
		write(t, s, old[len(old)-1], today.AddDate(0, 0, -3), []byte("x"))
	}
	write(t, s, uuid.New(), today, []byte("x"))
	write(t, other, uuid.New(), today.AddDate(0, 0, -3), []byte("x"))
	draft := filepath.Join(path, corner.String(), old[0].String()+".17f.tmp")
	if err := errors.Join(os.WriteFile(draft, []byte("x"), 0o600), os.Chtimes(draft, today.AddDate(0, 0, -3), today.AddDate(0, 0, -3))); err != nil {
		t.Fatal(err)
	}
	var listed []uuid.UUID
	err := s.Each(t.Context(), today.AddDate(0, 0, -1), func(names []uuid.UUID) error { listed = append(listed, names...); return nil })
	byText := func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) }
	slices.SortFunc(listed, byText)
	slices.SortFunc(old, byText)
	if err != nil || !slices.Equal(listed, old) {
		t.Errorf("%v, %v: want %v", err, listed, old)
	}
	if left := everything(t, path); len(left) != 7 {
		t.Errorf("%d files are left", len(left))
	}
}

func TestCheckLeavesNothing(t *testing.T) {
	t.Parallel()
	path := folder(t)
	s := open(t, path, uuid.New())
	if err := s.Check(t.Context(), today); err != nil {
		t.Fatal(err)
	}
	if left, err := os.ReadDir(path); err != nil || len(left) > 0 {
		t.Errorf("%v, %v", left, err)
	}
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil { // where the folder was, there is something else
		t.Fatal(err)
	}
	if err := s.Check(t.Context(), today); fault.CodeOf(err) != fault.Unavailable {
		t.Errorf("%v", err)
	}
}

func TestStoresThatAreRefused(t *testing.T) {
	t.Parallel()
	loose := folder(t)
	if err := os.Chmod(loose, 0o750); err != nil { //nolint:gosec // that is what is wrong with it
		t.Fatal(err)
	}
	for _, url := range []string{
		"", "file://relative-secret", "file:///no-such-secret", "file://" + loose, "file:///secret/../etc", "file:///secret?create_dir=true",
		"mem://secret", "s3://secret", "gs://secret", "azblob://secret", "secret",
	} {
		s, err := blobs.Open(t.Context(), url, uuid.New())
		if err == nil || s != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v", url, err)
		}
	}
	if text := fmt.Sprintf("%v %+v %s", open(t, folder(t), uuid.New()), open(t, folder(t), uuid.New()), open(t, folder(t), uuid.New())); strings.Contains(text, "/") {
		t.Errorf("a store prints %s", text)
	}
}
