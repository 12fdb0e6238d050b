package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// comesBack trades a printed secret for a code.
func (h *house) comesBack(username, secret string) reply {
	h.t.Helper()
	return h.call(http.MethodPost, "/v1/recovery", "", map[string]any{"username": username, "secret": secret})
}

func TestAPrintedSecretLetsOneBackIn(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.found(nil)
	ada := h.signUp().join(p.ID, "Ada")
	opened := ada.opens(p.ID, "A title", "text")

	h.clock.move(someTime)
	ada.call(http.MethodPost, "/v1/me/recovery-secrets", nil).is(http.StatusForbidden).refused("fresh_sign_in_required")
	(&person{h: h}).call(http.MethodPost, "/v1/me/recovery-secrets", nil).hears(signIn)
	h.clock.move(-someTime)
	secrets := ada.printed()
	if len(secrets) != 10 || len(slices.Compact(slices.Sorted(slices.Values(secrets)))) != 10 {
		t.Fatalf("%d secrets", len(secrets))
	}
	earlier := secrets
	secrets = ada.printed() // the new end the old
	h.comesBack(ada.username, earlier[3]).is(http.StatusForbidden).refused("recovery_refused")

	var way struct {
		Code, URL string
		Flow      string    `json:"flow_id"`
		Expires   time.Time `json:"expires_at"`
	}
	h.comesBack(ada.username, secrets[3]).into(http.StatusCreated, &way).without(ada.username, ada.identity.String())
	if !strings.HasPrefix(way.URL, h.config.Origin+"/identity/self-service/recovery?flow="+way.Flow) || time.Until(way.Expires) < time.Minute {
		t.Errorf("%+v", way)
	}
	at := strings.TrimPrefix(way.URL, h.config.Origin)
	h.comesBack(ada.username, secrets[3]).is(http.StatusForbidden).refused("recovery_refused")
	h.comesBack(ada.username, secrets[4]+"A").is(http.StatusForbidden).refused("recovery_refused")

	var flow struct {
		Continue []struct {
			Token string `json:"ory_session_token"`
			Flow  struct{ ID string }
		} `json:"continue_with"`
	}
	h.call(http.MethodPost, at, "", map[string]any{"method": "code", "code": way.Code}).into(http.StatusOK, &flow)
	back := &person{h: h, username: ada.username, identity: ada.identity, password: "another evening by the sea"}
	settings := ""
	for _, next := range flow.Continue {
		back.token, settings = back.token+next.Token, settings+next.Flow.ID
	}
	ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusUnauthorized).refused("session_invalid") // who has the phone is out
	back.call(http.MethodPost, "/identity/self-service/settings?flow="+settings, map[string]any{"method": "password", "password": back.password}, "X-Session-Token", back.token).is(http.StatusOK)

	var err error
	if back.token, err = h.kratos.SignIn(t.Context(), back.username, back.password, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := h.kratos.SignIn(t.Context(), ada.username, ada.password, ""); err == nil {
		t.Error("the old password still works")
	}
	var me struct {
		Left int `json:"recovery_secrets_left"`
	}
	if back.call(http.MethodGet, "/v1/me", nil).into(http.StatusOK, &me); me.Left != 9 {
		t.Errorf("%d secrets are left", me.Left)
	}
	var mine topic
	back.call(http.MethodGet, "/v1/communities/"+p.ID+"/topics/"+opened.ID, nil).into(http.StatusOK, &mine)
	if mine.Author == nil || mine.Author.ID != opened.Author.ID || back.persona(p.ID).Name != "Ada" {
		t.Errorf("who came back is somebody else: %+v", mine.Author)
	}
	h.silent(t, ada, append(secrets, way.Code, way.Flow)...)
}

