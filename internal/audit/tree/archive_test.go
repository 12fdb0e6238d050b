package tree_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"github.com/hamyar/hamyar/internal/audit/tree"
)

// inMemory reads a folder, to be changed file by file.
func inMemory(t testing.TB, folder string) fstest.MapFS {
	t.Helper()
	from := os.DirFS(folder)
	files := fstest.MapFS{}
	must(t, fs.WalkDir(from, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(from, name)
		files[name] = &fstest.MapFile{Data: text}
		return err
	}))
	return files
}

// A line has one form. In any other, two readers might read two things.
func TestLinesInAnotherFormAreRefused(t *testing.T) {
	t.Parallel()
	b := published(t)
	folder := b.write()
	for name, change := range map[string]func(line string) string{
		"a blank":             func(line string) string { return strings.Replace(line, ":", ": ", 1) },
		"a field more":        func(line string) string { return strings.Replace(line, "}}", `},"note":"all is well"}`, 1) },
		"a field twice":       func(line string) string { return strings.Replace(line, `"action":`, `"action":"x","action":`, 1) },
		"a field in capitals": func(line string) string { return strings.Replace(line, `"action"`, `"Action"`, 1) },
		"another order": func(line string) string {
			return strings.Replace(line, `{"index":7,`, `{`, 1)[:len(line)-12] + `,"index":7}`
		},
		"a written null":   func(line string) string { return strings.Replace(line, `{"index":7,`, `{"index":7,"erased":null,`, 1) },
		"erased and there": func(line string) string { return strings.Replace(line, `,"salt"`, `,"erased":true,"salt"`, 1) },
		"no salt":          func(line string) string { return strings.Replace(line, `"salt":"`, `"salt":"","x":"`, 1) },
		"a short leaf":     func(line string) string { return strings.Replace(line, `"leaf":"`, `"leaf":"AA==","x":"`, 1) },
		"an index below 0": func(line string) string { return strings.Replace(line, `:7,`, `:-7,`, 1) },
		"a huge index":     func(line string) string { return strings.Replace(line, `:7,`, `:1152921504606846976,`, 1) },
		"an empty line":    func(string) string { return "" },
		"two lines in one": func(line string) string { return line + " " + line },
		"a very long line": func(line string) string { return line + strings.Repeat(" ", 3<<20) },
	} {
		files := inMemory(t, folder)
		lines := strings.SplitAfter(string(files["entries.jsonl"].Data), "\n")
		changed := change(strings.TrimSuffix(lines[7], "\n")) + "\n"
		if changed == lines[7] {
			t.Fatalf("%s: nothing was changed", name)
		}
		lines[7] = changed
		files["entries.jsonl"].Data = []byte(strings.Join(lines, ""))
		report, err := tree.VerifyArchive(files, b.trust())
		must(t, err)
		if said(report) != "malformed 7 entries.jsonl\nmissing 7 entries.jsonl\n" {
			t.Errorf("%s: found:\n%s", name, said(report))
		}
	}
}

