package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/journal"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
)

// canary is in whatever the tests send, and must be in nothing that comes back or stays.
const canary = "Kanarienvogel"

// edge is the whole API over nothing: what it refuses, it refuses before it would need a database.
type edge struct {
	http.Handler
	log     *bytes.Buffer
	metrics *prometheus.Registry
}

func newEdge(t *testing.T) edge {
	t.Helper()
	return newEdgeWith(t, api.Limits{})
}

func newEdgeWith(t *testing.T, limits api.Limits) edge {
	t.Helper()
	e := edge{log: &bytes.Buffer{}, metrics: prometheus.NewRegistry()}
	clock := func() time.Time { return time.Date(2026, 9, 10, 8, 30, 0, 0, time.UTC) }
	key := func(time.Time) [32]byte { return [32]byte{1} }
	nobody, err := identity.New(identity.Options{
		KratosPublic: "http://127.0.0.1:1", KratosAdmin: "http://127.0.0.1:1", Origin: "http://hamyar.example",
		Clock: clock, RateKey: key, Problem: api.WriteProblem,
	})
	if err != nil {
		t.Fatal(err)
	}
	unwritten, err := journal.Open(t.Context(), journal.Options{Log: journal.Off, Metrics: e.metrics})
	if err != nil {
		t.Fatal(err)
	}
	e.Handler = api.New(api.Options{
		Identity: nobody, Members: member.NewDesk(nil, nobody, nil, clock), Policy: &authz.Engine{}, Journal: unwritten, Cursors: page.NewCursors([32]byte{2}),
		Limits: limits, Logger: slog.New(slog.NewJSONHandler(e.log, nil)), Metrics: e.metrics, Clock: clock, RateKey: key,
		Ready: func(*http.Request) []string { return nil },
	})
	return e
}

// ask sends a request. A header is "Name: value".
func (e edge) ask(t *testing.T, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	e.ServeHTTP(w, r)
	return w
}

