package bundle

import (
	"errors"
	"fmt"
)

// Code says why a bundle was refused, as one of a closed set: it goes into logs.
type Code string

// The codes.
const (
	Unreadable    Code = "unreadable"     // the folder or the file can't be read
	Missing       Code = "missing"        // a bundle serves, and none lies there any more
	TooLarge      Code = "too_large"      // packed, unpacked, or in its number of files
	Malformed     Code = "malformed"      // no bundle, or one with a broken manifest
	OutOfPlace    Code = "out_of_place"   // a file, a package or a root that is not the operator's
	Unsigned      Code = "unsigned"       // without a signature
	WronglySigned Code = "wrongly_signed" // by an unknown key, or over other content
	Downgraded    Code = "downgraded"     // older than what was seen before
	SerialReused  Code = "serial_reused"  // other content under a serial that was seen before
	BadDefaults   Code = "bad_defaults"   // defaults that are not as their schema says
	BadRules      Code = "bad_rules"      // rules that are not as an operator's must be
	NotLetIn      Code = "not_let_in"     // the engine does not take it: it does not compile, or fails a vector
	Unknown       Code = "unknown"        // what nobody foresaw
)

// Refusal is why a bundle is not let in. Its text is for operators: it may repeat their rules and file names.
type Refusal struct {
	Code  Code
	about string
	cause error
}

func refuse(code Code, format string, args ...any) error {
	return &Refusal{Code: code, about: fmt.Sprintf(format, args...)}
}

func refused(code Code, cause error, about string) error {
	return &Refusal{Code: code, about: about, cause: cause}
}

// Error tells an operator what is wrong.
func (r *Refusal) Error() string {
	if r.cause == nil {
		return "policy bundle: " + r.about
	}
	return "policy bundle: " + r.about + ": " + r.cause.Error()
}

// Unwrap gives the cause.
func (r *Refusal) Unwrap() error { return r.cause }

// CodeOf is the code of a refusal, "" where there is none, and Unknown for any other error.
func CodeOf(err error) Code {
	var r *Refusal
	switch {
	case err == nil:
		return ""
	case errors.As(err, &r):
		return r.Code
	}
	return Unknown
}
