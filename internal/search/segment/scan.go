package segment

import (
	"slices"

	"github.com/hamyar/hamyar/internal/search/words"
)

// Scan finds what posts that no segment holds yet have for a query: the same as segments of them would.
func Scan(q words.Query, docs []Analysed) *Found {
	all := &Found{}
	for some := range slices.Chunk(docs, MostDocs) {
		found, err := find(q, gather(some), reading(some))
		if err != nil {
			panic("segment: reading analysed posts cannot fail")
		}
		all.parts = append(all.parts, found)
	}
	return all
}

// reading looks words up by reading all posts.
func reading(docs []Analysed) shelf {
	return shelf{
		places: func(dst []occurrence, term string) ([]occurrence, error) {
			for i, doc := range docs {
				doc.each(func(token words.Token, place int) {
					if token.Term == term {
						dst = once(dst, occurs(i, place))
					}
				})
			}
			return dst, nil
		},
		begins: func(prefix string, has func(doc int)) error {
			for i, doc := range docs {
				seen := map[string]bool{}
				doc.each(func(token words.Token, _ int) {
					if prefixed(token, prefix) && !seen[token.Word] {
						seen[token.Word] = true
						has(i)
					}
				})
			}
			return nil
		},
	}
}
