// Package scrub finds what tells in a text who somebody is, and puts placeholders in its place: people, ways to reach
// them, numbers that are theirs, where and when. It protects those who write and those they write about.
//
// What it leaves is not anonymous, and nobody may say that it is: how somebody tells a story can tell who they are. It
// must never keep, log or quote a text, and never hand on one that a model failed to read.
package scrub

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Type is what a span tells about somebody.
type Type string

// The types of spans. Their names stand in placeholders.
const (
	Person       Type = "PERSON"
	Handle       Type = "HANDLE"
	Email        Type = "EMAIL"
	Phone        Type = "PHONE"
	Address      Type = "ADDRESS"
	Place        Type = "PLACE"
	Organisation Type = "ORGANISATION"
	Date         Type = "DATE"
	Age          Type = "AGE" // over 89
	ID           Type = "ID"  // a number or code that is one person's
	URL          Type = "URL"
	IP           Type = "IP"
	Plate        Type = "PLATE"
)

// Types are all of them.
var Types = []Type{Person, Handle, Email, Phone, Address, Place, Organisation, Date, Age, ID, URL, IP, Plate}

// Span is a piece of a text, from the code point at Start to the one before End.
type Span struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Type  Type   `json:"type"`
	Rule  string `json:"rule"` // that found it
}

// Model finds more than the rules do. It is an operator's, and sees texts as they were written.
type Model interface {
	// Find returns the spans of a text in a language ("en", "fa", or "" where nobody knows).
	Find(ctx context.Context, lang, text string) ([]Span, error)
}

// Scrubber reads texts. Many may use it at once.
type Scrubber struct{ models []Model }

// New returns a scrubber with the rules of this package and what models find besides.
func New(models ...Model) *Scrubber { return &Scrubber{models} }

// What is wrong with a text, or with what a model says of it.
var (
	ErrNotUTF8 = errors.New("the text is not valid UTF-8")
	ErrModel   = errors.New("the model can't be used")
)

// recognisers are asked in this order. Each adds what it finds; who wins where they overlap is settled afterwards.
var recognisers = []func(*Text, *Finds){atSigns, disguised, links, networks, dates, numbers, ibans, codes, announced, ages, handles, plates, addresses, spokenNumbers, names}

// Find returns what tells in a text who somebody is, in order and without overlaps. Where a model fails there is no
// answer at all.
func (s *Scrubber) Find(ctx context.Context, lang, text string) ([]Span, error) {
	if !utf8.ValidString(text) {
		return nil, ErrNotUTF8
	}
	t := read(lang, text)
	finds := &Finds{covered: make([]bool, len(t.Plain))}
	for _, recognise := range recognisers {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		recognise(t, finds)
	}
	claims := t.claims(finds)
	for _, m := range s.models {
		spans, err := m.Find(ctx, lang, text)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrModel, err)
		}
		for _, span := range spans {
			if span.Start < 0 || span.End <= span.Start || span.End > t.length || span.Type == "" {
				return nil, fmt.Errorf("%w: it names a span that the text doesn't have", ErrModel)
			}
			claims = append(claims, claim{span, Likely})
		}
	}
	return settle(claims), nil
}

// Scrub returns a text with placeholders, and the spans of the text as it came. Who is named twice has one placeholder.
func (s *Scrubber) Scrub(ctx context.Context, lang, text string) (scrubbed string, spans []Span, err error) {
	spans, err = s.Find(ctx, lang, text)
	if err != nil {
		return "", nil, err
	}
	return replace(text, spans), spans, nil
}