func TestFilesThatAreCutOrGone(t *testing.T) {
	t.Parallel()
	b := published(t)
	folder := b.write()
	for name, c := range map[string]struct {
		change func(fstest.MapFS)
		want   string
	}{
		"no entries":     {func(f fstest.MapFS) { delete(f, "entries.jsonl") }, "missing -1 entries.jsonl\ntruncated 0 checkpoint\n"},
		"no key":         {func(f fstest.MapFS) { delete(f, "key") }, "missing -1 key\nunknown_key -1 key\n"},
		"no witnesses":   {func(f fstest.MapFS) { delete(f, "witnesses") }, "missing -1 witnesses\n"},
		"no checkpoint":  {func(f fstest.MapFS) { delete(f, "checkpoint") }, "missing -1 checkpoint\nstale_witness 0 checkpoint\n"},
		"no checkpoints": {func(f fstest.MapFS) { drop(f, "checkpoints/") }, "missing -1 checkpoints\n"},
		"the last line is cut": {
			func(f fstest.MapFS) { e := f["entries.jsonl"]; e.Data = e.Data[:len(e.Data)-1] },
			"malformed 19 entries.jsonl\ntruncated 19 checkpoint\n",
		},
		"a very long last line": {
			func(f fstest.MapFS) { e := f["entries.jsonl"]; e.Data = append(e.Data, make([]byte, 3<<20)...) },
			"malformed 20 entries.jsonl\n",
		},
		"a witness's key in no form": {
			func(f fstest.MapFS) { f["witnesses"].Data = []byte("nobody\n") }, "malformed -1 witnesses\n",
		},
		"a checkpoint under another's name": {
			func(f fstest.MapFS) { f["checkpoints/6"] = f["checkpoints/5"]; delete(f, "checkpoints/5") }, "malformed 5 checkpoints/6\n",
		},
		"a folder among them": {
			func(f fstest.MapFS) { f["checkpoints/7/8"] = f["checkpoints/5"] }, "malformed -1 checkpoints/7\n",
		},
		"a checkpoint that goes on": {
			func(f fstest.MapFS) { f["checkpoint"].Data = append(f["checkpoint"].Data, make([]byte, 3<<20)...) },
			"malformed -1 checkpoint\nstale_witness 0 checkpoint\n",
		},
	} {
		files := inMemory(t, folder)
		c.change(files)
		report, err := tree.VerifyArchive(files, b.trust())
		must(t, err)
		if said(report) != c.want {
			t.Errorf("%s: found:\n%s", name, said(report))
		}
	}
	files := inMemory(t, folder)
	delete(files, "key")
	if report, err := tree.VerifyArchive(files, tree.Trust{}); err == nil {
		t.Errorf("without any key: %+v", report)
	}
}

func drop(files fstest.MapFS, prefix string) {
	for name := range files {
		if strings.HasPrefix(name, prefix) {
			delete(files, name)
		}
	}
}

func TestAnArchiveIsWrittenOnceAndForItsOwner(t *testing.T) {
	t.Parallel()
	b := published(t)
	folder := b.write()
	if err := tree.WriteArchive(folder, b.archive()); !errors.Is(err, fs.ErrExist) {
		t.Errorf("an archive was written over another: %v", err)
	}
	must(t, filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		must(t, err)
		info, err := entry.Info()
		must(t, err)
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: others may read it: %v", name, info.Mode())
		}
		return nil
	}))
}

// An export that broke off has no checkpoint: it verifies as nothing.
func TestAnArchiveThatBrokeOff(t *testing.T) {
	t.Parallel()
	b := published(t)
	gone := errors.New("gone")
	a := b.archive()
	a.Entries = func(yield func(tree.Entry, error) bool) {
		_ = yield(b.entries[0], nil) && yield(tree.Entry{}, gone)
	}
	folder := filepath.Join(t.TempDir(), "archive")
	if err := tree.WriteArchive(folder, a); !errors.Is(err, gone) {
		t.Errorf("the error was %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "checkpoint")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("there is a checkpoint: %v", err)
	}
	a = b.archive()
	a.Checkpoints = func(yield func([]byte, error) bool) { yield(nil, gone) }
	if err := tree.WriteArchive(filepath.Join(t.TempDir(), "archive"), a); !errors.Is(err, gone) {
		t.Errorf("the error was %v", err)
	}
}

// A log that was tampered with is exported as it is: what is left out of an archive can't be found in it.
func TestNotesThatMakeNoSenseAreExportedToo(t *testing.T) {
	t.Parallel()
	b := published(t)
	other := newBook(t)
	for i := range 10 {
		other.put(tree.Salt{}, event(i))
	}
	a := b.archive()
	a.Checkpoints = each([][]byte{b.published[5], b.published[10], other.publish(), b.published[10], []byte("nonsense"), nil})
	folder := filepath.Join(t.TempDir(), "archive")
	must(t, tree.WriteArchive(folder, a))
	const want = "malformed 10 checkpoints/10-2\nmalformed 10 checkpoints/10-3\n" +
		"malformed -1 checkpoints/unreadable\nmalformed -1 checkpoints/unreadable-2\nforked 10 checkpoints/10-2\n"
	if report := verify(t, folder, b.trust()); said(report) != want {
		t.Errorf("found:\n%s", said(report))
	}
}

// What can't be read is not judged, and so not good.
func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	b := published(t)
	folder := b.write()
	for _, name := range []string{"key", "witnesses", "checkpoint", "entries.jsonl"} {
		files := inMemory(t, folder)
		files[name+"/in a folder"] = files[name]
		delete(files, name)
		if report, err := tree.VerifyArchive(files, b.trust()); err == nil {
			t.Errorf("%s: %+v", name, report)
		}
	}
	files := inMemory(t, folder)
	drop(files, "checkpoints/")
	files["checkpoints"] = files["checkpoint"]
	if report, err := tree.VerifyArchive(files, b.trust()); err == nil {
		t.Errorf("checkpoints in a file: %+v", report)
	}
}

