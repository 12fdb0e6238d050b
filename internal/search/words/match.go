package words

// Range is a part of a text, in bytes.
type Range struct{ Start, End int }

// Match tells whether texts, taken together, answer the query: a title and a body may each have one of its words, but a
// phrase must stand in one of them.
func (q Query) Match(texts ...string) bool { return false }

// Answers is Match for texts that have been analysed.
func (q Query) Answers(texts ...[]Token) bool { return false }

// Find returns where text has what the query asks for, in order and apart from each other. It doesn't ask whether the
// text answers the whole query.
func (q Query) Find(text string) []Range { return nil }
