package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/hamyar/hamyar/internal/fault"
)

// guardHeaders tells browsers and caches to keep nothing, frame nothing and guess nothing.
func guardHeaders(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

// crossOrigin refuses what a page of another site sends in a member's name.
func (a *api) crossOrigin(next http.Handler) http.Handler {
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		WriteProblem(w, r, fault.New(fault.CrossOrigin))
	}))
	return protection.Handler(next)
}

func (a *api) notFound(w http.ResponseWriter, r *http.Request) {
	WriteProblem(w, r, fault.New(fault.NotFound))
}

func (a *api) methodNotAllowed(w http.ResponseWriter, r *http.Request) {
	WriteProblem(w, r, fault.New(fault.MethodNotAllowed))
}

func humaUnwrap(ctx huma.Context) (*http.Request, http.ResponseWriter) { return humachi.Unwrap(ctx) }
