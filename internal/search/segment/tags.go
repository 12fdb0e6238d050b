package segment

import "github.com/hamyar/hamyar/internal/search/words"

// Tags of a post are keyed hashes of its words, without stop words, sorted, with random ones among them so that there
// are 16, 32, 64 … 512. Of a post with more words than that, the first are taken.
func Tags(mac MAC, doc Doc) []int32 { return nil }

// Asked are tags to look for: a post may answer only if, of every clause, it has all the tags of one phrase.
type Asked [][][]int32

// Ask returns the tags of a query under the key of one segment. What has them may answer, and nothing else does: it has
// to be opened and matched. ok is false where tags can't tell anything: a query of beginnings or stop words alone.
func Ask(mac MAC, q words.Query) (asked Asked, ok bool) { return nil, false }
