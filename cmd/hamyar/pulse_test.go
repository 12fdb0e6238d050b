package main

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/config"
)

func TestThePulseOfTheProgram(t *testing.T) {
	t.Parallel()
	h := open(t)
	for path, line := range map[string]string{"/healthz": "alive\n", "/readyz": "ready\n"} {
		if r := h.call(http.MethodGet, path, "", nil).is(http.StatusOK); string(r.body) != line {
			t.Errorf("%s says %q", path, r.body)
		}
	}
	var document struct {
		OpenAPI string
		Paths   map[string]any
	}
	r := h.call(http.MethodGet, "/openapi.json", "", nil).into(http.StatusOK, &document)
	if !strings.HasPrefix(document.OpenAPI, "3.1") || len(document.Paths) < 15 || r.header.Get("Content-Type") != "application/json" {
		t.Errorf("%s, %d paths", document.OpenAPI, len(document.Paths))
	}
}

var outside = regexp.MustCompile(`(?i)(src|href|url|@import)\s*[=(]?\s*["']?(https?:)?//`)

func TestTheDocumentationIsReadableWithoutAnyOutsideAsset(t *testing.T) {
	t.Parallel()
	h := open(t)
	for _, language := range []string{"en", "fa"} {
		r := h.call(http.MethodGet, "/docs", "", nil, "Accept-Language", language).is(http.StatusOK)
		page := string(r.body)
		if !strings.HasPrefix(r.header.Get("Content-Type"), "text/html") || !strings.Contains(page, "/v1/communities/{community}/topics") || !strings.Contains(page, `id="name_taken"`) {
			t.Errorf("%s: %s, %d bytes", language, r.header.Get("Content-Type"), len(page))
		}
		if found := outside.FindString(page); found != "" {
			t.Errorf("%s: asks elsewhere: %s", language, found)
		}
		if !strings.Contains(page, `<html lang="`+language+`"`) {
			t.Errorf("%s: in another language", language)
		}
		if strings.Contains(page, "<script") {
			t.Errorf("%s: a script, which the page's own policy forbids", language)
		}
	}
}

func TestMetricsHoldNothingOfMembers(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	_, metrics := h.serves()
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, telling, telling)
	ada.call("ZQXJVK", "/v1/communities/"+p.ID, nil)
	ada.call(http.MethodGet, "/v1/"+telling[2:9]+"/x?q="+spy, nil)
	ada.call(http.MethodGet, "/v1/communities/"+p.ID+"/topics?cursor="+spy, nil)
	h.call(http.MethodGet, "/metrics", "", nil).is(http.StatusNotFound) // they are on an address of their own

	h.origin = "http://" + metrics
	r := h.call(http.MethodGet, "/metrics", "", nil).is(http.StatusOK)
	r.without(p.ID, opened.ID, opened.Author.ID, ada.username, ada.identity.String(), ada.token, telling[2:9], spy, "ZQXJVK", "127.0.0.1", "Ada")
	if id := anyID.FindString(string(r.body)); id != "" {
		t.Errorf("the metrics hold an id: %s…", id)
	}
	for _, line := range []string{`route="/v1/communities/{community}/topics"`, `method="other"`, "hamyar_request_seconds_bucket", "go_goroutines"} {
		if !strings.Contains(string(r.body), line) {
			t.Errorf("no %s in the metrics", line)
		}
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *config.Config) { c.ReadsPerMinute, c.WritesPerMinute = 6, 3 })
	ada, bo := h.signUp(), h.signUp()
	for left := 5; left >= 0; left-- {
		r := ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK)
		if r.header.Get("RateLimit-Limit") != "6" || r.header.Get("RateLimit-Remaining") != strconv.Itoa(left) {
			t.Errorf("%s of %s left, want %d", r.header.Get("RateLimit-Remaining"), r.header.Get("RateLimit-Limit"), left)
		}
	}
	r := ada.call(http.MethodGet, "/v1/communities", nil).is(http.StatusTooManyRequests).refused("throttled")
	if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 || after > 10 {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	// Another token of hers is hers as well; others, and nobody in particular, have their own.
	token, err := h.kratos.SignIn(t.Context(), ada.username, ada.password, "")
	if err != nil {
		t.Fatal(err)
	}
	h.call(http.MethodGet, "/v1/me", token, nil).is(http.StatusTooManyRequests).refused("throttled")
	bo.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK)
	h.call(http.MethodGet, "/v1/communities", "", nil).is(http.StatusOK)
	for range 3 {
		ada.call(http.MethodPatch, "/v1/me", map[string]any{"language": "en"}).is(http.StatusOK)
	}
	ada.call(http.MethodPatch, "/v1/me", map[string]any{"language": "fa"}).is(http.StatusTooManyRequests).refused("throttled")
	var me struct{ Language string }
	raw := bo.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK).body
	if err := json.Unmarshal(raw, &me); err != nil || me.Language != "" {
		t.Errorf("%s", raw)
	}
}
