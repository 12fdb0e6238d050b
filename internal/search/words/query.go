package words

import (
	"fmt"
	"io"
	"log/slog"
)

// Query is a parsed question. Its zero value finds nothing. It prints as a mask: what somebody looks for can tell more of
// them than what they write.
type Query struct{ clauses []Clause }

// Clause is one condition. A text answers a query when it has one of Any for each clause, and none of Any for a clause
// that is Without.
type Clause struct {
	Without bool
	Any     []Phrase // eight at most
}

// Phrase is one or more words at consecutive positions of one text.
type Phrase []Want

// Want is a word to be found: a Token whose Term it is or, for a Prefix, any whose Word begins with it. A Prefix stands
// alone in its phrase, and has three characters or more.
type Want struct {
	Term   string
	Prefix bool
}

// Clauses are the conditions of the query, twelve at most, one of them at least not Without.
func (q Query) Clauses() []Clause { return q.clauses }

// Format masks the query for every verb of fmt.
func (q Query) Format(s fmt.State, _ rune) { io.WriteString(s, "[query]") }

// LogValue masks the query in logs.
func (q Query) LogValue() slog.Value { return slog.StringValue("[query]") }
