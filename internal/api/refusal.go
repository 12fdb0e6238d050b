package api

import (
	"cmp"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/hamyar/hamyar/internal/fault"
)

// huma refuses before a handler runs, in sentences that it completes with the value. Here they become our faults, and
// the value stays behind.
func init() {
	// "Title" is not another way to write "title": huma would judge the one, and the handler get the other.
	huma.ValidateStrictCasing = true
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		err := faultOf(status, message, errs)
		note(ctx.Context(), err)
		r, _ := humaUnwrap(ctx)
		p := problemOf(err, languageOf(r), requestID(ctx.Context()))
		for name, values := range p.GetHeaders() {
			ctx.SetHeader(name, values[0])
		}
		return p
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return problemOf(faultOf(status, message, errs), "en", "")
	}
}

// mostRefused parts of a request are told; who sends more is told of the first.
const mostRefused = 20

// nameForm is how our fields and parameters are named. What has another form is not repeated, because it may be
// anything.
var nameForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]{0,63}$`)

func faultOf(status int, message string, errs []error) *fault.Fault {
	switch {
	case status == http.StatusRequestEntityTooLarge:
		return fault.New(fault.BodyTooLarge)
	case status == http.StatusRequestTimeout:
		return fault.New(fault.SlowRequest)
	case status == http.StatusUnsupportedMediaType, status == http.StatusNotAcceptable:
		return fault.New(fault.MediaType)
	case message == "request body is required":
		return fault.New(fault.Invalid).At("", fault.Required)
	case message == "cannot read request body":
		return unread(errs)
	case status == http.StatusBadRequest, status == http.StatusUnprocessableEntity:
		return invalid(errs)
	}
	return fault.New(fault.Internal)
}

// unread is a body that broke off, or that something before us found too large.
func unread(errs []error) *fault.Fault {
	var large *http.MaxBytesError
	if errors.As(errors.Join(errs...), &large) {
		return fault.New(fault.BodyTooLarge)
	}
	return fault.New(fault.Malformed)
}

func invalid(errs []error) *fault.Fault {
	var fields []fault.Field
	for _, err := range errs {
		detail, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		field := fieldOf(detail.ErrorDetail())
		if field.Code.Kind() == fault.KindInvalid {
			return fault.New(field.Code) // there is no field where there is no JSON
		}
		fields = append(fields, field)
	}
	slices.SortStableFunc(fields, func(a, b fault.Field) int { return cmp.Compare(a.Pointer, b.Pointer) }) // huma walks maps
	f := fault.New(fault.Invalid)
	for _, field := range fields[:min(len(fields), mostRefused)] {
		f = f.At(field.Pointer, field.Code)
	}
	return f
}

func fieldOf(d *huma.ErrorDetail) fault.Field {
	if code, pointer, ok := readBodyError(d.Message); ok {
		return fault.Field{Pointer: pointer, Code: code}
	}
	return fault.Field{Pointer: partOf(d), Code: codeOf(d.Message)}
}

// partOf turns body.rules[0].text into /rules/0/text, and query.limit into limit. Names in a body have the form of ours:
// strictJSON saw to it.
func partOf(d *huma.ErrorDetail) string {
	place, rest, _ := strings.Cut(d.Location, ".")
	if !strings.HasPrefix(place, "body") {
		if !nameForm.MatchString(rest) {
			return ""
		}
		return rest
	}
	pointer := pointerOf(strings.TrimPrefix(place, "body"), rest)
	if missing, ok := strings.CutPrefix(d.Message, beginning(validation.MsgExpectedRequiredProperty)); ok {
		name, _, _ := strings.Cut(missing, " ")
		pointer += "/" + name
	}
	return pointer
}

// pointerOf makes a JSON pointer of a path as huma and encoding/json write it. Our names need no escape.
func pointerOf(root, path string) string {
	steps := strings.FieldsFunc(root+"."+path, func(r rune) bool { return strings.ContainsRune("[].", r) })
	if len(steps) == 0 {
		return ""
	}
	return "/" + strings.Join(steps, "/")
}

// sentences are all in which huma refuses, each with our code. Those with a placeholder are known by their beginning.
var sentences = []struct {
	sentence string
	code     fault.Code
}{
	{validation.MsgUnexpectedProperty, fault.UnknownField},
	{"unknown query parameter", fault.UnknownField},
	{validation.MsgExpectedRequiredProperty, fault.Required},
	{validation.MsgExpectedDependentRequiredProperty, fault.Required},
	{"required path parameter is missing", fault.Required},
	{"required query parameter is missing", fault.Required},
	{"required header parameter is missing", fault.Required},
	{"required cookie parameter is missing", fault.Required},
	{validation.MsgExpectedMinLength, fault.TooShort},
	{validation.MsgExpectedMinItems, fault.TooShort},
	{validation.MsgExpectedMinProperties, fault.TooShort},
	{validation.MsgExpectedMaxLength, fault.TooLong},
	{validation.MsgExpectedMaxItems, fault.TooLong},
	{validation.MsgExpectedMaxProperties, fault.TooLong},
	{validation.MsgExpectedMinimumNumber, fault.OutOfRange},
	{validation.MsgExpectedExclusiveMinimumNumber, fault.OutOfRange},
	{validation.MsgExpectedMaximumNumber, fault.OutOfRange},
	{validation.MsgExpectedExclusiveMaximumNumber, fault.OutOfRange},
	{validation.MsgExpectedNumberBeMultipleOf, fault.OutOfRange},
	{validation.MsgExpectedOneOf, fault.NotInList},
	{validation.MsgExpectedBoolean, fault.WrongType},
	{validation.MsgExpectedNumber, fault.WrongType},
	{validation.MsgExpectedInteger, fault.WrongType},
	{validation.MsgExpectedString, fault.WrongType},
	{validation.MsgExpectedArray, fault.WrongType},
	{validation.MsgExpectedObject, fault.WrongType},
	{"invalid integer", fault.WrongType},
	{"invalid float", fault.WrongType},
	{"invalid boolean", fault.WrongType},
	{validation.MsgExpectedArrayItemsUnique, fault.BadFormat},
	{validation.MsgExpectedDuration, fault.BadFormat},
	{validation.MsgExpectedMatchAtLeastOneSchema, fault.BadFormat},
	{validation.MsgExpectedMatchExactlyOneSchema, fault.BadFormat},
	{validation.MsgExpectedNotMatchSchema, fault.BadFormat},
	{validation.MsgExpectedPropertyNameInObject, fault.BadFormat},
	{"expected string to be %s", fault.BadFormat}, // of every format, and by a pattern's own description
	{validation.MsgExpectedMatchPattern, fault.BadFormat},
	{"invalid date/time for format %s", fault.BadFormat},
	{"invalid url.URL value", fault.BadFormat},
	{"invalid value: %s", fault.BadFormat},
}

// codeOf a sentence that isn't known is Invalid: refused, without why.
func codeOf(message string) fault.Code {
	for _, known := range sentences {
		head := beginning(known.sentence)
		if message == head || head != known.sentence && strings.HasPrefix(message, head) {
			return known.code
		}
	}
	return fault.Invalid
}

func beginning(sentence string) string {
	head, _, _ := strings.Cut(sentence, "%")
	return head
}
