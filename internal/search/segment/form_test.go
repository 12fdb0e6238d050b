package segment_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

func build(t testing.TB, secret string, docs []segment.Doc) segment.Segment {
	t.Helper()
	built, err := segment.Build(macOf(secret), docs)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func TestADirectoryKeepsTheFacts(t *testing.T) {
	t.Parallel()
	docs := newZipf(3, 500).posts(0, 120)
	d := open(t, "a", docs)
	if d.Len() != len(docs) {
		t.Fatalf("%d posts, want %d", d.Len(), len(docs))
	}
	for i, doc := range docs {
		if d.Facts(i) != doc.Facts {
			t.Fatalf("post %d is %+v, want %+v", i, d.Facts(i), doc.Facts)
		}
	}
	if d.Wipe(); d.Len() != 0 || d.Needs(d.mac, query(t, "the")) != nil {
		t.Error("a wiped directory knows something")
	}
}

func TestASegmentIsWrittenInOneWay(t *testing.T) {
	t.Parallel()
	docs := newZipf(4, 500).posts(0, 100)
	once, again, other := build(t, "a", docs), build(t, "a", docs), build(t, "b", docs)
	if !bytes.Equal(once.Directory, again.Directory) || !bytes.Equal(slices.Concat(once.Pages...), slices.Concat(again.Pages...)) {
		t.Error("the same posts under the same key make other bytes")
	}
	if same := samePages(once, other); same > 0 {
		t.Errorf("under another key %d pages are the same", same)
	}
	if _, err := segment.Build(macOf("a"), make([]segment.Doc, segment.MostDocs+1)); !errors.Is(err, segment.ErrTooMuch) {
		t.Errorf("too many posts: %v", err)
	}
}

// samePages counts them; those that are empty don't count.
func samePages(a, b segment.Segment) (same int) {
	for i := range min(len(a.Pages), len(b.Pages)) {
		if bytes.Equal(a.Pages[i], b.Pages[i]) && bytes.Count(a.Pages[i], []byte{0}) < segment.PageSize {
			same++
		}
	}
	return same
}

// What is stored has to be read as long as its form has this number. Numbers are analysed alike by every analysis.
func TestTheFormIsFrozen(t *testing.T) {
	t.Parallel()
	docs := make([]segment.Doc, 20)
	for i := range docs {
		docs[i] = post(i, "1234 777", fmt.Sprint("777 1234 1234 ", 1000+i*i%7, " ", 100000*i))
	}
	built := build(t, "a", docs)
	built.Directory[1] = 1 // the version of the analysis
	sum := sha256.Sum256(slices.Concat(append(built.Pages, built.Directory)...))
	if got, want := hex.EncodeToString(sum[:]), "b6e88bcb0b694941aaf6c2e55ee45731905b72fc65a818bbe70f62fea4155bfa"; got != want {
		t.Errorf("what is built is %s, and has always been %s: change the number of the form", got, want)
	}
}

// What the rows of a segment tell: how many boxes there are, in steps, and that all of them have one length.
func TestSealedPagesHaveOneSize(t *testing.T) {
	t.Parallel()
	ring, err := sealed.NewRing(uuid.New(), sealed.XChaCha20Poly1305, map[uint16][32]byte{1: {1}})
	if err != nil {
		t.Fatal(err)
	}
	lengths := map[int]bool{}
	for n := range 12 {
		built := build(t, fmt.Sprint(n), newZipf(uint64(n), 3000).posts(0, 1+n*n*3))
		if len(built.Pages)%8 != 0 {
			t.Errorf("%d pages tell how much was written", len(built.Pages))
		}
		for i, page := range built.Pages {
			box, err := ring.Seal(sealed.Place{Table: "search_bucket", Column: "box", Row: uuid.New(), Version: int32(i)}, page)
			if err != nil {
				t.Fatal(err)
			}
			lengths[len(box)] = true
		}
	}
	// Four rows of 24 bytes of header, 36 of identifiers and 4 of length fill a page of PostgreSQL.
	const most = 2032 - 24 - 36 - 4
	for length := range lengths {
		if len(lengths) > 1 || length > most || length < most-64 {
			t.Errorf("boxes of %v bytes; all should have one size, just below %d", lengths, most)
		}
	}
}

func TestAWordNeedsItsOwnPagesAlone(t *testing.T) {
	t.Parallel()
	docs := newZipf(5, 20_000).posts(0, 1000)
	docs[7].Text += " therapy thesis"
	s := open(t, "a", docs)
	for typed, most := range map[string]int{
		"therapy": 2, "thera*": 2, "nowhere": 0, "nowhere*": 0, "therapy -thesis": 4, "the": 5, `"the the"`: 5,
	} {
		q := query(t, typed)
		needs := s.Needs(s.mac, q)
		if len(needs) > most || most > 0 && len(needs) == 0 {
			t.Errorf("%q needs %d of %d pages, want up to %d", typed, len(needs), len(s.pages), most)
		}
		clear(s.asked)
		if s.read(t, q); len(s.asked) > len(needs) {
			t.Errorf("%q read pages that it doesn't need", typed)
		}
		if len(needs) == 0 {
			continue
		}
		if _, err := s.Read(s.mac, q, func(int) []byte { return nil }); !errors.Is(err, segment.ErrMissingPage) {
			t.Errorf("%q without its pages: %v", typed, err)
		}
		if _, err := s.Read(s.mac, q, func(p int) []byte { return s.pages[p][1:] }); !errors.Is(err, segment.ErrMalformed) {
			t.Errorf("%q with short pages: %v", typed, err)
		}
	}
}

func TestAnotherAnalysisIsRefused(t *testing.T) {
	t.Parallel()
	directory := build(t, "a", newZipf(6, 100).posts(0, 3)).Directory
	if directory[1] != words.Version {
		t.Fatal("the second byte is not the version of the analysis")
	}
	directory[1]++
	if _, err := segment.Open(directory); !errors.Is(err, segment.ErrOtherAnalysis) {
		t.Errorf("another analysis: %v", err)
	}
	directory[1]--
	directory[0]++
	if _, err := segment.Open(directory); !errors.Is(err, segment.ErrMalformed) {
		t.Errorf("another form: %v", err)
	}
	directory[0]--
	for n := range directory {
		if _, err := segment.Open(directory[:n]); err == nil {
			t.Errorf("%d of %d bytes are a directory", n, len(directory))
		}
	}
	if _, err := segment.Open(append(directory, 0)); !errors.Is(err, segment.ErrMalformed) {
		t.Errorf("one byte more: %v", err)
	}
}

// Whichever byte is another one, of the directory or of a page: a segment is refused, or finds some of its posts.
func TestEveryByteMayBeWrong(t *testing.T) {
	t.Parallel()
	built, mac := build(t, "a", newZipf(8, 60).posts(0, 9)), macOf("a")
	directory, pages := len(built.Directory), slices.Concat(built.Pages...)
	whole := slices.Concat(built.Directory, pages[:len(bytes.TrimRight(pages, "\x00"))])
	all := []words.Query{query(t, "the and"), query(t, "bal* -lugo"), query(t, `"the in"`)}
	refused := 0
	for i := range whole {
		whole[i] ^= 1 << (i % 8)
		copy(pages, whole[directory:])
		d, err := segment.Open(whole[:directory])
		for _, q := range all {
			if err != nil {
				break
			}
			var found *segment.Found
			if found, err = d.Read(mac, q, func(p int) []byte {
				if (p+1)*segment.PageSize > len(pages) {
					return nil
				}
				return pages[p*segment.PageSize:][:segment.PageSize]
			}); err == nil {
				if n := len(hitsOf(segment.Rank([]*segment.Found{found}, segment.Filter{}, today))); n > d.Len() {
					t.Fatalf("byte %d: %d hits among %d posts", i, n, d.Len())
				}
			}
		}
		if err != nil {
			refused++
		}
		whole[i] ^= 1 << (i % 8)
	}
	if refused < 100 {
		t.Errorf("%d of %d wrong bytes were noticed; are they read at all?", refused, len(whole))
	}
}

// FuzzRead: whatever bytes there are instead of a segment, nothing panics, and nothing takes more memory than they do.
func FuzzRead(f *testing.F) {
	built := build(f, "a", newZipf(7, 200).posts(0, 30))
	mac := macOf("a")
	all := []words.Query{query(f, "the"), query(f, "baf* -lugo"), query(f, `"the the and"`), query(f, "دیفو*")}
	f.Add(built.Directory, slices.Concat(built.Pages...), 0, byte(0))
	f.Add(built.Directory, slices.Concat(built.Pages...), 40, byte(9))
	f.Add([]byte{}, []byte{}, 0, byte(0))
	f.Fuzz(func(t *testing.T, directory, pages []byte, at int, flip byte) {
		if whole := append(slices.Clone(directory), pages...); len(whole) > 0 {
			whole[uint(at)%uint(len(whole))] ^= flip
			directory, pages = whole[:len(directory)], whole[len(directory):]
		}
		d, err := segment.Open(directory)
		if err != nil {
			return
		}
		if d.Size() > 8*len(directory)+1000 {
			t.Fatalf("%d bytes became %d", len(directory), d.Size())
		}
		for _, q := range all {
			if pages := len(d.Needs(mac, q)); pages > 200_000 {
				t.Fatalf("%d pages are needed", pages)
			}
			found, err := d.Read(mac, q, func(p int) []byte {
				if p < 0 || (p+1)*segment.PageSize > len(pages) {
					return nil
				}
				return pages[p*segment.PageSize : (p+1)*segment.PageSize]
			})
			if err != nil {
				continue
			}
			if hits := len(hitsOf(segment.Rank([]*segment.Found{found}, segment.Filter{}, today))); hits > d.Len() {
				t.Fatalf("%d hits among %d posts", hits, d.Len())
			}
		}
	})
}
