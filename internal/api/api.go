// Package api is Hamyar over HTTP: routes, what comes in, what goes out, and how a refusal looks.
//
// It protects the edge. Everything that goes out is listed by hand; everything that comes in has a type, a limit and no
// unknown field; what is refused says why in the reader's language and never repeats what was sent. It must never
// decide what somebody may do, and never put a value of a request into a log, a metric or an error.
package api

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/journal"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search"
)

// Options are everything that the edge stands on.
type Options struct {
	Identity    *identity.Kratos
	Members     *member.Desk
	Policy      *authz.Engine
	Journal     *journal.Journal
	Directory   *community.Directory
	Board       *forum.Board
	Book        *audit.Book
	Attachments *attachment.Shelf
	Index       *search.Index
	Cursors     page.Cursors
	Logger      *slog.Logger
	Metrics     prometheus.Registerer
	Clock       func() time.Time
	RateKey     func(day time.Time) [32]byte
	Limits      Limits
	// Ready tells what is not ready, by name; empty is good.
	Ready func(*http.Request) []string
}

// api holds what handlers need.
type api struct {
	Options
	huma   huma.API
	counts *counts
	pace   *pace
	published
}

// New is the handler of everything that Hamyar answers on its public address.
func New(o Options) http.Handler {
	a := &api{Options: o, counts: newCounts(o.Metrics), pace: newPace(o.Limits, o.RateKey, o.Clock)}
	o.Policy.OnDecision(a.decided)
	router := chi.NewMux()
	router.Use(a.observe, guardHeaders, a.crossOrigin)
	router.NotFound(func(w http.ResponseWriter, r *http.Request) { a.notFound(w, r) })
	router.MethodNotAllowed(func(w http.ResponseWriter, r *http.Request) { a.methodNotAllowed(w, r) })
	a.huma = humachi.New(router, configuration())
	a.routes()
	var err error
	if a.published, err = publication(); err != nil {
		panic(err) // it depends on this program alone, and every test of this package would show it
	}
	a.plainRoutes(router)
	return router
}

// Document is the OpenAPI description of the API, as JSON.
func Document() ([]byte, error) { return document(specification()) }

// specification describes the routes without serving them.
func specification() *huma.OpenAPI {
	a := &api{}
	a.huma = humachi.New(chi.NewMux(), configuration())
	a.routes()
	return a.huma.OpenAPI()
}

func configuration() huma.Config {
	huma.DefaultArrayNullable = false // no list of ours is ever null
	config := huma.DefaultConfig("Hamyar", "1")
	config.CreateHooks = nil // no $schema in what goes out
	config.DocsPath = ""     // the readable documentation is ours, without any outside asset
	config.OpenAPIPath = ""
	config.SchemasPath = ""
	config.Formats = map[string]huma.Format{"application/json": strictJSON, "json": strictJSON}
	config.RejectUnknownQueryParameters = true
	config.Tags = tags
	config.Components.Examples = map[string]*huma.Example{}
	config.Components.Headers = headers
	config.Components.Parameters = map[string]*huma.Param{why: whyParameter}
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Info.Description = "Peer support for health communities. Every refusal is a problem document (RFC 9457) with a stable code; every list is a page with cursors in both directions."
	config.Info.License = &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"}
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: "ory_kratos_session", Description: "set by signing in at /identity/ in a browser"},
		"token":   {Type: "http", Scheme: "bearer", Description: "a session token from signing in at /identity/ by JSON"},
		"key":     {Type: "http", Scheme: "bearer", Description: "an API key, for scripts: it does what its scopes name and its owner may, and nothing that a person should do themselves"},
	}
	return config
}
