package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/journal"
)

var (
	CodeOf          = codeOf
	FaultOf         = faultOf
	ProblemOf       = problemOf
	StatusOf        = statusOf
	StrictJSON      = strictJSON
	VersionOf       = versionOf
	ETagOf          = etagOf
	TopicVersionsOf = topicVersionsOf
	TopicETag       = topicETag
	LanguageOf      = languageOf
	CauseOf         = causeOf
	Ours            = ours
)

const (
	MostBody    = mostBody
	MostRefused = mostRefused
)

// NewHuma is huma as the API configures it, without an operation.
func NewHuma(router chi.Router) huma.API { return humachi.New(router, configuration()) }

// Pace takes one request for who, as a reader or a writer.
func Pace(limits Limits, key func(time.Time) [32]byte, clock func() time.Time) func(h http.Header, write bool, who string) error {
	p := newPace(limits, key, clock)
	return func(h http.Header, write bool, who string) error {
		if write {
			return p.take(h, writes, []byte(who))
		}
		return p.take(h, reads, []byte(who))
	}
}

// OwnParameters are an operation's own.
var OwnParameters = ownParameters

// Specification is the document before it is written.
func Specification() *huma.OpenAPI { return specification() }

// Operations of a document, in its order.
func Operations(document *huma.OpenAPI) []*huma.Operation { return operations(document) }

// InPersian are the sentences that have a translation.
func InPersian() map[string]string { return inPersian }

// Docs writes the documentation in Persian, and tells of each sentence that it says.
func Docs(said func(english string)) ([]byte, error) {
	in := readerOf("fa")
	say := in.say
	in.say = func(english string) string {
		said(english)
		return say(english)
	}
	return writeDocs(specification(), in)
}

// Curl is an operation as one would type it.
func Curl(op *huma.Operation) string { return curl(op) }

// SpanOf is the part of a file that a request asks for.
func SpanOf(ranges, ifRange string, size int64) (from, to int64, part bool, err error) {
	s, err := spanOf(ranges, ifRange, size)
	return s.from, s.to, s.part, err
}

// Refused tells the answers of policy, in their order, to a request that then ends with err, and returns which of them
// it was refused by.
func Refused(err error, told ...authz.Entry) (authz.Entry, bool) {
	ctx := context.WithValue(context.Background(), visitKey{}, &visit{})
	off, unopened := journal.Open(ctx, journal.Options{Log: journal.Off, Metrics: prometheus.NewRegistry()})
	if unopened != nil {
		panic(unopened)
	}
	for _, e := range told {
		(&api{Options: Options{Journal: off}}).decided(ctx, e)
	}
	return refusal(ctx, err)
}

// ActionsOf an operation are those that it tells of.
func ActionsOf(op *huma.Operation) (actions []string) {
	views, _ := op.Extensions[withActions].([]actionView)
	for _, view := range views {
		actions = append(actions, view.Action)
	}
	return actions
}
