package main

import (
	"net/http"
	"testing"
)

// What tells browsers and caches to keep nothing and guess nothing is said once by every answer, also by those that
// Kratos gave: of two, a client may heed either.
func TestEveryAnswerIsGuardedOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, path := range []string{
		"/healthz", "/docs", "/openapi.json", "/v1/communities", "/v1/nowhere", "/sign-out",
		"/v1/avatars/0f1e2d3c4b5a69788796a5b4c3d2e1f0.svg", "/identity/self-service/registration/api", "/identity/nowhere",
	} {
		answer := h.call(http.MethodGet, path, "", nil)
		for _, name := range []string{"Cache-Control", "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy"} {
			if said := answer.header.Values(name); len(said) != 1 {
				t.Errorf("%s: %s is said %d times: %q", path, name, len(said), said)
			}
		}
	}
}
