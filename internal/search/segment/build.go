package segment

import (
	"bytes"
	"cmp"
	"maps"
	"slices"

	"github.com/hamyar/hamyar/internal/search/words"
)

// Build makes the segment of these posts: the same bytes for the same posts in the same order and the same key. Its only
// error is ErrTooMuch.
func Build(mac MAC, docs []Doc) (Segment, error) {
	if len(docs) > MostDocs {
		return Segment{}, ErrTooMuch
	}
	analysed := make([]Analysed, len(docs))
	for i, doc := range docs {
		analysed[i] = Analyse(doc)
	}
	d := gather(analysed)
	stream := d.fill(drawers(mac, analysed))
	if len(stream) > mostBytes {
		return Segment{}, ErrTooMuch
	}
	return Segment{Directory: d.bytes(), Pages: pages(stream)}, nil
}

// drawer with its key and all that lies in it.
type drawer struct {
	key  uint32
	data []byte
}

// drawers of all words of the posts, in order.
func drawers(mac MAC, docs []Analysed) []drawer {
	terms, all := map[string][]occurrence{}, map[string][]uint16{}
	for i, doc := range docs {
		doc.each(func(token words.Token, place int) {
			terms[token.Term] = once(terms[token.Term], occurs(i, place))
			all[token.Word] = once(all[token.Word], uint16(i))
		})
	}
	out := make([]drawer, 0, len(terms)+len(all)/2)
	for term, places := range terms {
		out = append(out, drawer{key(mac, ofTerm, term), termDrawer(term, places)})
	}
	for begins, some := range byBeginning(all) {
		out = append(out, drawer{key(mac, ofBeginning, begins), beginningDrawer(some, len(docs))})
	}
	slices.SortFunc(out, func(a, b drawer) int {
		return cmp.Or(cmp.Compare(a.key, b.key), bytes.Compare(a.data, b.data))
	})
	return out
}

// once adds what is greater than the last.
func once[T cmp.Ordered](all []T, one T) []T {
	if len(all) > 0 && all[len(all)-1] == one {
		return all
	}
	return append(all, one)
}

func byBeginning(all map[string][]uint16) map[string][]aWord {
	out := map[string][]aWord{}
	for _, word := range slices.Sorted(maps.Keys(all)) {
		if begins := beginningOf(word); begins != "" {
			out[begins] = append(out[begins], aWord{word, all[word]})
		}
	}
	return out
}

// fill notes where every drawer ends, and returns them one behind another.
func (d *Directory) fill(all []drawer) (stream []byte) {
	for _, one := range all {
		stream = append(stream, one.data...)
		d.catalogue.add(one.key, uint32(len(stream)))
	}
	return stream
}

// pages cuts a stream into pages, and adds empty ones.
func pages(stream []byte) [][]byte {
	n := (len(stream) + PageSize - 1) / PageSize
	n = (n + pagesTogether - 1) / pagesTogether * pagesTogether
	whole := make([]byte, n*PageSize)
	copy(whole, stream)
	return slices.Collect(slices.Chunk(whole, PageSize))
}
