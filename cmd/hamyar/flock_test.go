package main

import (
	"crypto/rand"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
)

// flock are the canaries of one run, by where they must not be seen.
type flock struct {
	t        *testing.T
	words    []canary // what people write: nowhere in plain
	accounts []canary // usernames and e-mails: with Kratos alone
	traces   []canary // addresses and browsers: nowhere at all
	links    []canary // ids and sessions of Kratos: with Kratos alone
}

// word is a new English word, put in somewhere.
func (f *flock) word(what string) string {
	s := "V" + f.draw("aeiou", "bdfghklmnprst")
	f.words = append(f.words, textCanary(what, s))
	return s
}

// persian is a new Persian word, put in somewhere.
func (f *flock) persian(what string) string {
	s := "ب" + f.draw("اوی", "برزسشکگلمنپچ")
	f.words = append(f.words, textCanary(what, s))
	return s
}

func (f *flock) draw(vowels, consonants string) string {
	v, c, raw := []rune(vowels), []rune(consonants), make([]byte, 12)
	_, _ = rand.Read(raw) // crypto/rand never fails; it ends the program instead
	var b strings.Builder
	for i, r := range raw {
		if i%2 == 0 {
			b.WriteRune(v[int(r)%len(v)])
		} else {
			b.WriteRune(c[int(r)%len(c)])
		}
	}
	return b.String()
}

func (f *flock) account(what, s string) string {
	f.accounts = append(f.accounts, textCanary(what, s))
	return s
}

// address is a client's, of documentation's network.
func (f *flock) address(what string) string {
	raw := netip.MustParseAddr("2001:db8::").As16()
	_, _ = rand.Read(raw[4:])
	a := netip.AddrFrom16(raw)
	f.traces = append(f.traces, textCanary(what, a.String()), textCanary(what+", in full", a.StringExpanded()), canary{what + ", in bytes", raw[:], false})
	network := raw[:8] // counting goes by the network
	f.traces = append(f.traces, canary{what + ", its network", network, false})
	return a.String()
}

func (f *flock) agent(what string) string {
	s := "Agent" + f.draw("aeiou", "bdfghklmnprst")
	f.traces = append(f.traces, textCanary(what, s))
	return s
}

func (f *flock) identity(who uuid.UUID, token string) {
	f.links = append(f.links, idCanaries("an identity", who)...)
	f.links = append(f.links, textCanary("a session token", token))
}

// visitor sends requests as somebody who has an address, a browser and a place.
type visitor struct {
	*flock
	h      *house
	header []string
}

func (f *flock) visitor(h *house) *visitor {
	v := &visitor{flock: f, h: h, header: []string{"User-Agent", f.agent("User-Agent") + "/1.0 (X11; Linux x86_64)"}}
	for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP", "Fly-Client-IP", "X-Original-Forwarded-For", "X-Envoy-External-Address"} {
		v.header = append(v.header, name, f.address(name))
	}
	v.header = append(v.header, "Forwarded", `for="[`+f.address("Forwarded")+`]";proto=https`)
	for _, name := range []string{"CF-IPCity", "CF-IPCountry", "CF-Region", "X-Vercel-IP-City", "X-AppEngine-City", "Via", "Referer", "Accept-Language", "Sec-CH-UA", "DNT", "From", "X-Request-Id", "Traceparent", "X-Forwarded-Host", "X-Canary"} {
		v.header = append(v.header, name, f.agent(name))
	}
	v.header = append(v.header, "Cookie", "other="+f.agent("a cookie of others"))
	return v
}

func (v *visitor) call(method, path, token string, body any, pairs ...string) reply {
	v.t.Helper()
	return v.h.call(method, path, token, body, append(slices.Clone(v.header), pairs...)...)
}

// signUp registers somebody with a username and an e-mail, signs in anew, and keeps who they are for the scan.
func (v *visitor) signUp() *person {
	v.t.Helper()
	p := &person{h: v.h, username: v.account("a username", "user"+strings.ToLower(v.agentless())), password: password}
	email := v.account("an e-mail", strings.ToLower(v.agentless())+"@mail.example")
	form := map[string]any{"method": "password", "password": p.password, "traits": map[string]string{"username": p.username, "email": email}}
	var made struct {
		SessionToken string `json:"session_token"`
		Identity     struct{ ID uuid.UUID }
		Session      struct{ ID uuid.UUID }
	}
	v.call(http.MethodPost, v.flow("registration"), "", form).into(http.StatusOK, &made)
	p.identity = made.Identity.ID
	v.identity(p.identity, made.SessionToken)
	v.call(http.MethodPost, v.flow("registration"), "", form).is(http.StatusBadRequest) // the name is taken
	for _, identifier := range []string{p.username, email} {
		v.call(http.MethodPost, v.flow("login"), "", map[string]any{"method": "password", "password": "a wrong evening 7", "identifier": identifier}).is(http.StatusBadRequest)
		v.call(http.MethodPost, v.flow("login"), "", map[string]any{"method": "password", "password": p.password, "identifier": identifier}).into(http.StatusOK, &made)
		v.identity(p.identity, made.SessionToken)
		v.links = append(v.links, idCanaries("a session", made.Session.ID)...)
	}
	v.call(http.MethodPost, v.flow("recovery"), "", map[string]any{"method": "code", "email": email})
	p.token = made.SessionToken
	return p
}

// agentless is a word that is kept by its caller.
func (v *visitor) agentless() string { return v.draw("aeiou", "bdfghklmnprst") }

func (v *visitor) flow(kind string) string {
	v.t.Helper()
	var flow struct{ ID string }
	v.call(http.MethodGet, "/identity/self-service/"+kind+"/api", "", nil).into(http.StatusOK, &flow)
	return "/identity/self-service/" + kind + "?flow=" + flow.ID
}

func (v *visitor) staff(role string) *person {
	v.t.Helper()
	p := v.signUp().withSecondFactor()
	_, err := v.h.store.UpdateMember(v.t.Context(), p.identity, func(r *keystore.Record) error {
		r.Roles = append(r.Roles, keystore.Role{Name: role})
		return nil
	})
	if err != nil {
		v.t.Fatal(err)
	}
	return p
}
