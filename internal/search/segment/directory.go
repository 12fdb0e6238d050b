package segment

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/words"
)

// form is how directories and pages are written. Others are not read.
const form = 1

const aDay = 24 * 60 * 60 // in seconds

// Directory is the opened directory of a segment: its posts, and on which pages words are. Any number of goroutines may
// read it, until it is wiped.
type Directory struct {
	topics, authors []uuid.UUID
	rows            []row
	words           int // in all posts
	catalogue       catalogue
}

// row has the facts of one post: forty bytes, because the directories of a whole community lie in memory.
type row struct {
	post                          uuid.UUID
	topic, author                 uint16 // places in topics and authors
	day                           int32  // since 1970
	number, version, topicVersion int32
	title, text                   uint16 // their words
}

func (r *row) length() int { return int(r.title) + int(r.text) }

// Open reads a directory. Its errors are ErrMalformed and ErrOtherAnalysis. It keeps nothing of data.
func Open(data []byte) (*Directory, error) {
	in := unread{data: data}
	if in.number(math.MaxInt32) != form || in.bad {
		return nil, ErrMalformed
	}
	if analysis := in.number(math.MaxInt32); analysis != words.Version && !in.bad {
		return nil, ErrOtherAnalysis
	}
	d := &Directory{topics: identifiers(&in), authors: identifiers(&in)}
	first := int32(in.number(math.MaxInt32))
	d.rows = make([]row, min(in.count(len(uuid.UUID{})+8), MostDocs+1))
	for i := range d.rows {
		d.rows[i] = readRow(&in, first)
		d.words += d.rows[i].length()
	}
	d.catalogue = readCatalogue(&in)
	if in.bad || len(in.data) > 0 || !d.sound() {
		d.Wipe()
		return nil, ErrMalformed
	}
	return d, nil
}

func identifiers(in *unread) []uuid.UUID {
	all := make([]uuid.UUID, in.count(len(uuid.UUID{})))
	for i := range all {
		copy(all[i][:], in.take(len(all[i])))
	}
	return all
}

func readRow(in *unread, first int32) (r row) {
	copy(r.post[:], in.take(len(r.post)))
	r.topic, r.author = in.small(), in.small()
	r.day = first + int32(in.number(int(math.MaxInt32-first)))
	r.number, r.version, r.topicVersion = in.wide(), in.wide(), in.wide()
	r.title, r.text = in.small(), in.small()
	return r
}

// sound tells whether every row points at a topic and an author, and words have places.
func (d *Directory) sound() bool {
	for _, r := range d.rows {
		if int(r.topic) >= len(d.topics) || int(r.author) >= len(d.authors) || textBegins(int(r.title))+int(r.text) > mostWords {
			return false
		}
	}
	return len(d.rows) <= MostDocs
}

// bytes is what Open reads.
func (d *Directory) bytes() []byte {
	out := number(number(nil, form), words.Version)
	for _, all := range [][]uuid.UUID{d.topics, d.authors} {
		out = number(out, len(all))
		for _, id := range all {
			out = append(out, id[:]...)
		}
	}
	first := int32(math.MaxInt32)
	for _, r := range d.rows {
		first = min(first, r.day)
	}
	out = number(number(out, first), len(d.rows))
	for _, r := range d.rows {
		out = append(out, r.post[:]...)
		for _, n := range []int32{int32(r.topic), int32(r.author), r.day - first, r.number, r.version, r.topicVersion, int32(r.title), int32(r.text)} {
			out = number(out, n)
		}
	}
	return append(out, d.catalogue.bytes()...)
}

// Len is how many posts there are.
func (d *Directory) Len() int { return len(d.rows) }

// Facts of a post, by its place in the order in which they were built.
func (d *Directory) Facts(i int) Facts {
	r := &d.rows[i]
	return Facts{
		Post: r.post, Topic: d.topics[r.topic], Author: d.authors[r.author],
		Number: int(r.number), Day: time.Unix(int64(r.day)*aDay, 0).UTC(), Version: r.version, TopicVersion: r.topicVersion,
	}
}

// Size is how much memory the directory takes, in bytes.
func (d *Directory) Size() int {
	return 40*len(d.rows) + 16*(len(d.topics)+len(d.authors)) + d.catalogue.size() + 200
}

// Wipe forgets everything. Nobody may be reading.
func (d *Directory) Wipe() {
	clear(d.topics)
	clear(d.authors)
	clear(d.rows)
	d.catalogue.wipe()
	*d = Directory{}
}
