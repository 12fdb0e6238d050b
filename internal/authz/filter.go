package authz

import (
	"context"
	"errors"

	"github.com/hamyar/hamyar/internal/fault"
)

// Verdict says how much of a list policy lets through. Its zero value is None.
type Verdict int

// The verdicts.
const (
	None Verdict = iota // no row
	Some                // the rows for which Filter.SQL holds
	All                 // every row
)

// Columns maps a fact that differs from row to row to the SQL expression that computes it. The expressions are trusted:
// written by us, never from input, and never NULL. Their own placeholders, if any, belong to the caller.
type Columns map[string]string

// Filter is a condition on rows. SQL is a boolean expression in every case ("false" for None, "true" for All); its
// placeholders stand for Args. Filters are shared: read Args, never write them.
type Filter struct {
	Verdict Verdict
	SQL     string
	Args    []any
}

type filterKey struct {
	subject Facts
	columns string
	next    int
}

// Filter turns the question "which of these rows may the subject see" into SQL by the same rules as Decide. The facts
// named in columns are those of the row, and those of the subject are ignored; the filter's placeholders start at
// $next. With an error the filter lets nothing through.
func (e *Engine) Filter(ctx context.Context, subject Facts, columns Columns, next int) (Filter, error) {
	p := e.program.Load()
	if p == nil {
		return nothing(), fault.Wrap(fault.Unavailable, errNoPolicy)
	}
	_ = ctx
	return nothing(), fault.Wrap(fault.Unavailable, errors.New("authz: lists are not yet filtered"))
}

func nothing() Filter { return Filter{SQL: "false"} }
