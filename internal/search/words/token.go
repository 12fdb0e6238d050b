package words

import "strings"

// Token is one word of a text. A word written in several parts (follow-up, قند‌خون, B12) gives a Token for each part, at
// positions of their own, and one for the whole, at the position of the first part and right after it.
type Token struct {
	Word     string // folded: case, forms of letters, digits, marks and joiners don't count. Prefixes are of this
	Term     string // Word without its endings; the same as Word where there are none. Everything else is of this
	Position int    // counts words, from 0
	Start    int    // offset in the text's bytes, where the word begins
	End      int    // and where it ends
	Stop     bool   // says nothing by itself: the, است
}

// mostParts of a word for which the whole is a Token of its own. Longer chains are sentences with hyphens.
const mostParts = 6

// Analyse returns the words of text in the order of their positions. A Term depends on the Word alone. Invalid UTF-8
// separates words.
func Analyse(text string) []Token {
	units := units(text)
	tokens := make([]Token, 0, len(units)+len(units)/4)
	position := 0
	for _, parts := range units {
		for i, part := range parts {
			tokens = append(tokens, token(part.text, position+i, part.start, part.end))
			if i > 0 {
				continue
			}
			if word, is := whole(parts); is {
				tokens = append(tokens, token(word, position, part.start, parts[len(parts)-1].end))
			}
		}
		position += len(parts)
	}
	return tokens
}

func token(word string, position, start, end int) Token {
	return Token{Word: word, Term: term(word), Position: position, Start: start, End: end, Stop: stopWords[word]}
}

// term is what a word is indexed under. A stop word keeps its endings: there is nothing to find by them.
func term(word string) string {
	if stopWords[word] {
		return word
	}
	return stem(word)
}

// whole is the word that parts make together. Digits beside digits make none: 120/80 isn't 12080.
func whole(parts []spelled) (word string, is bool) {
	if len(parts) == 1 || len(parts) > mostParts {
		return "", false
	}
	var b strings.Builder
	for i, p := range parts {
		if i > 0 && p.digits && parts[i-1].digits {
			return "", false
		}
		b.WriteString(p.text)
	}
	return cut(b.String()), true
}
