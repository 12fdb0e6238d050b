package segment

import "github.com/hamyar/hamyar/internal/search/words"

// Found is what one segment, or a scan, has for a query; Rank makes an answer of many.
type Found struct{}

// Needs names the pages that Read will ask for, in order: none for a word that no post of the segment has.
func (d *Directory) Needs(mac MAC, q words.Query) []int { return nil }

// Read finds what the segment has for a query. page gives the opened page of a number, nil where it isn't at hand; only
// those that Needs names are asked for, and none is kept. Its errors are ErrMalformed and ErrMissingPage.
func (d *Directory) Read(mac MAC, q words.Query, page func(int) []byte) (*Found, error) {
	return &Found{}, nil
}
