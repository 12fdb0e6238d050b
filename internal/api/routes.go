package api

import (
	"encoding/hex"
	"net/http"
	"reflect"
	"strings"

	"github.com/go-chi/chi/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/persona"
)

var problemType = reflect.TypeFor[Problem]()

// routes are the operations of the API, a file per feature.
func (a *api) routes() {
	a.meRoutes()
	a.keyRoutes()
	a.programmeRoutes()
	a.communityRoutes()
	a.membershipRoutes()
	a.unmaskingRoutes()
	a.grantRoutes()
	a.noticeRoutes()
	a.conversationRoutes()
	a.searchRoutes()
	a.auditRoutes()
	a.attachmentRoutes()
	a.complete()
}

// plainRoutes are what is no operation: pages for people, pictures, the identity server, and the pulse of the process.
func (a *api) plainRoutes(router chi.Router) {
	router.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { writeLine(w, http.StatusOK, "alive") })
	router.Get("/readyz", a.ready)
	router.Get("/openapi.json", a.openAPI)
	router.Get("/docs", a.docs)
	router.Get("/v1/avatars/{seed}", avatar)
	router.Mount(identity.Prefix, a.Identity.Proxy())
	for _, path := range identity.PagePaths {
		router.Handle(path, a.Identity.Pages())
	}
	router.Get("/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/docs", http.StatusFound) })
}

func (a *api) ready(w http.ResponseWriter, r *http.Request) {
	if missing := a.Ready(r); len(missing) > 0 {
		writeLine(w, http.StatusServiceUnavailable, "not ready: "+strings.Join(missing, ", "))
		return
	}
	writeLine(w, http.StatusOK, "ready")
}

func writeLine(w http.ResponseWriter, status int, line string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(line + "\n")) // the client is gone, and so is the need
}

// avatar draws a picture from its seed alone: asking for one tells nothing of whose it is or whether it is anybody's.
func avatar(w http.ResponseWriter, r *http.Request) {
	seed, isSVG := strings.CutSuffix(chi.URLParam(r, "seed"), ".svg")
	raw, err := hex.DecodeString(seed)
	if !isSVG || err != nil || len(raw) != 16 {
		WriteProblem(w, r, fault.New(fault.NotFound))
		return
	}
	h := w.Header()
	h.Set("Content-Type", "image/svg+xml")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(persona.AvatarSVG([16]byte(raw)))
}
