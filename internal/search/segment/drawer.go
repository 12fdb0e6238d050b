package segment

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/hamyar/hamyar/internal/search/words"
)

// Words lie in drawers. There is one for each term, with every place where it stands, and one for each beginning of three
// letters, with the posts that have each word of that beginning. Drawers lie on the pages one behind another, ordered by
// their keys: keyed hashes, so that neighbours have nothing in common.
const (
	ofTerm      = 0
	ofBeginning = 1

	beginning = 3 // letters
)

// key of a drawer. Two may have the same, so what lies in a drawer names itself.
func key(mac MAC, kind uint32, name string) uint32 {
	sum := mac("segment/drawer", []byte{byte(kind)}, []byte(name))
	return binary.BigEndian.Uint32(sum[:])>>7&^1 | kind
}

// beginningOf is what a word's drawer is named after; "" for a word too short to be looked for by its beginning.
func beginningOf(word string) string {
	end := 0
	for range beginning {
		_, size := utf8.DecodeRuneInString(word[end:])
		if size == 0 {
			return ""
		}
		end += size
	}
	return word[:end]
}

// occurrence is a place in a post: the post's number in the segment, and the place's number in the post. In order they
// compare as the places do.
type occurrence uint32

func occurs(doc, place int) occurrence { return occurrence(doc<<16 | place) }
func (o occurrence) doc() int          { return int(o >> 16) }
func (o occurrence) place() int        { return int(o & mostWords) }

// termDrawer writes a term and where it stands: for each post how many posts were left out before it, whether it stands
// there more than once and how often, and the places, each as its distance from the one before.
func termDrawer(term string, all []occurrence) []byte {
	out := text(nil, term)
	next := 0 // the first post that may come
	for len(all) > 0 {
		doc := all[0].doc()
		n := slices.IndexFunc(all, func(o occurrence) bool { return o.doc() != doc })
		if n < 0 {
			n = len(all)
		}
		if n == 1 {
			out = number(out, (doc-next)<<1)
		} else {
			out = number(number(out, (doc-next)<<1|1), n-2)
		}
		place := 0
		for _, o := range all[:n] {
			out = number(out, o.place()-place)
			place = o.place() + 1
		}
		next, all = doc+1, all[n:]
	}
	return out
}

// occurrences adds to dst where a term stands in a segment of so many posts; nothing if the drawer is another's.
func occurrences(dst []occurrence, drawer []byte, term string, docs int) ([]occurrence, error) {
	in := unread{data: drawer}
	if string(in.text()) != term {
		return dst, in.fault()
	}
	next := 0
	for in.more() {
		head := in.number(docs<<1 | 1)
		doc, n := next+head>>1, 1
		if head&1 == 1 {
			n = 2 + in.count(1)
		}
		if doc >= docs {
			return dst, ErrMalformed
		}
		place := 0
		for range n {
			place += in.number(mostWords)
			if place > mostWords || in.bad {
				return dst, ErrMalformed
			}
			dst = append(dst, occurs(doc, place))
			place++
		}
		next = doc + 1
	}
	return dst, in.fault()
}

// aWord is a word that has three letters or more, and the posts that have it.
type aWord struct {
	word string
	docs []uint16
}

// beginningDrawer writes words of one beginning, sorted: what each shares with the one before, the rest of it, and its
// posts, as distances or, where that is shorter, as one bit for each post of the segment.
func beginningDrawer(all []aWord, docs int) []byte {
	var out []byte
	before := ""
	for _, w := range all {
		shared := sharedBeginning(before, w.word)
		out = text(number(out, shared), w.word[shared:])
		before = w.word
		if len(w.docs) > bitBytes(docs) {
			out = append(number(out, 1), bits(w.docs, docs)...)
			continue
		}
		out = number(out, len(w.docs)<<1)
		next := 0
		for _, doc := range w.docs {
			out = number(out, int(doc)-next)
			next = int(doc) + 1
		}
	}
	return out
}

// beginnings tells of every post that has a word of a beginning, once for each word.
func beginnings(drawer []byte, begins string, docs int, has func(doc int)) error {
	in := unread{data: drawer}
	var word []byte
	for in.more() {
		shared := in.number(len(word))
		word = append(word[:shared], in.text()...)
		found := len(word) >= len(begins) && string(word[:len(begins)]) == begins
		each := func(doc int) {
			if found {
				has(doc)
			}
		}
		if n := in.number(docs<<1 | 1); n == 1 {
			in.bits(docs, each)
		} else if n&1 == 1 || !in.distances(n>>1, docs, each) {
			return ErrMalformed
		}
	}
	return in.fault()
}

func (u *unread) distances(n, docs int, each func(doc int)) bool {
	next := 0
	for range n {
		doc := next + u.number(docs)
		if doc >= docs || u.bad {
			return false
		}
		each(doc)
		next = doc + 1
	}
	return true
}

func (u *unread) bits(docs int, each func(doc int)) {
	for i, b := range u.take(bitBytes(docs)) {
		for bit := range 8 {
			if doc := i*8 + bit; b>>bit&1 == 1 && doc < docs {
				each(doc)
			}
		}
	}
}

func (u *unread) fault() error {
	if u.bad {
		return ErrMalformed
	}
	return nil
}

func bitBytes(docs int) int { return (docs + 7) / 8 }

func bits(docs []uint16, all int) []byte {
	out := make([]byte, bitBytes(all))
	for _, doc := range docs {
		out[doc/8] |= 1 << (doc % 8)
	}
	return out
}

func sharedBeginning(a, b string) int {
	n := 0
	for n < min(len(a), len(b)) && a[n] == b[n] {
		n++
	}
	return n
}

// prefixed tells whether a token is of a beginning.
func prefixed(token words.Token, begins string) bool {
	return len(token.Word) >= len(begins) && token.Word[:len(begins)] == begins
}
