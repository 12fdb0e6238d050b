package main

import "errors"

// badInput is an error of what was given, which whoever gave it can mend. The program ends with status 2.
type badInput struct{ error }

func (b badInput) Unwrap() error { return b.error }

// status is how the program ends: 0 if all went well, 2 where what it was given is wrong, and 1 for everything else.
func status(err error) int {
	var bad badInput
	switch {
	case err == nil:
		return 0
	case errors.As(err, &bad):
		return 2
	default:
		return 1
	}
}
