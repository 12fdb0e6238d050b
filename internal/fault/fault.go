// Package fault is the one vocabulary in which Hamyar refuses: a closed set of codes, the kind of each, and the
// sentence that is safe to show in English and Persian.
//
// It protects people from their own words coming back in an error: a fault carries a code and pointers to fields, and
// must never carry input, identifiers, addresses or the text of an underlying error to anybody outside.
package fault

import (
	"errors"
	"slices"
	"time"
)

// Fault is an error that may be shown. Its cause may not: it is there for errors.Is and errors.As alone.
type Fault struct {
	code   Code
	fields []Field
	after  time.Duration
	cause  error
}

// Field points at one part of a request that was refused. Pointer is a JSON pointer (RFC 6901) or the name of a
// parameter; Code says why, from the same vocabulary.
type Field struct {
	Pointer string
	Code    Code
}

// New returns the fault of a code. A code outside the table becomes Internal, so that nothing unknown is shown.
func New(code Code) *Fault {
	if _, known := table[code]; !known {
		code = Internal
	}
	return &Fault{code: code}
}

// Wrap returns the fault of a code that keeps cause for errors.Is; Error never repeats it.
func Wrap(code Code, cause error) *Fault {
	f := New(code)
	f.cause = cause
	return f
}

// At returns the fault with one more refused field.
func (f Fault) At(pointer string, code Code) *Fault {
	f.fields = append(slices.Clone(f.fields), Field{Pointer: pointer, Code: code})
	return &f
}

// After returns the fault with the time after which trying again makes sense.
func (f Fault) After(wait time.Duration) *Fault {
	f.after = wait
	return &f
}

// Error is the code alone.
func (f *Fault) Error() string { return string(f.code) }

// Unwrap gives the cause to errors.Is and errors.As.
func (f *Fault) Unwrap() error { return f.cause }

// Is makes two faults of one code equal to errors.Is.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.code == f.code
}

// Code of the fault.
func (f *Fault) Code() Code { return f.code }

// Fields that were refused, in the order in which they were found.
func (f *Fault) Fields() []Field { return slices.Clone(f.fields) }

// RetryAfter is zero where trying again makes no sense or no time is known.
func (f *Fault) RetryAfter() time.Duration { return f.after }

// Of finds the fault in err. An error that carries none is Internal: what we did not foresee is never shown.
func Of(err error) *Fault {
	var f *Fault
	if errors.As(err, &f) {
		return f
	}
	return Wrap(Internal, err)
}

// CodeOf is the code of Of(err).
func CodeOf(err error) Code { return Of(err).code }