func problemIn(t *testing.T, w *httptest.ResponseRecorder) api.Problem {
	t.Helper()
	var p api.Problem
	decoder := json.NewDecoder(w.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p); err != nil {
		t.Fatalf("%d is no problem document: %v", w.Code, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/problem+json" {
		t.Errorf("Content-Type %q", got)
	}
	if p.Status != w.Code {
		t.Errorf("the document says %d, the answer %d", p.Status, w.Code)
	}
	if p.Type != "/docs#"+p.Code || p.Title == "" || p.Detail == "" || p.RequestID == "" || p.RequestID != w.Header().Get("X-Request-Id") {
		t.Errorf("incomplete: %+v", p)
	}
	return p
}

// refused is a request and what it gets.
type refused struct {
	name, method, path, body string
	headers                  []string
	status                   int
	code                     string
	fields                   []string // "/pointer code"
}

const (
	community  = "/v1/communities/6f1c1e0a-52f0-4b59-8a7a-0a3c5f0d9a11"
	membership = community + "/membership"
	topics     = community + "/topics"
	topic      = topics + "/0d9a116f-4b59-42f0-8a7a-5f0d9a11c1e0"
)

var persian = strings.Repeat("ق", 201)

var refusals = []refused{
	{
		name: "unknown field", method: "POST", path: topics, body: `{"title":"a","text":"b","colour":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/colour unknown_field"},
	},
	{
		name: "unknown field inside", method: "POST", path: "/v1/programmes",
		body:   `{"language":"en","name":"a","operator":"b","funder":"c","responsible":[{"name":"d","role":"e","phone":"` + canary + `"}],"hours":"f","contact":"g"}`,
		status: 422, code: "invalid_request", fields: []string{"/responsible/0/phone unknown_field"},
	},
	{
		name: "a name that may be anything", method: "POST", path: topics, body: `{"title":"a","text":"b","my ` + canary + `":1}`,
		status: 422, code: "invalid_request", fields: []string{" unknown_field"},
	},
	{
		name: "another case", method: "POST", path: topics, body: `{"title":"a","Title":"` + canary + `","text":"b"}`,
		status: 422, code: "invalid_request", fields: []string{"/Title unknown_field"},
	},
	{
		name: "repeated field", method: "POST", path: topics, body: `{"title":"a","text":"b","title":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/title repeated_field"},
	},
	{
		name: "wrong type", method: "POST", path: topics, body: `{"title":7,"text":["` + canary + `"]}`,
		status: 422, code: "invalid_request", fields: []string{"/text wrong_type", "/title wrong_type"},
	},
	{
		name: "null", method: "POST", path: topics, body: `{"title":null,"text":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/title wrong_type"},
	},
	{
		name: "missing field", method: "POST", path: topics, body: `{"text":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/title required"},
	},
	{
		name: "too long by one", method: "POST", path: topics, body: `{"title":"` + persian + `","text":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/title too_long"},
	},
	{
		name: "empty", method: "POST", path: topics, body: `{"title":"","text":"` + canary + `"}`,
		status: 422, code: "invalid_request", fields: []string{"/title too_short"},
	},
	{
		name: "missing body", method: "POST", path: topics, headers: []string{"Content-Type: application/json"},
		status: 422, code: "invalid_request", fields: []string{" required"},
	},
	{
		name: "a list as the body", method: "POST", path: topics, body: `["` + canary + `"]`,
		status: 422, code: "invalid_request", fields: []string{" wrong_type"},
	},
	{name: "malformed", method: "POST", path: topics, body: `{"title":"` + canary + `",}`, status: 400, code: "malformed_request"},
	{name: "malformed, speaking of UTF-8", method: "POST", path: topics, body: `{"title":"not UTF-8 ` + canary + `"`, status: 400, code: "malformed_request"},
	{name: "two bodies", method: "POST", path: topics, body: `{"title":"a","text":"b"}{"title":"` + canary + `"}`, status: 400, code: "malformed_request"},
	{name: "a brace too many", method: "POST", path: topics, body: `{"title":"a","text":"b"}}`, status: 400, code: "malformed_request"},
	{name: "not UTF-8", method: "POST", path: topics, body: `{"title":"` + canary + "\xff" + `","text":"b"}`, status: 400, code: "bad_encoding"},
	{name: "half a surrogate pair", method: "POST", path: topics, body: `{"title":"` + canary + `\ud83d","text":"b"}`, status: 400, code: "bad_encoding"},
	{name: "body too large", method: "POST", path: topics, body: `{"title":"a","text":"` + strings.Repeat(canary, api.MostBody/len(canary)) + `"}`, status: 413, code: "body_too_large"},
	{name: "media type", method: "POST", path: topics, body: canary, headers: []string{"Content-Type: text/" + canary}, status: 415, code: "media_type_unsupported"},
	{name: "a form", method: "POST", path: topics, body: "title=" + canary, headers: []string{"Content-Type: application/x-www-form-urlencoded"}, status: 415, code: "media_type_unsupported"},
	{name: "unknown parameter", method: "GET", path: "/v1/communities?colour=" + canary, status: 422, code: "invalid_request", fields: []string{"colour unknown_field"}},
	{name: "a parameter that may be anything", method: "GET", path: "/v1/communities?" + canary + "%40example.org=1", status: 422, code: "invalid_request", fields: []string{" unknown_field"}},
	{name: "not in the list", method: "GET", path: "/v1/communities?language=" + canary, status: 422, code: "invalid_request", fields: []string{"language not_in_list"}},
	{name: "not a number", method: "GET", path: "/v1/communities?limit=" + canary, status: 422, code: "invalid_request", fields: []string{"limit wrong_type"}},
	{name: "too small a number", method: "GET", path: "/v1/communities?limit=-7", status: 422, code: "invalid_request", fields: []string{"limit out_of_range"}},
	{name: "too large a number", method: "GET", path: "/v1/communities?limit=101", status: 422, code: "invalid_request", fields: []string{"limit out_of_range"}},
	{name: "a number beyond all", method: "PUT", path: membership, body: `{"name":"` + canary + `","accept_rules":1e300}`, status: 422, code: "invalid_request", fields: []string{"/accept_rules out_of_range"}},
	{name: "part of a number", method: "PUT", path: membership, body: `{"name":"` + canary + `","accept_rules":1.5}`, status: 422, code: "invalid_request", fields: []string{"/accept_rules wrong_type"}},
	{
		name: "a header too long", method: "POST", path: topics, body: `{"title":"a","text":"b"}`, headers: []string{"Idempotency-Key: " + strings.Repeat(canary, 20)},
		status: 422, code: "invalid_request", fields: []string{"Idempotency-Key too_long"},
	},
	{name: "a name nobody may have", method: "PUT", path: membership, body: `{"name":"` + canary + `@example.org","accept_rules":1}`, status: 422, code: "invalid_request", fields: []string{"/name name_contact"}},
	{name: "a cursor of nobody", method: "GET", path: "/v1/communities?cursor=" + canary, status: 400, code: "cursor_invalid"},
	{name: "no such path", method: "GET", path: "/v1/" + canary, status: 404, code: "not_found"},
	{name: "no such id", method: "GET", path: "/v1/communities/" + canary, status: 404, code: "not_found"},
	{name: "method", method: "DELETE", path: "/v1/communities", status: 405, code: "method_not_allowed"},
	{name: "method of one's own", method: strings.ToUpper(canary), path: "/v1/communities", status: 405, code: "method_not_allowed"},
	{name: "unguarded change", method: "PATCH", path: topic, body: `{"title":"` + canary + `"}`, status: 428, code: "etag_required"},
	{name: "change guarded by nothing", method: "PATCH", path: topic, body: `{"title":"` + canary + `"}`, headers: []string{"If-Match: *"}, status: 428, code: "etag_required"},
	{name: "change guarded by no tag", method: "PATCH", path: topic, body: `{"title":"` + canary + `"}`, headers: []string{`If-Match: "` + canary + `"`}, status: 412, code: "etag_stale"},
	{name: "from another site", method: "POST", path: topics, body: `{"title":"` + canary + `","text":"b"}`, headers: []string{"Sec-Fetch-Site: cross-site"}, status: 403, code: "cross_origin"},
	{name: "a forged session", method: "GET", path: "/v1/me", headers: []string{"Authorization: Bearer " + canary}, status: 401, code: "session_invalid"},
	{name: "no identity server", method: "GET", path: "/v1/me", headers: []string{"Authorization: Bearer ory_st_" + canary}, status: 503, code: "identity_unavailable"},
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range refusals {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			e := newEdge(t)
			w := e.ask(t, c.method, c.path, c.body, append(c.headers, "Accept-Language: fa")...)
			said := w.Body.String()
			p := problemIn(t, w)
			if w.Code != c.status || p.Code != c.code {
				t.Errorf("got %d %s, want %d %s", w.Code, p.Code, c.status, c.code)
			}
			var fields []string
			for _, f := range p.Errors {
				fields = append(fields, f.Pointer+" "+f.Code)
			}
			if diff := cmp.Diff(c.fields, fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if got := w.Header().Get("Content-Language"); got != "fa" {
				t.Errorf("Content-Language %q", got)
			}
			e.forgets(t, said)
		})
	}
}

// forgets checks that nothing that was sent is in the answer, in the log or in a metric.
func (e edge) forgets(t *testing.T, said string) {
	t.Helper()
	counted, err := e.metrics.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"answer": said, "log": e.log.String(), "metrics": fmt.Sprint(counted)} {
		if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) || strings.Contains(text, "قق") {
			t.Errorf("the %s repeats what was sent:\n%s", where, text)
		}
	}
	if !strings.Contains(e.log.String(), `"code"`) {
		t.Errorf("the log has no line of it: %s", e.log)
	}
}

func TestPanicIsAProblemAndSaysNothing(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	w := e.ask(t, "POST", topics, `{"title":"`+canary+`","text":"b"}`) // valid, and there is no board
	said := w.Body.String()
	if p := problemIn(t, w); p.Code != "internal" || w.Code != http.StatusInternalServerError {
		t.Errorf("got %d %s", w.Code, p.Code)
	}
	e.forgets(t, said)
	if !strings.Contains(e.log.String(), `"msg":"panic"`) {
		t.Errorf("the log does not tell of the panic: %s", e.log)
	}
}

func TestMethodNotAllowedSaysWhichAre(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/v1/communities": "GET, POST", topic: "GET, PATCH, DELETE", "/v1/me": "GET, PATCH", "/healthz": "GET",
	} {
		w := newEdge(t).ask(t, "PUT", path, "")
		if w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") != want {
			t.Errorf("%s: %d, Allow %q, want %q", path, w.Code, w.Header().Get("Allow"), want)
		}
	}
}

func TestUnauthenticatedIsToldHowToSignIn(t *testing.T) {
	t.Parallel()
	w := newEdge(t).ask(t, "GET", "/v1/me", "", "Authorization: Bearer x")
	if got := w.Header().Get("WWW-Authenticate"); w.Code != http.StatusUnauthorized || got != `Bearer realm="hamyar"` {
		t.Errorf("%d, WWW-Authenticate %q", w.Code, got)
	}
	w = newEdge(t).ask(t, "GET", "/v1/me", "", "Authorization: Bearer ory_st_x")
	if got := w.Header().Get("Retry-After"); w.Code != http.StatusServiceUnavailable || got == "" {
		t.Errorf("%d, Retry-After %q", w.Code, got)
	}
}

func TestAnswersStayWhereTheyAre(t *testing.T) {
	t.Parallel()
	e := newEdge(t)
	for _, path := range []string{"/healthz", "/v1/nowhere", "/v1/communities?limit=0", "/openapi.json", "/docs"} {
		h := e.ask(t, "GET", path, "").Header()
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cross-Origin-Resource-Policy": "same-origin"} {
			if h.Get(name) != want {
				t.Errorf("%s: %s is %q, want %q", path, name, h.Get(name), want)
			}
		}
		if policy := h.Get("Content-Security-Policy"); !strings.HasPrefix(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") {
			t.Errorf("%s: Content-Security-Policy %q", path, policy)
		}
	}
}

func TestMediaTypesHaveManySpellings(t *testing.T) {
	t.Parallel()
	for mediaType, want := range map[string]int{
		"application/json": 428, "application/json;charset=utf-8": 428, "Application/JSON ; Charset=UTF-8": 428, "application/merge-patch+json": 428,
		"application/jsonp": 415, "text/json": 415, "application/xml": 415, "json/": 415, "; charset=utf-8": 428, // no type is ours
	} {
		w := newEdge(t).ask(t, http.MethodPatch, topic, `{"title":"a"}`, "Content-Type: "+mediaType)
		if w.Code != want {
			t.Errorf("%s: %d, want %d", mediaType, w.Code, want)
		}
	}
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	e := newEdgeWith(t, api.Limits{Reads: 2, Writes: 1})
	for i, want := range []int{404, 404, 429} {
		w := e.ask(t, http.MethodGet, "/v1/communities/"+canary, "")
		if w.Code != want || w.Header().Get("RateLimit-Limit") != "2" {
			t.Errorf("request %d: %d, want %d, %v", i, w.Code, want, w.Header())
		}
	}
	w := e.ask(t, http.MethodGet, "/v1/me", "", "Accept-Language: fa")
	if p := problemIn(t, w); p.Code != "throttled" || w.Header().Get("Retry-After") != "30" || p.Title != fault.Throttled.In("fa").Title {
		t.Errorf("%d %s, %v", w.Code, p.Code, w.Header())
	}
	if w := e.ask(t, http.MethodGet, "/docs", ""); w.Code != http.StatusOK {
		t.Errorf("who waits can't read why: %d", w.Code)
	}
}
