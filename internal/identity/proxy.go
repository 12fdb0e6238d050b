package identity

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httputil"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

// effect is what a request to Kratos may do.
type effect uint8

const (
	reads   effect = 0
	changes effect = 1 << iota // it may begin, end or raise a session
	counted                    // it is a try, and tries are counted
)

const passkeyScript = "/.well-known/ory/webauthn.js"

type methods = map[string]effect

var (
	reading    = methods{http.MethodGet: reads}
	submitting = methods{http.MethodPost: changes | counted}
)

// routes is everything that is let through; what is not here is not there. Kratos answers some submissions by GET
// too: those stay shut, but for the link in an e-mail that verifies an address.
var routes = map[string]methods{
	"/self-service/login/browser": reading,
	"/self-service/login/api":     reading,
	"/self-service/login/flows":   reading,
	"/self-service/login":         submitting,

	"/self-service/registration/browser": reading,
	"/self-service/registration/api":     reading,
	"/self-service/registration/flows":   reading,
	"/self-service/registration":         submitting,

	"/self-service/recovery/browser": reading,
	"/self-service/recovery/api":     reading,
	"/self-service/recovery/flows":   reading,
	"/self-service/recovery":         submitting,

	"/self-service/verification/browser": reading,
	"/self-service/verification/api":     reading,
	"/self-service/verification/flows":   reading,
	"/self-service/verification":         {http.MethodGet: counted, http.MethodPost: counted},

	"/self-service/settings/browser": reading,
	"/self-service/settings/api":     reading,
	"/self-service/settings/flows":   reading,
	"/self-service/settings":         {http.MethodPost: changes},

	"/self-service/logout/browser": reading,
	"/self-service/logout":         {http.MethodGet: changes},
	"/self-service/logout/api":     {http.MethodDelete: changes},

	"/self-service/errors": reading,
	"/sessions/whoami":     reading,
	"/sessions":            {http.MethodGet: reads, http.MethodDelete: changes},
	"/schemas":             reading,
	passkeyScript:          reading,
}

// routeOf finds the methods of a path below Prefix. Escaped, doubled or dotted paths lead nowhere.
func routeOf(r *http.Request) (methods, string, bool) {
	path, below := strings.CutPrefix(r.URL.EscapedPath(), strings.TrimSuffix(Prefix, "/"))
	if !below {
		return nil, "", false
	}
	if known, there := routes[path]; there {
		return known, path, true
	}
	if id, one := strings.CutPrefix(path, "/sessions/"); one && len(id) == 36 && uuid.Validate(id) == nil {
		return methods{http.MethodDelete: changes}, path, true
	}
	if id, one := strings.CutPrefix(path, "/schemas/"); one && id != "" && !strings.ContainsAny(id, "/.%") {
		return reading, path, true
	}
	return nil, "", false
}

// Proxy carries Kratos's public API, for Prefix. It sends on only what Kratos needs, counts submissions before they
// get there, and drops what is cached of whoever's sessions an answer may have changed, before the client sees it.
func (k *Kratos) Proxy() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := k.carry(w, r); err != nil {
			k.given.Problem(w, r, err)
		}
	})
}

func (k *Kratos) carry(w http.ResponseWriter, r *http.Request) error {
	methods, path, known := routeOf(r)
	if !known {
		return fault.New(fault.NotFound)
	}
	effect, allowed := methods[r.Method]
	if !allowed {
		w.Header().Set("Allow", strings.Join(slices.Sorted(maps.Keys(methods)), ", "))
		return fault.New(fault.MethodNotAllowed)
	}
	s, err := submitted(w, r)
	if err != nil {
		return err
	}
	var touched touched
	if effect&changes != 0 {
		touched = k.touchedBy(r, s)
	}
	if effect&counted != 0 {
		if err := k.count(r, s, touched); err != nil {
			return err
		}
	}
	k.forward(w, r, path, s, touched)
	return nil
}

// count throttles a submission under its names and, for a second factor, under whose session it would raise.
func (k *Kratos) count(r *http.Request, s submission, t touched) error {
	names, err := s.names()
	if err != nil {
		return err
	}
	for id := range t.identities {
		names = append(names, id.String())
	}
	return k.Throttle(r, names...)
}

// forward sends the submission to Kratos and its answer to the client.
func (k *Kratos) forward(w http.ResponseWriter, r *http.Request, path string, s submission, t touched) {
	proxy := httputil.ReverseProxy{
		Transport: k.client.Transport,
		ErrorLog:  slog.NewLogLogger(slog.DiscardHandler, slog.LevelError), // it would name addresses
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.URL = k.publicURL.JoinPath(path)
			p.Out.URL.RawQuery = p.In.URL.RawQuery
			p.Out.Host = k.origin.Host
			p.Out.Header = outward(p.In.Header)
			p.Out.Body, p.Out.ContentLength = http.NoBody, 0
			if p.Out.Header.Del("Content-Type"); len(s.body) > 0 {
				p.Out.Header.Set("Content-Type", s.kind)
				p.Out.Body, p.Out.ContentLength = io.NopCloser(bytes.NewReader(s.body)), int64(len(s.body))
			}
		},
		ModifyResponse: func(answer *http.Response) error {
			k.release(r.Context(), t, answer)
			answer.Header = k.inward(answer.Header, path == passkeyScript)
			for name := range answer.Header {
				w.Header().Del(name) // the proxy adds, and what was set before it would stand twice
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			k.release(r.Context(), t, nil)
			if !errors.Is(err, context.Canceled) {
				k.given.Problem(w, r, unavailable(err))
			}
		},
	}
	proxy.ServeHTTP(w, r)
}
