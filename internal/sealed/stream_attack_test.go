package sealed_test

import (
	"bytes"
	"io"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// mustStop fails unless a file is refused with ErrOpen itself, and what was given
// before is the beginning of what was written, without its last chunk.
func mustStop(t *testing.T, what string, s *sealed.Stream, file, text []byte) {
	t.Helper()
	got, err := opened(s, file, len(text))
	if err != sealed.ErrOpen { //nolint:errorlint // it has to be the very same
		t.Errorf("%s: %v", what, err)
	}
	if len(got) > max(len(text)-1, 0)/chunk*chunk || !bytes.HasPrefix(text, got) {
		t.Errorf("%s: %d of %d bytes were given", what, len(got), len(text))
	}
}

const attacked = 3*chunk + 5000

// pieces cuts a file into its header and its chunks.
func pieces(file []byte, suite sealed.Suite) (header []byte, chunks [][]byte) {
	sealedChunk := chunk + map[sealed.Suite]int{sealed.XChaCha20Poly1305: 16, sealed.AES256GCM: 28}[suite]
	header, file = file[:60], file[60:]
	for len(file) > 0 {
		n := min(sealedChunk, len(file))
		chunks, file = append(chunks, file[:n]), file[n:]
	}
	return header, chunks
}

func together(header []byte, chunks ...[]byte) []byte {
	return append(bytes.Clone(header), bytes.Join(chunks, nil)...)
}

func TestFilesCannotBeRearranged(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, text := streamOf(t, suite), content(attacked)
			file := sealedFile(t, s, text)
			head, c := pieces(file, suite)
			if len(c) != 4 {
				t.Fatal(len(c))
			}
			// Another file under the same key in the same place, and even under the same nonce.
			others := map[string][]byte{"another": sealedFile(t, s, bytes.Repeat([]byte("other "), attacked/6+1)[:attacked])}
			same, err := sealed.WithRandom(ringOf(t, suite), bytes.NewReader(file[4:28])).Stream([32]byte(numbered("file key", 1)), somePlace())
			if err != nil {
				t.Fatal(err)
			}
			shorter := sealedFile(t, same, text[:2*chunk+100])
			for what, broken := range map[string][]byte{
				"the first two exchanged": together(head, c[1], c[0], c[2], c[3]),
				"two in the middle":       together(head, c[0], c[2], c[1], c[3]),
				"the last one earlier":    together(head, c[0], c[3], c[2], c[1]),
				"one twice":               together(head, c[0], c[1], c[1], c[2], c[3]),
				"one in place of another": together(head, c[0], c[1], c[1], c[3]),
				"one missing":             together(head, c[0], c[1], c[3]),
				"the first missing":       together(head, c[1], c[2], c[3]),
				"the last missing":        together(head, c[0], c[1], c[2]),
				"the last twice":          together(head, c[0], c[1], c[2], c[3], c[3]),
				"the end of a shorter":    together(head, c[0], c[1], shorter[60+2*len(c[0]):]),
				"no chunk":                head,
				"half a header":           head[:30],
				"nothing":                 nil,
				"extended by a byte":      append(bytes.Clone(file), 0),
				"extended by itself":      append(bytes.Clone(file), file...),
				"with another before it":  append(bytes.Clone(others["another"]), file...),
			} {
				if what == "with another before it" {
					if got, err := opened(s, broken, attacked); err != sealed.ErrOpen || bytes.Equal(got, text) { //nolint:errorlint // it has to be the very same
						t.Errorf("%s: %v", what, err)
					}
					continue
				}
				mustStop(t, what, s, broken, text)
			}
			otherHead, o := pieces(others["another"], suite)
			mustStop(t, "another's header", s, together(otherHead, c...), text)
			for i := range c {
				spliced := append([][]byte{}, c...)
				spliced[i] = o[i]
				mustStop(t, "another's chunk", s, together(head, spliced...), text)
			}
		})
	}
}

func TestFilesAreCutNowhere(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := streamOf(t, suite)
			for _, n := range []int{0, 10, 4096, chunk, attacked, 9*chunk - 100} { // the last has a chunk of padding alone
				text := content(n)
				file := sealedFile(t, s, text)
				step := max(1, len(file)/300)
				for cut := 0; cut < len(file); cut += step {
					mustStop(t, "cut", s, file[:cut], text)
				}
				mustStop(t, "cut by one", s, file[:len(file)-1], text)
				_, c := pieces(file, suite)
				for i := range c {
					mustStop(t, "cut between chunks", s, file[:60+len(bytes.Join(c[:i], nil))], text)
				}
			}
		})
	}
}

func TestEveryBitOfAFileCounts(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, text := streamOf(t, suite), content(300)
			file := sealedFile(t, s, text)
			for i := range file {
				if i > 80 && i < len(file)-20 && i%97 != 0 {
					continue
				}
				for bit := range 8 {
					file[i] ^= 1 << bit
					mustStop(t, "a bit", s, file, text)
					file[i] ^= 1 << bit
				}
			}
			long := content(attacked)
			file = sealedFile(t, s, long)
			for i := 0; i < len(file); i += 4001 {
				file[i] ^= 64
				mustStop(t, "a bit of many", s, file, long)
				file[i] ^= 64
			}
			if got, err := opened(s, file, attacked); err != nil || !bytes.Equal(got, long) {
				t.Fatal("the file itself doesn't open")
			}
		})
	}
}

