package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
)

// browser is a person in a browser: cookies instead of a token, at the origin that Kratos was told.
type browser struct {
	h      *house
	client *http.Client
}

func (h *house) browser() *browser {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", strings.TrimPrefix(h.origin, "http://"))
	}}
	h.t.Cleanup(transport.CloseIdleConnections)
	return &browser{h, &http.Client{Jar: jar, Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

// send sends one request as a script of Hamyar's own pages would. pairs are headers.
func (b *browser) send(method, path, body string, pairs ...string) reply {
	b.h.t.Helper()
	r, err := http.NewRequestWithContext(b.h.t.Context(), method, b.h.config.Origin+path, strings.NewReader(body))
	if err != nil {
		b.h.t.Fatal(err)
	}
	r.Header.Set("Accept", "application/json")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(pairs); i += 2 {
		r.Header.Set(pairs[i], pairs[i+1])
	}
	response, err := b.client.Do(r)
	if err != nil {
		b.h.t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		b.h.t.Fatal(err)
	}
	return reply{b.h.t, method + " " + path, response.StatusCode, response.Header, raw}
}

// cookies are those that the browser holds, as a header.
func (b *browser) cookies() string {
	b.h.t.Helper()
	u, err := url.Parse(b.h.config.Origin)
	if err != nil {
		b.h.t.Fatal(err)
	}
	var all []string
	for _, c := range b.client.Jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// signIn signs somebody in who has an account.
func (b *browser) signIn(p *person) *browser {
	b.h.t.Helper()
	var flow struct {
		ID string
		UI struct {
			Nodes []struct{ Attributes struct{ Name, Value string } }
		}
	}
	b.send(http.MethodGet, "/identity/self-service/login/browser", "").into(http.StatusOK, &flow)
	token := ""
	for _, node := range flow.UI.Nodes {
		if node.Attributes.Name == "csrf_token" {
			token = node.Attributes.Value
		}
	}
	b.send(http.MethodPost, "/identity/self-service/login?flow="+flow.ID,
		`{"method":"password","identifier":"`+p.username+`","password":"`+p.password+`","csrf_token":"`+token+`"}`).is(http.StatusOK)
	return b
}

func TestSigningOutEndsAccessAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	topics := "/v1/communities/" + p.ID + "/topics"
	ada.call(http.MethodGet, topics, nil).is(http.StatusOK) // now the session is cached
	ada.call(http.MethodDelete, "/identity/self-service/logout/api", map[string]any{"session_token": ada.token}).is(http.StatusNoContent)
	for range 3 {
		ada.call(http.MethodGet, topics, nil).is(http.StatusUnauthorized).refused("session_invalid")
	}
	ada.call(http.MethodPost, topics, map[string]any{"title": "Late", "text": "text"}).is(http.StatusUnauthorized).refused("session_invalid")
	// Even where nobody need sign in, an ended session is told, and not taken for nobody.
	ada.call(http.MethodGet, "/v1/communities", nil).is(http.StatusUnauthorized).refused("session_invalid")

	bea := h.signUp().join(p.ID, "Bea")
	b := h.browser().signIn(bea)
	b.send(http.MethodGet, topics, "").is(http.StatusOK)
	b.send(http.MethodPost, topics, `{"title":"By cookie","text":"text"}`, "Origin", h.config.Origin, "Sec-Fetch-Site", "same-origin").is(http.StatusCreated)
	held := b.cookies()
	var out struct {
		URL string `json:"logout_url"`
	}
	b.send(http.MethodGet, "/identity/self-service/logout/browser", "").into(http.StatusOK, &out)
	to, err := url.Parse(out.URL)
	if err != nil || !strings.HasPrefix(out.URL, h.config.Origin+"/identity/") {
		t.Fatalf("sign-out at %q: %v", out.URL, err)
	}
	b.send(http.MethodGet, to.RequestURI(), "")
	b.send(http.MethodGet, topics, "").is(http.StatusUnauthorized).refused("sign_in_required") // the browser has lost its cookie
	h.call(http.MethodGet, topics, "", nil, "Cookie", held).is(http.StatusUnauthorized).refused("session_invalid")
	// Her token is another session: it stays.
	bea.call(http.MethodGet, topics, nil).is(http.StatusOK)
}

func TestAPageOfAnotherSiteActsForNobody(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	db := h.behind()
	b := h.browser().signIn(h.signUp().join(p.ID, "Ada"))
	topics := "/v1/communities/" + p.ID + "/topics"
	b.send(http.MethodGet, topics, "").is(http.StatusOK)
	before := db.rows()["forum.topic"]
	for _, headers := range [][]string{
		{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"},
		{"Origin", "https://evil.example"},
		{"Sec-Fetch-Site", "cross-site"},
		{"Sec-Fetch-Site", "same-site"},
		{"Origin", "null"},
	} {
		b.send(http.MethodPost, topics, `{"title":"In her name","text":"text"}`, headers...).is(http.StatusForbidden).refused("cross_origin").without("evil")
		b.send(http.MethodDelete, "/v1/communities/"+p.ID+"/membership", "", headers...).is(http.StatusForbidden).refused("cross_origin")
	}
	// What a form of another site can send without asking is no JSON.
	b.send(http.MethodPost, topics, `{"title":"In her name","text":"text"}`, "Content-Type", "text/plain").is(http.StatusUnsupportedMediaType).refused("media_type_unsupported")
	if n := db.rows()["forum.topic"]; n != before {
		t.Errorf("%d topics, then %d", before, n)
	}
}
