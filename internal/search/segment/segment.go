// Package segment is an index of up to a thousand posts, written once, as bytes for others to seal: which words stand
// where, and how well a post answers a question.
//
// It protects people whose posts are in it from whoever reads the rows without the key: all pages of a segment have one
// size, what lies on which of them is decided by a keyed hash, and where to look for it is said in the directory alone,
// which is sealed too. It knows no rows, keeps no key and reads no clock. It must never put a word that it was given into
// an error, never trust what it reads back to be well-formed, and never find less or more than reading every post would.
package segment

import (
	"errors"
	"time"

	"github.com/google/uuid"
)

const (
	// MostDocs is how many posts a segment has at most. With fewer, a question is asked of more segments; with more, there is
	// more to write anew when one post goes.
	MostDocs = 1000

	// MostTagged is how many posts have tags under one key at most. Whoever knows one post in fifty and has the tags of a
	// segment of so many reads up to a twentieth of the other words; in one of a thousand it would be a fifth.
	MostTagged = 250

	// PageSize is the length of every page, in bytes. With the padding and the overhead of a box, and the identifiers of its
	// row, four of them fill a page of PostgreSQL and none is stored out of line.
	PageSize = 1852

	// pagesTogether is what the number of pages is a multiple of, so that it tells little of what was written.
	pagesTogether = 8
)

var (
	// ErrMalformed says that bytes are not of a segment, or not of this one.
	ErrMalformed = errors.New("segment: malformed")
	// ErrOtherAnalysis says that a segment was built when words were told apart in another way. Its posts have to be scanned
	// until it is built anew.
	ErrOtherAnalysis = errors.New("segment: of another analysis")
	// ErrMissingPage says that a page which Needs named was not there.
	ErrMissingPage = errors.New("segment: a page is missing")
	// ErrTooMuch says that there are more posts than MostDocs, or more words in them than a segment has room for: a quarter of
	// a gigabyte.
	ErrTooMuch = errors.New("segment: more than it can hold")
)

// MAC is a keyed hash under the segment's own key, as sealed.Ring has it.
type MAC func(label string, parts ...[]byte) [32]byte

// Facts of a post are what a directory keeps of it: enough to filter and to rank, and to tell whether it has been changed.
type Facts struct {
	Post, Topic, Author   uuid.UUID
	Number                int       // within its topic; 1 opens it
	Day                   time.Time // on which it was written, UTC
	Version, TopicVersion int32
}

// Doc is a post to be indexed: its facts and its words, as plain text. Only an opening post has a title.
type Doc struct {
	Facts
	Title, Text string
}

// Segment is what Build makes: bytes to be sealed one by one, and sealed before they are stored anywhere.
type Segment struct {
	Directory []byte
	Pages     [][]byte // all of them of PageSize; the order is theirs
}
