package api

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// causeOf names what an operator needs to know of an internal error, and nothing that a member wrote: the types along
// the chain, and of PostgreSQL the code, table and constraint.
func causeOf(err error) string {
	if err == nil {
		return "unknown"
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return fmt.Sprintf("postgresql %s table=%q constraint=%q routine=%q", refused.Code, refused.TableName, refused.ConstraintName, refused.Routine)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "deadline exceeded"
	}
	if errors.Is(err, context.Canceled) {
		return "canceled"
	}
	var types []string
	for e := err; e != nil; e = errors.Unwrap(e) {
		types = append(types, place(e))
	}
	return strings.Join(types, " < ")
}

// ours is how our own packages say what they were doing, "forum: open a post": a constant, with no value in it. A word
// that no package of ours is called may be anybody's.
var ours = regexp.MustCompile(`^(api|attachment|audit|authz|blobs|community|forum|identity|keystore|markup|member|page|persona|postgres|sealed): [a-z' -]{1,60}$`)

// place is the part of a wrapped error that our own code wrote, before its cause. Of anything else it tells the type.
func place(err error) string {
	if inner := errors.Unwrap(err); inner != nil {
		own, found := strings.CutSuffix(err.Error(), ": "+inner.Error())
		if found && ours.MatchString(own) {
			return own
		}
	}
	return fmt.Sprintf("%T", err)
}
