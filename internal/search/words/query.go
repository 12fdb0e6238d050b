package words

const (
	longestQuery   = 200 // characters
	mostClauses    = 12
	shortestPrefix = 3 // characters of a folded word
)

// Query is a parsed question. Its zero value finds nothing.
type Query struct{ clauses []Clause }

// Clause is one condition. A text answers a query when it has one of Any for each clause, and none of Any for a clause
// that is Without.
type Clause struct {
	Without bool
	Any     []Phrase
}

// Phrase is one or more words at consecutive positions of one text.
type Phrase []Want

// Want is a word to be found: a Token whose Term it is or, for a Prefix, any whose Word begins with it. A Prefix stands
// alone in its phrase, and has three characters or more.
type Want struct {
	Term   string
	Prefix bool
}

// Parse reads what somebody typed: words, "phrases", beginnings* and -words or -"phrases" that must not be there. Stop
// words are left out, except inside a phrase and where there is nothing else. Its faults are bad_encoding, required
// (there is no word, or only words to leave out), too_long (over 200 characters), too_many_words (over 12) and too_short
// (a beginning of one or two characters). None of them repeats the query.
func Parse(typed string) (Query, error) { return Query{}, nil }

// Clauses are the conditions of the query, twelve at most, in the order in which they were typed.
func (q Query) Clauses() []Clause { return q.clauses }
