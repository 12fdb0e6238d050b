package sealed_test

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"testing"

	"golang.org/x/crypto/chacha20poly1305"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/sealed"
)

// fileVector is what an earlier release stored: the file's name says the suite and the length, from which a reader can
// make all the rest again.
type fileVector struct {
	suite sealed.Suite
	size  int
}

func (v fileVector) name() string {
	return fmt.Sprintf("testdata/files/suite-%d-size-%d.sealed", v.suite, v.size)
}

func (v fileVector) place() sealed.Place {
	return sealed.Place{Table: "attachment", Column: "file", Row: numberedID("row", 1), Persona: numberedID("persona", 1), Community: numberedID("community", 1), Version: 1}
}

func (v fileVector) text() []byte {
	return bytes.Repeat([]byte("نه، this is a file. "), v.size/20+1)[:v.size]
}

func (v fileVector) stream(t testing.TB) *sealed.Stream {
	t.Helper()
	ring := vectorRing(t, numberedID("deployment", 1), v.suite, 9, numbered("secret", 9))
	s, err := sealed.WithRandom(ring, bytes.NewReader(numbered("nonce", v.size%256))).Stream([32]byte(numbered("file key", 1)), v.place())
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var fileVectors = []fileVector{{1, 0}, {1, 5000}, {1, 70_000}, {2, 0}, {2, 5000}, {2, 70_000}}

func (v fileVector) file(t testing.TB) []byte {
	t.Helper()
	file, err := os.ReadFile(v.name())
	if errors.Is(err, os.ErrNotExist) && *freeze {
		file, err = sealedFile(t, v.stream(t), v.text()), os.MkdirAll("testdata/files", 0o750)
		if err == nil {
			err = os.WriteFile(v.name(), file, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func TestFrozenFiles(t *testing.T) { //nolint:paralleltest // it may write what is missing
	for _, v := range fileVectors {
		file := v.file(t)
		if got, err := opened(v.stream(t), file, v.size); err != nil || !bytes.Equal(got, v.text()) {
			t.Errorf("%s: does not open: %v", v.name(), err)
		}
		if got, err := referenceFile(numbered("file key", 1), referenceAAD(numberedID("deployment", 1), v.place()), file, v.size); err != nil || !bytes.Equal(got, v.text()) {
			t.Errorf("%s: the reference does not open it: %v", v.name(), err)
		}
		if v.suite == sealed.XChaCha20Poly1305 && !bytes.Equal(sealedFile(t, v.stream(t), v.text()), file) {
			t.Errorf("%s: sealed differently", v.name())
		}
	}
}

// referenceFile is the format once more, written from the comment of Stream.
func referenceFile(key, aad, file []byte, size int) ([]byte, error) {
	suite, nonce := file[1], file[4:28]
	chunkKey, commit, err := referenceKeys("hamyar/stream/v1", key, 0, suite, nonce, aad)
	if err != nil || file[0] != 1 || file[2] != 0 || file[3] != 0 || !bytes.Equal(commit, file[28:60]) {
		return nil, errors.Join(err, errors.New("header"))
	}
	padded := referencePadme(max(size, 4096))
	var text []byte
	for counter, rest := 0, file[60:]; len(text) < padded; counter++ {
		n := min(chunk, padded-len(text))
		data := append(binary.BigEndian.AppendUint32(bytes.Clone(nonce[:19]), uint32(counter)), 0)
		if len(text)+n == padded {
			data[23] = 1
			data = binary.BigEndian.AppendUint64(data, uint64(size))
		}
		var plain []byte
		switch suite {
		case 1:
			aead, err := chacha20poly1305.NewX(chunkKey)
			if err != nil {
				return nil, err
			}
			plain, err = aead.Open(nil, data[:24], rest[:n+16], data)
			if err != nil {
				return nil, err
			}
			rest = rest[n+16:]
		case 2:
			block, err := aes.NewCipher(chunkKey)
			if err != nil {
				return nil, err
			}
			aead, err := cipher.NewGCM(block)
			if err != nil {
				return nil, err
			}
			plain, err = aead.Open(nil, rest[:12], rest[12:n+28], data)
			if err != nil {
				return nil, err
			}
			rest = rest[n+28:]
		}
		if text = append(text, plain...); len(text) == padded && len(rest) != 0 {
			return nil, errors.New("more")
		}
	}
	if len(bytes.Trim(text[size:], "\x00")) != 0 {
		return nil, errors.New("padding")
	}
	return text[:size], nil
}

func TestTheFileFormatIsThePlainOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		suite := rapid.SampledFrom([]sealed.Suite{sealed.XChaCha20Poly1305, sealed.AES256GCM}).Draw(t, "suite")
		size := rapid.IntRange(0, 4*chunk).Draw(t, "size")
		place, text := drawPlace(t), content(size)
		ring, err := sealed.NewRing(deployment, suite, map[uint16][32]byte{3: {1}})
		if err != nil {
			t.Fatal(err)
		}
		key := rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "key")
		key[0] |= 1
		s, err := ring.Stream([32]byte(key), place)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		w, err := s.Create(&file)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil || w.Close() != nil || w.Size() != int64(size) {
			t.Fatal(err)
		}
		if got, err := referenceFile(key, referenceAAD(deployment, place), file.Bytes(), size); err != nil || !bytes.Equal(got, text) {
			t.Fatalf("the reference doesn't open it: %v", err)
		}
	})
}

// FuzzFile: whatever was done to a file, what it gives is what was written there.
func FuzzFile(f *testing.F) {
	for i, v := range fileVectors {
		file := v.file(f)
		if len(file) > chunk {
			continue // too large to be tried often
		}
		f.Add(i, file, v.size, 0)
		f.Add(i, file[:len(file)-1], v.size, v.size/2)
		f.Add(i, append(bytes.Clone(file), file...), v.size+1, 0)
	}
	f.Fuzz(func(t *testing.T, i int, file []byte, size, at int) {
		v := fileVectors[int(uint(i)%uint(len(fileVectors)))]
		r, err := v.stream(t).Open(from(file), int64(size))
		if err != nil {
			return
		}
		if _, err := r.Seek(int64(at), 0); err != nil {
			return
		}
		got, err := io.ReadAll(r)
		text := fileVector{size: 1 << 20}.text() // all of them begin alike, and have one key and place
		if len(got) > 0 && !bytes.HasPrefix(text[at:], got) {
			t.Fatal("something else came out")
		}
		if err == nil && at < size && (len(got) != size-at || size != 5000 && size != 70_000) {
			t.Fatal("it opens as another")
		}
	})
}
