package words

// Token is one word of a text. A word written in several parts (follow-up, قند‌خون, B12) gives a Token for each part, at
// positions of their own, and after them one for the whole, at the position of the first part.
type Token struct {
	Word     string // folded: case, forms of letters, digits, marks and joiners don't count. Prefixes are of this
	Term     string // Word without its endings; the same as Word where there are none. Everything else is of this
	Position int    // counts words, from 0
	Start    int    // offset in the text's bytes, where the word begins
	End      int    // and where it ends
	Stop     bool   // says nothing by itself: the, است
}

// Analyse returns the words of text in the order of their positions, at most one whole for each position, and stop
// words among them. Invalid UTF-8 separates words.
func Analyse(text string) []Token { return nil }
