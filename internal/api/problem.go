package api

import (
	"errors"
	"math"
	"net/http"
	"strconv"

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

	Explanation []ProblemRule `json:"explanation,omitempty" doc:"by which rules policy refused, where that was asked with explain=1"`

	language   string
	retryAfter int   // seconds, 0 for none
	fileSize   int64 // of which another part has to be asked for; 0 for none
}

// ProblemField is one refused part of a request.
type ProblemField struct {
	Pointer string `json:"pointer" doc:"a JSON pointer into the body, or the name of a parameter; empty for the whole" example:"/title"`
	Code    string `json:"code" doc:"stable name of why" example:"too_long"`
	Detail  string `json:"detail" doc:"why, in the reader's language"`
}

// Error is the code alone.
func (p *Problem) Error() string { return p.Code }

// GetStatus is for huma.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders is for huma: the language, how to sign in where that is missing, and how long to wait where that is known.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{"Content-Language": {p.language}}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="hamyar"`)
	}
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	if p.fileSize > 0 {
		h.Set("Content-Range", "bytes */"+strconv.FormatInt(p.fileSize, 10))
	}
	return h
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
	fault.KindRange:           http.StatusRequestedRangeNotSatisfiable,
	fault.KindUnavailable:     http.StatusServiceUnavailable,
}

// problemOf is the only way from an error to what is shown.
func problemOf(err error, language, requestID string) *Problem {
	f := fault.Of(err)
	text := f.Code().In(language)
	p := &Problem{
		Type: "/docs#" + string(f.Code()), Title: text.Title, Status: statusOf[f.Code().Kind()], Detail: text.Detail,
		Code: string(f.Code()), RequestID: requestID, language: language, retryAfter: int(math.Ceil(f.RetryAfter().Seconds())),
	}
	var elsewhere outOfRange
	if errors.As(err, &elsewhere) {
		p.fileSize = elsewhere.size
	}
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
	_ = strictJSON.Marshal(w, p) // it has nothing that can't be encoded
}
