package segment

import (
	"slices"

	"github.com/hamyar/hamyar/internal/search/words"
)

// Needs names the pages that Read will ask for, in order: none for a word that no post of the segment has.
func (d *Directory) Needs(mac MAC, q words.Query) []int {
	var all []int
	for _, clause := range q.Clauses() {
		for _, phrase := range clause.Any {
			for _, want := range phrase {
				for _, at := range d.drawers(mac, want) {
					for page := at.start / PageSize; page*PageSize < at.end; page++ {
						all = append(all, page)
					}
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// drawers in which something that is wanted may lie.
func (d *Directory) drawers(mac MAC, want words.Want) []span {
	if want.Prefix {
		return d.catalogue.find(key(mac, ofBeginning, beginningOf(want.Term)))
	}
	return d.catalogue.find(key(mac, ofTerm, want.Term))
}

// Read finds what the segment has for a query. page gives the opened page of a number, nil where it isn't at hand; only
// those that Needs names are asked for, and none is kept. Its errors are ErrMalformed and ErrMissingPage.
func (d *Directory) Read(mac MAC, q words.Query, page func(int) []byte) (*Found, error) {
	found, err := find(q, d, shelf{
		places: func(dst []occurrence, term string) ([]occurrence, error) {
			for _, at := range d.drawers(mac, words.Want{Term: term}) {
				data, err := at.from(page)
				if err != nil {
					return nil, err
				}
				if dst, err = occurrences(dst, data, term, len(d.rows)); err != nil {
					return nil, err
				}
			}
			return dst, nil
		},
		begins: func(prefix string, has func(doc int)) error {
			for _, at := range d.drawers(mac, words.Want{Term: prefix, Prefix: true}) {
				data, err := at.from(page)
				if err != nil {
					return err
				}
				if err := beginnings(data, prefix, len(d.rows), has); err != nil {
					return err
				}
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &Found{parts: []part{found}}, nil
}

// from returns what lies in a span. Most lie on one page and cost no copy.
func (s span) from(page func(int) []byte) ([]byte, error) {
	var all []byte
	for n := s.start / PageSize; n*PageSize < s.end; n++ {
		data := page(n)
		switch {
		case data == nil:
			return nil, ErrMissingPage
		case len(data) != PageSize:
			return nil, ErrMalformed
		}
		part := data[max(s.start-n*PageSize, 0):min(s.end-n*PageSize, PageSize)]
		if all == nil && s.end <= (n+1)*PageSize {
			return part, nil
		}
		all = append(all, part...)
	}
	return all, nil
}