// An archive comes from others. A link in it may lead to what never ends, and a pipe waits for somebody who never writes.
func TestOnlyFilesAreRead(t *testing.T) {
	t.Parallel()
	b := published(t)
	for _, name := range []string{"key", "witnesses", "checkpoint", "checkpoints/5", "entries.jsonl"} {
		for what, put := range map[string]func(path string) error{
			"a link": func(path string) error { return os.Symlink("/dev/zero", path) },
			"a pipe": func(path string) error { return syscall.Mkfifo(path, 0o600) },
		} {
			folder := b.write()
			path := filepath.Join(folder, name)
			must(t, os.Remove(path))
			must(t, put(path))
			if report, err := tree.VerifyArchive(os.DirFS(folder), b.trust()); !errors.Is(err, tree.ErrMalformed) {
				t.Errorf("%s instead of %s: %+v, %v", what, name, report, err)
			}
		}
	}
}

func FuzzVerifyArchive(f *testing.F) {
	b := newBook(f).add(2)
	b.publish()
	b.add(2).publish()
	b.erase(1)
	files := inMemory(f, b.write())
	honest := string(files["entries.jsonl"].Data)
	f.Add(honest, string(files["checkpoint"].Data), string(files["checkpoints/2"].Data))
	f.Add(honest+honest, "", "")
	f.Fuzz(func(t *testing.T, entries, newest, earlier string) {
		changed := fstest.MapFS{
			"key": files["key"], "witnesses": files["witnesses"], "checkpoint": {Data: []byte(newest)},
			"checkpoints/2": {Data: []byte(earlier)}, "entries.jsonl": {Data: []byte(entries)},
		}
		trust := b.trust()
		report, err := tree.VerifyArchive(changed, trust)
		must(t, err)
		if report.Good() && entries != honest {
			t.Errorf("%q is good", entries)
		}
	})
}

// What is kept of an entry is a few bytes, however long its event.
func TestVerifyingTakesLittleMemory(t *testing.T) {
	b := newBook(t)
	const entries = 20_000
	b.add(entries).publish()
	folder := b.write()
	b.entries, b.nodes = nil, nil
	var before, during runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	trust := b.trust()
	told := 0
	trust.Progress = func(n int64) {
		told++
		if n > entries/2 {
			runtime.GC()
			runtime.ReadMemStats(&during)
		}
	}
	if report := verify(t, folder, trust); !report.Good() || report.Entries != entries {
		t.Fatalf("found:\n%s", said(report))
	}
	if each := (int64(during.HeapAlloc) - int64(before.HeapAlloc) - 1<<20) / (entries * 3 / 4); told < 2 || each > 100 {
		t.Errorf("%d bytes an entry, told %d times", each, told)
	}
}

func BenchmarkVerifyArchive(bench *testing.B) {
	for _, entries := range []int{10_000} {
		bench.Run(fmt.Sprint(entries), func(bench *testing.B) {
			b := newBook(bench)
			for range 100 {
				b.add(entries / 100).publish()
			}
			folder := b.write()
			bench.ReportAllocs()
			for bench.Loop() {
				if report := verify(bench, folder, b.trust()); !report.Good() {
					bench.Fatal(said(report))
				}
			}
			bench.ReportMetric(float64(entries*bench.N)/bench.Elapsed().Seconds(), "leaves/s")
		})
	}
}
