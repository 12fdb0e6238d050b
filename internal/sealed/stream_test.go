package sealed_test

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"testing"
	"testing/iotest"

	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/sealed"
)

const chunk = 64 << 10

// lengths of files around every border: of padding, of one chunk, of several.
var lengths = []int{0, 1, 4095, 4096, 4097, 61440, chunk - 1, chunk, chunk + 1, 2*chunk - 1, 2 * chunk, 2*chunk + 1, 300_000, 1 << 20}

func streamOf(t testing.TB, suite sealed.Suite) *sealed.Stream {
	t.Helper()
	return streamFor(t, suite, numbered("file key", 1), somePlace())
}

func streamFor(t testing.TB, suite sealed.Suite, key []byte, p sealed.Place) *sealed.Stream {
	t.Helper()
	s, err := ringOf(t, suite).Stream([32]byte(key), p)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// content is n bytes of which no two chunks are alike.
func content(n int) []byte {
	all, random := make([]byte, n), rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(all)
	return all
}

func sealedFile(t testing.TB, s *sealed.Stream, text []byte) []byte {
	t.Helper()
	var file bytes.Buffer
	w, err := s.Create(&file)
	if err != nil {
		t.Fatal(err)
	}
	for len(text) > 0 {
		n := min(len(text), 10_007)
		if _, err := w.Write(text[:n]); err != nil {
			t.Fatal(err)
		}
		text = text[n:]
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func from(file []byte) sealed.Opener {
	return func(offset int64) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(file[min(int(offset), len(file)):])), nil
	}
}

func opened(s *sealed.Stream, file []byte, size int) ([]byte, error) {
	r, err := s.Open(from(file), int64(size))
	if err != nil {
		return nil, err
	}
	got, err := io.ReadAll(r)
	if r.Close() != nil {
		return got, errBelow
	}
	return got, err
}

func TestFilesComeBack(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := streamOf(t, suite)
			for _, n := range lengths {
				text := content(n)
				file := sealedFile(t, s, text)
				if got, err := opened(s, file, n); err != nil || !bytes.Equal(got, text) {
					t.Errorf("%d bytes: %v", n, err)
				}
				padded := referencePadme(max(n, 4096))
				overhead := map[sealed.Suite]int{sealed.XChaCha20Poly1305: 16, sealed.AES256GCM: 28}[suite]
				if want := 60 + padded + (padded+chunk-1)/chunk*overhead; len(file) != want {
					t.Errorf("%d bytes are sealed into %d, want %d", n, len(file), want)
				}
				if n > 100 && bytes.Contains(file, text[:32]) {
					t.Errorf("%d bytes: plain", n)
				}
				r, err := s.Open(from(file), int64(n))
				if err != nil {
					t.Fatal(err)
				}
				if n < 5000 || n == 2*chunk+1 {
					if err := iotest.TestReader(r, text); err != nil {
						t.Errorf("%d bytes: %v", n, err)
					}
				}
			}
		})
	}
}

// TestAnyPartIsWhatWasWritten reads parts in any order and of any length.
func TestAnyPartIsWhatWasWritten(t *testing.T) {
	t.Parallel()
	text := content(5*chunk + 1234)
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := streamOf(t, suite)
			r, err := s.Open(from(sealedFile(t, s, text)), int64(len(text)))
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				at := rapid.IntRange(0, len(text)+10).Draw(t, "from")
				length := rapid.IntRange(0, 2*chunk).Draw(t, "length")
				if _, err := r.Seek(int64(at), io.SeekStart); err != nil {
					t.Fatal(err)
				}
				got := make([]byte, length)
				n, err := io.ReadFull(r, got)
				want := text[min(at, len(text)):min(at+length, len(text))]
				if !bytes.Equal(got[:n], want) || (n == length) != (err == nil) {
					t.Fatalf("%d bytes from %d: %d, %v", length, at, n, err)
				}
			})
		})
	}
}

// counting tells how much of a file was read.
type counting struct {
	file         []byte
	opened, read int
}

