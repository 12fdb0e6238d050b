package postgres

import (
	"errors"
	"io"
	"net"
	"slices"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/fault"
)

var errBadURL = errors.New("postgres: the database URL can't be parsed (not repeated here: it may hold a password)")

// Constraints maps the names of constraints to what a person is told.
type Constraints map[string]fault.Code

// Fault turns a violated constraint that is named in c into its fault, and leaves other errors as they are.
func (c Constraints) Fault(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		if code, named := c[refused.ConstraintName]; named {
			return fault.Wrap(code, err)
		}
	}
	return err
}

// unavailable marks the errors that mean "not now": no connection, shutting down, deadlock, serialization.
func unavailable(err error) error {
	var known *fault.Fault
	if err == nil || errors.As(err, &known) {
		return err
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		switch refused.Code[:2] {
		case "08", "40", "53", "57":
			return fault.Wrap(fault.Unavailable, err)
		}
		return err
	}
	var connect *pgconn.ConnectError
	var network net.Error
	if errors.As(err, &connect) || errors.As(err, &network) || slices.ContainsFunc(cutOff, func(lost error) bool { return errors.Is(err, lost) }) {
		return fault.Wrap(fault.Unavailable, err)
	}
	return err
}

// cutOff is how a connection looks that the other side, or the way to it, has ended.
var cutOff = []error{io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, pgconn.ErrConnClosed}
