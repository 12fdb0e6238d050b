package segment

import "github.com/hamyar/hamyar/internal/search/words"

// Analysed is a post whose words are known: what is to be scanned more than once is analysed once.
type Analysed struct {
	Facts
	title, text []words.Token
}

// Analyse tells the words of a post apart.
func Analyse(doc Doc) Analysed { return Analysed{} }

// Scan finds what posts that no segment holds yet have for a query: the same as a segment of them would.
func Scan(q words.Query, docs []Analysed) *Found { return &Found{} }