// A part that is asked for is refused if it was touched, and given if only others were.
func TestPartsOfABrokenFile(t *testing.T) {
	t.Parallel()
	s, text := streamOf(t, sealed.XChaCha20Poly1305), content(attacked)
	file := sealedFile(t, s, text)
	file[60+chunk+16+100] ^= 1 // in the second chunk
	r, err := s.Open(from(file), attacked)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		at   int64
		well bool
	}{{0, true}, {chunk - 1, true}, {chunk, false}, {2*chunk - 1, false}, {2 * chunk, true}, {attacked - 1, true}, {chunk, false}, {5, true}} {
		if _, err := r.Seek(c.at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		var one [1]byte
		_, err := io.ReadFull(r, one[:])
		if c.well && (err != nil || one[0] != text[c.at]) || !c.well && err != sealed.ErrOpen { //nolint:errorlint // it has to be the very same
			t.Errorf("at %d: %v", c.at, err)
		}
	}
}

func TestFilesOpenInTheirOwnPlaceAlone(t *testing.T) {
	t.Parallel()
	for name, suite := range suites {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, key := content(chunk+10), numbered("file key", 1)
			file := sealedFile(t, streamOf(t, suite), text)
			for what, change := range map[string]func(*sealed.Place){
				"table": func(p *sealed.Place) { p.Table += "s" }, "column": func(p *sealed.Place) { p.Column = "thumbnail" },
				"row": func(p *sealed.Place) { p.Row = uuid.New() }, "persona": func(p *sealed.Place) { p.Persona = uuid.New() },
				"community": func(p *sealed.Place) { p.Community = uuid.New() }, "version": func(p *sealed.Place) { p.Version++ },
			} {
				p := somePlace()
				change(&p)
				mustStop(t, what, streamFor(t, suite, key, p), file, text)
			}
			mustStop(t, "key", streamFor(t, suite, numbered("file key", 2), somePlace()), file, text)
			elsewhere, err := vectorRing(t, uuid.New(), suite, 1, numbered("secret", 1)).Stream([32]byte(key), somePlace())
			if err != nil {
				t.Fatal(err)
			}
			mustStop(t, "deployment", elsewhere, file, text)
			for _, at := range []struct{ i, to int }{{0, 0}, {0, 2}, {1, 0}, {1, 3 - int(suite)}, {1, 3}, {2, 1}, {3, 1}} {
				other := bytes.Clone(file)
				other[at.i] = byte(at.to)
				mustStop(t, "version, suite or zeros", streamOf(t, suite), other, text)
			}
			// Which ring made the stream is all the same, within a deployment, and whatever its suite.
			for _, other := range suites {
				if got, err := opened(streamOf(t, other), file, len(text)); err != nil || !bytes.Equal(got, text) {
					t.Errorf("a ring of suite %d: %v", other, err)
				}
			}
		})
	}
}

// Nobody who has the length wrong is given a file that is longer or shorter.
func TestTheLengthIsPartOfAFile(t *testing.T) {
	t.Parallel()
	s := streamOf(t, sealed.AES256GCM)
	for _, n := range []int{0, 1, 4000, chunk, attacked} {
		file := sealedFile(t, s, content(n))
		for _, wrong := range []int{n - 1, n + 1, n + 90, 0, n / 2, 2 * n, n + chunk, sealed.MaxFile, sealed.MaxFile + 1, -1} {
			if wrong == n {
				continue
			}
			if got, err := opened(s, file, wrong); err != sealed.ErrOpen { //nolint:errorlint // it has to be the very same
				t.Errorf("%d bytes, read as %d: %d, %v", n, wrong, len(got), err)
			}
		}
	}
}

// Boxes, wrapped keys and files under one secret are never taken for each other.
func TestFilesAndBoxesDoNotMix(t *testing.T) {
	t.Parallel()
	key := numbered("file key", 1)
	ring := vectorRing(t, deployment, sealed.XChaCha20Poly1305, 0, key)
	s, err := ring.Stream([32]byte(key), somePlace())
	if err != nil {
		t.Fatal(err)
	}
	mustRefuse(t, "a file as a box", ring, somePlace(), sealedFile(t, s, content(100)))
	mustStop(t, "a box as a file", s, sealedBox(t, ring, "text"), content(100))
}

func TestNoFileWithout(t *testing.T) {
	t.Parallel()
	ring, key := ringOf(t, sealed.XChaCha20Poly1305), [32]byte(numbered("file key", 1))
	var gone *sealed.Ring
	for what, try := range map[string]func() (*sealed.Stream, error){
		"a ring": func() (*sealed.Stream, error) { return gone.Stream(key, somePlace()) },
		"a key":  func() (*sealed.Stream, error) { return ring.Stream([32]byte{}, somePlace()) },
		"a place": func() (*sealed.Stream, error) {
			return ring.Stream(key, sealed.Place{Table: "attachment", Column: "file"})
		},
	} {
		if s, err := try(); s != nil || err != sealed.ErrSeal { //nolint:errorlint // it has to be the very same
			t.Errorf("without %s: %v", what, err)
		}
	}
	dry, err := sealed.WithRandom(ring, bytes.NewReader(make([]byte, 23))).Stream(key, somePlace())
	if err != nil {
		t.Fatal(err)
	}
	if w, err := dry.Create(io.Discard); w != nil || err != sealed.ErrSeal { //nolint:errorlint // it has to be the very same
		t.Errorf("without randomness: %v", err)
	}
	w, err := streamOf(t, sealed.AES256GCM).Create(io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := w.Write(make([]byte, sealed.MaxFile+1)); n != 0 || err != sealed.ErrSeal || w.Close() != sealed.ErrSeal { //nolint:errorlint // it has to be the very same
		t.Errorf("too long: %d, %v", n, err)
	}
	one, err := sealed.NewFileKey()
	two, err2 := sealed.NewFileKey()
	if err != nil || err2 != nil || one == two || one == [32]byte{} {
		t.Error("keys of files are alike")
	}
}
