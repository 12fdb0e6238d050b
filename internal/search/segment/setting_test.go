package segment_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/internal/search/words"
)

var today = time.Date(2026, 3, 21, 0, 0, 0, 0, time.UTC)

// allAlike is a secret under which everything has the same hash.
const allAlike = ""

// macOf is a keyed hash as a ring has it.
func macOf(secret string) segment.MAC {
	if secret == allAlike {
		return func(string, ...[]byte) (sum [32]byte) { return sum }
	}
	return func(label string, parts ...[]byte) (sum [32]byte) {
		h := hmac.New(sha256.New, []byte(secret))
		for _, part := range append([][]byte{[]byte(label)}, parts...) {
			h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
			h.Write(part)
		}
		h.Sum(sum[:0])
		return sum
	}
}

func query(t testing.TB, typed string) words.Query {
	t.Helper()
	q, err := words.Parse(typed)
	if err != nil {
		t.Fatalf("%q: %v", typed, err)
	}
	return q
}

func id(n int) (u uuid.UUID) {
	sum := sha256.Sum256(fmt.Append(nil, n))
	copy(u[:], sum[:])
	return u
}

// post is the nth post, of a topic of five.
func post(n int, title, text string) segment.Doc {
	if n%5 != 0 {
		title = ""
	}
	return segment.Doc{
		Facts: segment.Facts{
			Post: id(n), Topic: id(-1 - n/5), Author: id(1_000_000 + n%7), Number: 1 + n%5,
			Day: today.AddDate(0, 0, -n%400), Version: int32(1 + n%3), TopicVersion: 1,
		},
		Title: title, Text: text,
	}
}

// opened is a segment as it is when a query comes: built, opened, and with its pages at hand.
type opened struct {
	*segment.Directory
	mac   segment.MAC
	pages [][]byte
	asked map[int]bool
}

func open(t testing.TB, secret string, docs []segment.Doc) opened {
	t.Helper()
	mac := macOf(secret)
	built, err := segment.Build(mac, docs)
	if err != nil {
		t.Fatal(err)
	}
	directory, err := segment.Open(built.Directory)
	if err != nil {
		t.Fatal(err)
	}
	return opened{directory, mac, built.Pages, map[int]bool{}}
}

// read reads with the pages that are needed, and no others.
func (o opened) read(t testing.TB, q words.Query) *segment.Found {
	t.Helper()
	needed := map[int]bool{}
	for _, page := range o.Needs(o.mac, q) {
		needed[page] = true
	}
	found, err := o.Read(o.mac, q, func(page int) []byte {
		if !needed[page] {
			return nil
		}
		o.asked[page] = true
		return o.pages[page]
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func hitsOf(r *segment.Ranked) (hits []segment.Hit) {
	for {
		hit, more := r.Next()
		if !more {
			return hits
		}
		hits = append(hits, hit)
	}
}

// zipf writes texts of made-up words, of which few are frequent and most are rare: what is left of a language without its
// stop words. The frequent ones are as frequent as in the demonstration's communities, where a quarter of posts of twenty
// different words have the first, an eighth the tenth and a twentieth the hundredth.
type zipf struct {
	vocabulary []string
	ranks      *rand.Zipf
	random     *rand.Rand
}

func newZipf(seed uint64, size int) *zipf {
	z := &zipf{random: rand.New(rand.NewPCG(seed, 0))} //nolint:gosec // the same text in every run
	latin, persian := strings.Fields("ba de fi go lu mer nas pil ro stu tan vek"), strings.Fields("با دی فو گل مر نس پی رو سا تن وک خا")
	for i := range size {
		syllables := latin
		if i%2 == 1 {
			syllables = persian
		}
		var word strings.Builder
		for n := i/2 + 40; n > 0; n /= len(syllables) {
			word.WriteString(syllables[n%len(syllables)])
		}
		z.vocabulary = append(z.vocabulary, word.String())
	}
	z.ranks = rand.NewZipf(z.random, 1.1, 20, uint64(size-1))
	return z
}

func (z *zipf) text(length int) string {
	said := make([]string, length)
	for i := range said {
		said[i] = z.vocabulary[z.ranks.Uint64()]
	}
	return strings.Join(said, " ")
}

// posts are n of about a hundred words, half of which are stop words.
func (z *zipf) posts(from, n int) []segment.Doc {
	docs := make([]segment.Doc, n)
	for i := range docs {
		docs[i] = post(from+i, z.text(6), z.said())
	}
	return docs
}

func (z *zipf) said() string {
	between := strings.Fields("the and I to a of it was in my that for is with but on not have این که را با از به در من و")
	var b strings.Builder
	for range 30 + z.random.IntN(50) {
		b.WriteString(z.vocabulary[z.ranks.Uint64()] + " " + between[z.random.IntN(len(between))] + " ")
	}
	return b.String()
}
