package segment

import (
	"math"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search/words"
)

// mostWords and mostOfTitle are how many words are indexed, of a post and of its title alone: more than anybody may write.
const (
	mostWords   = math.MaxUint16
	mostOfTitle = 1000
)

// Analysed is a post whose words are known: what is to be scanned more than once is analysed once.
type Analysed struct {
	Facts
	title, text []words.Token
}

// Analyse tells the words of a post apart.
func Analyse(doc Doc) Analysed {
	a := Analysed{Facts: doc.Facts, title: upTo(mostOfTitle, words.Analyse(doc.Title))}
	a.text = upTo(mostWords-textBegins(length(a.title)), words.Analyse(doc.Text))
	return a
}

// Size is about how much memory the words take, in bytes.
func (a Analysed) Size() int { return 96 * (len(a.title) + len(a.text)) }

// each gives every word with its place.
func (a Analysed) each(do func(token words.Token, place int)) {
	for _, token := range a.title {
		do(token, token.Position)
	}
	begins := textBegins(length(a.title))
	for _, token := range a.text {
		do(token, begins+token.Position)
	}
}

func upTo(most int, tokens []words.Token) []words.Token {
	for len(tokens) > 0 && tokens[len(tokens)-1].Position >= most {
		tokens = tokens[:len(tokens)-1]
	}
	return tokens
}

func length(tokens []words.Token) int {
	if len(tokens) == 0 {
		return 0
	}
	return tokens[len(tokens)-1].Position + 1
}

// textBegins is the place of the text's first word: one is left out behind a title, so that no phrase stands in both.
func textBegins(title int) int {
	if title == 0 {
		return 0
	}
	return title + 1
}

// gather makes a directory of posts, without drawers.
func gather(docs []Analysed) *Directory {
	d := &Directory{rows: make([]row, len(docs))}
	topics, authors := map[uuid.UUID]uint16{}, map[uuid.UUID]uint16{}
	for i, doc := range docs {
		d.rows[i] = row{
			post: doc.Post, topic: place(&d.topics, topics, doc.Topic), author: place(&d.authors, authors, doc.Author),
			day: dayOf(doc.Day), number: int32(doc.Number), version: doc.Version, topicVersion: doc.TopicVersion,
			title: uint16(length(doc.title)), text: uint16(length(doc.text)),
		}
		d.words += d.rows[i].length()
	}
	return d
}

// place of an identifier in all of them; a new one is added.
func place(all *[]uuid.UUID, places map[uuid.UUID]uint16, id uuid.UUID) uint16 {
	at, known := places[id]
	if !known {
		at = uint16(len(*all))
		places[id] = at
		*all = append(*all, id)
	}
	return at
}

func dayOf(day time.Time) int32 { return int32(max(day.Unix(), 0) / aDay) }
