package matrix

import (
	"context"
	"fmt"

	"github.com/hamyar/hamyar/internal/authz"
)

// Change is a cell of the matrix that two policies answer differently.
type Change struct {
	Action       string `json:"action"`
	Circumstance string `json:"circumstance,omitempty"`
	Person       string `json:"person"`
	Place        string `json:"place,omitempty"`
	Before       string `json:"before"` // yes and what comes with it, or the reason why not
	After        string `json:"after"`
	Taken        bool   `json:"taken"` // it was allowed, and is no more
	Given        bool   `json:"given"` // it was not allowed, and now is
}

// Diff lists the cells that differ, in the order of the matrix. Those that are neither taken nor given differ in what a
// person is told, or in what comes with a yes.
func Diff(ctx context.Context, before, after *authz.Engine) ([]Change, error) {
	var changes []Change
	for cell := range authz.Cells() {
		was, err := before.Decide(ctx, cell.Facts)
		if err != nil {
			return nil, fmt.Errorf("matrix: before: %s: %w", cell.Action, err)
		}
		is, err := after.Decide(ctx, cell.Facts)
		if err != nil {
			return nil, fmt.Errorf("matrix: after: %s: %w", cell.Action, err)
		}
		if was.Brief() == is.Brief() {
			continue
		}
		changes = append(changes, Change{
			Action: cell.Action, Circumstance: cell.Circumstance, Person: cell.Person, Place: cell.Place,
			Before: was.Brief(), After: is.Brief(), Taken: was.Allow && !is.Allow, Given: !was.Allow && is.Allow,
		})
	}
	return changes, nil
}