func TestGuessingRecoverySecretsTellsNothingAndIsSlowedDown(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bo := h.signUp(), h.signUp()
	secrets := ada.printed()
	number, _, _ := strings.Cut(secrets[0], "-")
	wrong := number + "-AAAAA-AAAAA-AAAAA"

	known := h.comesBack(ada.username, wrong).is(http.StatusForbidden).refused("recovery_refused")
	for what, r := range map[string]reply{
		"nobody's name":       h.comesBack("nobody-"+ada.username[:8], wrong),
		"somebody's, without": h.comesBack(bo.username, secrets[1]),
		"no secret":           h.comesBack(ada.username, "?"),
		"nobody's number":     h.comesBack(ada.username, "77-AAAAA-AAAAA-AAAAA"),
	} {
		if r.status != known.status || masked(r.body) != masked(known.body) {
			t.Errorf("%s: %d %s, and %s", what, r.status, r.body, known.body)
		}
	}
	// Ten tries from one place, whatever comes of them; then even the right secret waits.
	for range 12 {
		if r := h.comesBack(ada.username, wrong); r.status == http.StatusTooManyRequests {
			break
		}
	}
	r := h.comesBack(strings.ToUpper(ada.username), secrets[0]).is(http.StatusTooManyRequests).refused("throttled")
	if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 {
		t.Errorf("Retry-After %q", r.header.Get("Retry-After"))
	}
	var flow struct{ ID string }
	h.call(http.MethodGet, "/identity/self-service/login/api", "", nil).into(http.StatusOK, &flow)
	h.call(http.MethodPost, "/identity/self-service/login?flow="+flow.ID, "", map[string]any{"method": "password", "identifier": ada.username, "password": ada.password}).
		is(http.StatusTooManyRequests).refused("throttled")
	h.comesBack(bo.username, wrong).is(http.StatusForbidden).refused("recovery_refused") // others are not kept waiting
	h.clock.move(2 * time.Minute)
	h.comesBack(ada.username, secrets[0]).is(http.StatusCreated)
	h.silent(t, ada, append(secrets, "nobody-")...)
}

func masked(body []byte) string { return string(requestID.ReplaceAll(body, nil)) }

func TestABrowserComesBackThroughThePages(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signUp()
	secret := ada.printed()[0]
	b := h.browser()
	b.send(http.MethodGet, "/recover", "", "Accept", "text/html").is(http.StatusOK)
	form := url.Values{"username": {ada.username}, "secret": {secret}}
	page := b.send(http.MethodPost, "/recover", form.Encode(), "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded", "Origin", h.config.Origin).is(http.StatusOK)
	action, fields := onlyForm(t, page)
	sent := b.send(http.MethodPost, action, fields.Encode(), "Accept", "text/html", "Content-Type", "application/x-www-form-urlencoded", "Origin", h.config.Origin)
	if sent.status != http.StatusSeeOther || !strings.Contains(sent.header.Get("Location"), "/account?flow=") {
		t.Fatalf("%d to %q: %s", sent.status, sent.header.Get("Location"), sent.body)
	}
	var me struct{ AAL int }
	b.send(http.MethodGet, "/v1/me", "").into(http.StatusOK, &me)
	ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusUnauthorized).refused("session_invalid")
}

// onlyForm is the one form of a page: where it goes, and what it would send.
func onlyForm(t *testing.T, page reply) (action string, fields url.Values) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(string(page.body)))
	if err != nil {
		t.Fatal(err)
	}
	fields = url.Values{}
	attribute := func(n *html.Node, name string) string {
		for _, a := range n.Attr {
			if a.Key == name {
				return a.Val
			}
		}
		return ""
	}
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "form" && action == "":
			action = attribute(n, "action")
		case n.Data == "form":
			t.Fatalf("two forms: %s", page.body)
		case n.Data == "input" && attribute(n, "name") != "":
			fields.Set(attribute(n, "name"), attribute(n, "value"))
		}
	}
	return action, fields
}

func TestSecretsAreShownOnce(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada := h.signUp()
	secrets := ada.printed()
	r := ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK).without(secrets...)
	var me map[string]any
	if err := json.Unmarshal(r.body, &me); err != nil || me["recovery_secrets_left"] != 10.0 {
		t.Errorf("%v", me)
	}
	if r := ada.call(http.MethodGet, "/v1/me/recovery-secrets", nil); r.status != http.StatusMethodNotAllowed {
		t.Errorf("%d %s", r.status, r.body)
	}
}
