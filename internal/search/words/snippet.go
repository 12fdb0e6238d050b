package words

// Piece is a part of a snippet. Hit says that it is what was looked for.
type Piece struct {
	Text string
	Hit  bool
}

// Snippet returns the part of a plain text that shows most of what the query asks for, around characters to each side of
// it, cut between words and marked with … where it is cut. Without a hit it is the beginning of the text.
func Snippet(text string, q Query, around int) []Piece { return nil }
