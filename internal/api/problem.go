package api

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/hamyar/hamyar/internal/fault"
)

// Problem is a refusal as it goes out (RFC 9457). The code is stable; the title and detail are for people.
type Problem struct {
	Type      string         `json:"type" doc:"where this kind of refusal is explained" example:"/docs#name_taken"`
	Title     string         `json:"title" doc:"what it is, in the reader's language" example:"This name is taken"`
	Status    int            `json:"status" doc:"the HTTP status" example:"409"`
	Detail    string         `json:"detail" doc:"what to do about it, in the reader's language"`
	Code      string         `json:"code" doc:"stable name of the refusal, for programs" example:"name_taken"`
	RequestID string         `json:"request_id" doc:"quote it when you ask for help; it says nothing about you" example:"b1f0c2d4e6a8907a"`
	Errors    []ProblemField `json:"errors,omitempty" doc:"the parts of the request that were refused"`

	retryAfter int // seconds, 0 for none
}

// ProblemField is one refused part of a request.
type ProblemField struct {
	Pointer string `json:"pointer" doc:"a JSON pointer into the body, or the name of a parameter" example:"/title"`
	Code    string `json:"code" doc:"stable name of why" example:"too_long"`
	Detail  string `json:"detail" doc:"why, in the reader's language"`
}

// Error is the code alone.
func (p *Problem) Error() string { return p.Code }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is for huma: how long to wait, where that is known.
func (p *Problem) GetHeaders() http.Header {
	if p.retryAfter == 0 {
		return nil
	}
	return http.Header{"Retry-After": {strconv.Itoa(p.retryAfter)}}
}

// ContentType is for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var statusOf = map[fault.Kind]int{
	fault.KindInternal:        http.StatusInternalServerError,
	fault.KindInvalid:         http.StatusBadRequest,
	fault.KindUnauthenticated: http.StatusUnauthorized,
	fault.KindForbidden:       http.StatusForbidden,
	fault.KindNotFound:        http.StatusNotFound,
	fault.KindConflict:        http.StatusConflict,
	fault.KindStale:           http.StatusPreconditionFailed,
	fault.KindUnguarded:       http.StatusPreconditionRequired,
	fault.KindTooLarge:        http.StatusRequestEntityTooLarge,
	fault.KindTimeout:         http.StatusRequestTimeout,
	fault.KindUnsupported:     http.StatusUnsupportedMediaType,
	fault.KindMethod:          http.StatusMethodNotAllowed,
	fault.KindUnprocessable:   http.StatusUnprocessableEntity,
	fault.KindThrottled:       http.StatusTooManyRequests,
	fault.KindUnavailable:     http.StatusServiceUnavailable,
}

// problemOf is the only way from an error to what is shown.
func problemOf(err error, language, requestID string) *Problem {
	f := fault.Of(err)
	text := f.Code().In(language)
	p := &Problem{Type: "/docs#" + string(f.Code()), Title: text.Title, Status: statusOf[f.Code().Kind()], Detail: text.Detail,
		Code: string(f.Code()), RequestID: requestID, retryAfter: int(math.Ceil(f.RetryAfter().Seconds()))}
	for _, field := range f.Fields() {
		p.Errors = append(p.Errors, ProblemField{field.Pointer, string(field.Code), field.Code.In(language).Detail})
	}
	return p
}

// WriteProblem answers a request with the problem of an error.
func WriteProblem(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err, languageOf(r), requestID(r.Context()))
	note(r.Context(), err)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // the client is gone, and so is the need
}

func init() {
	// huma makes its own refusals before a handler runs; they become ours here, without the values that they carry.
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		err := faultOf(status, message, errs)
		note(ctx.Context(), err)
		r, _ := humaUnwrap(ctx)
		return problemOf(err, languageOf(r), requestID(ctx.Context()))
	}
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		return problemOf(faultOf(status, message, errs), "en", "")
	}
}

func faultOf(status int, message string, errs []error) error {
	for _, err := range errs {
		if strings.Contains(err.Error(), errEncoding.Error()) {
			return fault.New(fault.BadEncoding)
		}
	}
	switch status {
	case http.StatusRequestEntityTooLarge:
		return fault.New(fault.BodyTooLarge)
	case http.StatusRequestTimeout:
		return fault.New(fault.SlowRequest)
	case http.StatusUnsupportedMediaType, http.StatusNotAcceptable:
		return fault.New(fault.MediaType)
	case http.StatusUnprocessableEntity:
		return invalid(errs)
	case http.StatusBadRequest:
		if message == "request body is required" {
			return fault.New(fault.Invalid).At("", fault.Required)
		}
		return fault.New(fault.Malformed)
	}
	return fault.New(fault.Internal)
}

func invalid(errs []error) error {
	f := fault.New(fault.Invalid)
	for _, err := range errs {
		detail, ok := err.(huma.ErrorDetailer)
		if !ok {
			continue
		}
		d := detail.ErrorDetail()
		if d.Location == "body" && strings.HasPrefix(d.Message, "invalid") || strings.Contains(d.Message, "unmarshal") {
			return fault.New(fault.Malformed)
		}
		f = f.At(pointerOf(d), codeOf(d.Message))
	}
	return f
}

// pointerOf turns body.rules[0].text into /rules/0/text, and query.limit into limit.
func pointerOf(d *huma.ErrorDetail) string {
	place, rest, _ := strings.Cut(d.Location, ".")
	if place != "body" {
		return rest
	}
	if rest != "" {
		rest = "/" + rest
	}
	if name, ok := strings.CutPrefix(d.Message, "expected required property "); ok {
		name, _, _ = strings.Cut(name, " ")
		rest += "/" + name
	}
	return strings.NewReplacer("[", "/", "]", "", ".", "/").Replace(rest)
}

// codeOf reads huma's sentences, which are constants of its validation package.
func codeOf(message string) fault.Code {
	for _, row := range [...]struct {
		prefix string
		code   fault.Code
	}{
		{"unexpected property", fault.UnknownField}, {"unknown query parameter", fault.UnknownField},
		{"expected required property", fault.Required}, {"required ", fault.Required},
		{"expected length >=", fault.TooShort}, {"expected length <=", fault.TooLong},
		{"expected array length >=", fault.TooShort}, {"expected array length <=", fault.TooLong},
		{"expected number ", fault.OutOfRange}, {"expected value to be one of", fault.NotInList},
		{"expected string to ", fault.BadFormat}, {"expected string", fault.WrongType}, {"expected boolean", fault.WrongType},
		{"expected integer", fault.WrongType}, {"expected number", fault.WrongType}, {"expected array", fault.WrongType},
		{"expected object", fault.WrongType}, {"invalid ", fault.WrongType},
	} {
		if strings.HasPrefix(message, row.prefix) {
			return row.code
		}
	}
	return fault.Invalid
}
