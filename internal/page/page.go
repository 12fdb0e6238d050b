// Package page is the keyset page that every list of Hamyar answers with: stable while others write, the same cost at
// the thousandth page as at the first, and walkable in both directions.
//
// It protects lists from being walked by guessing: positions leave the program only inside an authenticated cursor. It
// must never count rows or skip by offset.
package page

import "slices"

// Ask says which page is wanted: the Limit items after From, or before it when Backward. A nil From starts at the edge.
type Ask[P any] struct {
	Limit    int
	From     *P
	Backward bool
}

// Fetch is the number of rows to read: one more than shown, which tells whether the list goes on.
func (a Ask[P]) Fetch() int { return a.Limit + 1 }

// Page is some items of a list, always in the list's own order, and the positions from which its neighbours start. A
// nil position means that there is no neighbour.
type Page[T, P any] struct {
	Items      []T
	Prev, Next *P
}

// Cut makes a page of rows that were read in the direction of the ask, at most Fetch of them.
func Cut[T, P any](rows []T, ask Ask[P], position func(T) P) Page[T, P] {
	more := len(rows) > ask.Limit
	if more {
		rows = rows[:ask.Limit]
	}
	if ask.Backward {
		slices.Reverse(rows)
	}
	result := Page[T, P]{Items: rows}
	if len(rows) == 0 {
		return result
	}
	first, last := position(rows[0]), position(rows[len(rows)-1])
	if ask.Backward && more || !ask.Backward && ask.From != nil {
		result.Prev = &first
	}
	if !ask.Backward && more || ask.Backward && ask.From != nil {
		result.Next = &last
	}
	return result
}

// With is the same page with other items: what was read becomes what is shown.
func With[T, U, P any](p Page[T, P], items []U) Page[U, P] {
	return Page[U, P]{Items: items, Prev: p.Prev, Next: p.Next}
}