func (c *counting) open(offset int64) (io.ReadCloser, error) {
	c.opened++
	inner := bytes.NewReader(c.file[offset:])
	return io.NopCloser(readerFunc(func(p []byte) (int, error) {
		n, err := inner.Read(p)
		c.read += n
		return n, err
	})), nil
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func TestAPartReadsItsOwnChunksAlone(t *testing.T) {
	t.Parallel()
	s, text := streamOf(t, sealed.XChaCha20Poly1305), content(100*chunk)
	all := &counting{file: sealedFile(t, s, text)}
	r, err := s.Open(all.open, int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Seek(50*chunk-10, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r, make([]byte, 20)); err != nil {
		t.Fatal(err)
	}
	if most := 60 + 2*(chunk+16); all.read > most || all.opened != 2 {
		t.Errorf("20 bytes over a border: %d were read of %d, in %d goes", all.read, len(all.file), all.opened)
	}
	whole := &counting{file: all.file}
	r, err = s.Open(whole.open, int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(io.Discard, r); err != nil || whole.opened != 1 || whole.read != len(whole.file) {
		t.Errorf("the whole: %d of %d, in %d goes: %v", whole.read, len(whole.file), whole.opened, err)
	}
}

// A file of any length is sealed and read in the memory of a few chunks.
func TestMemoryIsConstant(t *testing.T) { //nolint:paralleltest // what others allocate would count
	for name, suite := range suites {
		s, text := streamOf(t, suite), content(chunk)
		took := func(chunks int) (writing, reading uint64) {
			file := bytes.NewBuffer(make([]byte, 0, (chunks+chunks/4+2)*(chunk+64)))
			writing = allocation(func() {
				w, err := s.Create(file)
				for range chunks {
					_, err = w.Write(text)
				}
				if err != nil || w.Close() != nil {
					t.Fatal(err)
				}
			})
			reading = allocation(func() {
				r, err := s.Open(from(file.Bytes()), int64(chunks*chunk))
				if err != nil {
					t.Fatal(err)
				}
				if _, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, r, text); err != nil {
					t.Fatal(err)
				}
			})
			return writing, reading
		}
		for _, chunks := range []int{2, 20, 400} {
			writing, reading := took(chunks)
			t.Logf("%s: %2d MiB: %d KiB to write, %d KiB to read", name, chunks/16, writing>>10, reading>>10)
			if most := uint64(4 * chunk); writing > most || reading > most {
				t.Errorf("%s: %d chunks take %d bytes to write and %d to read", name, chunks, writing, reading)
			}
		}
	}
}

func allocation(do func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	do()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

var errBelow = errors.New("the store is down")

// Errors of what lies beneath are told as they are: they say nothing of the file.
func TestTheStoreBeneathFails(t *testing.T) {
	t.Parallel()
	s, text := streamOf(t, sealed.XChaCha20Poly1305), content(3*chunk)
	file := sealedFile(t, s, text)
	for _, n := range []int{0, 59, 60, 70, 60 + chunk + 16, len(file) - 1, len(file)} {
		r, err := s.Open(func(int64) (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(bytes.NewReader(file[:n]), iotest.ErrReader(errBelow))), nil
		}, int64(len(text)))
		if err == nil {
			_, err = io.ReadAll(r)
		}
		if !errors.Is(err, errBelow) {
			t.Errorf("reading fails after %d bytes: %v", n, err)
		}
	}
	if _, err := s.Open(func(int64) (io.ReadCloser, error) { return nil, errBelow }, 1); !errors.Is(err, errBelow) {
		t.Errorf("nothing to open: %v", err)
	}
	for _, n := range []int{0, 60, 60 + chunk + 16, len(file) - 1} {
		w, err := s.Create(&failingAt{left: n})
		if err == nil {
			_, err = w.Write(text)
			if again, after := w.Write(text); err != nil && (again != 0 || !errors.Is(after, errBelow)) {
				t.Errorf("after an error: %d, %v", again, after)
			}
			err = errors.Join(err, w.Close())
		}
		if !errors.Is(err, errBelow) {
			t.Errorf("writing fails after %d bytes: %v", n, err)
		}
	}
}

type failingAt struct{ left int }

func (f *failingAt) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errBelow
	}
	f.left -= len(p)
	return len(p), nil
}

func BenchmarkStream(b *testing.B) {
	for name, suite := range suites {
		s, text := streamOf(b, suite), content(8<<20)
		file := sealedFile(b, s, text)
		b.Run("seal/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				w, err := s.Create(io.Discard)
				if err != nil {
					b.Fatal(err)
				}
				if _, err := w.Write(text); err != nil || w.Close() != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run("open/"+name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r, err := s.Open(from(file), int64(len(text)))
				if err != nil {
					b.Fatal(err)
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
