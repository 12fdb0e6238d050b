package segment

import (
	"crypto/rand"
	"encoding/binary"
	"slices"

	"github.com/hamyar/hamyar/internal/search/words"
)

// Of the words of a post, so many have tags: from fewestTags, doubled until there is room, to mostTags.
const (
	fewestTags = 16
	mostTags   = 512
)

// Tags of a post are keyed hashes of its words, without stop words, sorted, with random ones among them so that there
// are 16, 32, 64 … 512. Of a post with more words than that, the first are taken.
//
// Whoever has the tags of a segment and some of its posts in plain can label tags, and with them words in its other
// posts; that is why no key has tags of more than MostDocs posts.
func Tags(mac MAC, doc Doc) []int32 {
	tags := make([]int32, 0, 4*fewestTags)
	seen := map[string]bool{}
	Analyse(doc).each(func(token words.Token, _ int) {
		if seen[token.Term] || len(tags) == mostTags {
			return
		}
		seen[token.Term] = true
		if !token.Stop {
			tags = append(tags, tag(mac, token.Term))
		}
	})
	return padded(distinct(tags))
}

// padded adds random tags until there are as many as tell little.
func padded(tags []int32) []int32 {
	enough := fewestTags
	for enough < len(tags) {
		enough *= 2
	}
	for len(tags) < enough {
		random := make([]byte, 4*(enough-len(tags)))
		_, _ = rand.Read(random) // it never fails
		for one := range slices.Chunk(random, 4) {
			tags = append(tags, positive(one))
		}
		tags = distinct(tags)
	}
	return tags
}

func distinct(tags []int32) []int32 {
	slices.Sort(tags)
	return slices.Compact(tags)
}

func tag(mac MAC, term string) int32 {
	sum := mac("segment/tag", []byte(term))
	return positive(sum[:])
}

// positive is a number of 31 bits.
func positive(b []byte) int32 { return int32(binary.BigEndian.Uint32(b) >> 1) }

// stop tells whether a term may be a stop word's, which has no tag.
func stop(term string) bool {
	return slices.ContainsFunc(words.Analyse(term), func(t words.Token) bool { return t.Stop })
}

// Asked are tags to look for: a post may answer only if, of every clause, it has all the tags of one phrase.
type Asked [][][]int32

// Ask returns the tags of a query under the key of one segment. What has them may answer, and nothing else does: it has
// to be opened and matched. ok is false where tags can't tell anything: a query of beginnings or stop words alone.
func Ask(mac MAC, q words.Query) (asked Asked, ok bool) {
	for _, clause := range q.Clauses() {
		if clause.Without {
			continue
		}
		var all [][]int32
		for _, phrase := range clause.Any {
			all = append(all, ofPhrase(mac, phrase))
		}
		if !slices.ContainsFunc(all, func(tags []int32) bool { return len(tags) == 0 }) {
			asked = append(asked, all)
		}
	}
	return asked, len(asked) > 0
}

// ofPhrase are the tags that a post with the phrase must have; none where tags don't tell.
func ofPhrase(mac MAC, phrase words.Phrase) (tags []int32) {
	for _, want := range phrase {
		if !want.Prefix && !stop(want.Term) {
			tags = append(tags, tag(mac, want.Term))
		}
	}
	return distinct(tags)
}
