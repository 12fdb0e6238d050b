package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
)

// gate stands before a server and can be shut: then nobody gets through, and who was through is cut off.
type gate struct {
	listener    net.Listener
	network, to string

	mu    sync.Mutex
	shut  bool
	conns map[net.Conn]bool
}

func openGate(t *testing.T, network, address string) *gate {
	t.Helper()
	listener, err := listenOn(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{listener: listener, network: network, to: address, conns: map[net.Conn]bool{}}
	t.Cleanup(func() { g.close(); listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go g.carry(conn)
		}
	}()
	return g
}

func (g *gate) url() string { return "http://" + g.listener.Addr().String() }

// gateBefore is a gate before a server that speaks HTTP.
func gateBefore(t *testing.T, address string) *gate {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return openGate(t, "tcp", u.Host)
}

// gateBeforeDatabase is a gate before a database, and the URL that leads through it.
func gateBeforeDatabase(t *testing.T, through config.Secret) (*gate, config.Secret) {
	t.Helper()
	u, err := url.Parse(through.Reveal())
	if err != nil {
		t.Fatal(err)
	}
	query := u.Query()
	g := openGate(t, "unix", query.Get("host")+"/.s.PGSQL."+query.Get("port"))
	host, port, err := net.SplitHostPort(g.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	query.Set("host", host)
	query.Set("port", port)
	u.RawQuery = query.Encode()
	return g, config.NewSecret(u.String())
}

func (g *gate) carry(in net.Conn) {
	defer in.Close()
	if !g.hold(in) {
		return
	}
	out, err := new(net.Dialer).DialContext(context.Background(), g.network, g.to)
	if err != nil {
		return
	}
	defer out.Close()
	if !g.hold(out) {
		return
	}
	go func() { _, _ = io.Copy(out, in); out.Close() }()
	_, _ = io.Copy(in, out)
}

func (g *gate) hold(c net.Conn) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.conns[c] = true
	return !g.shut
}

func (g *gate) close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = true
	for c := range g.conns {
		c.Close()
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = false
}

func TestWithoutKratosNothingIsOpen(t *testing.T) {
	t.Parallel()
	stack := pgtest.Stack(t)
	public, admin := gateBefore(t, stack.KratosPublic), gateBefore(t, stack.KratosAdmin)
	h := open(t, func(c *config.Config) { c.KratosPublic, c.KratosAdmin = public.url(), admin.url() })
	p := h.found(map[string]any{"visibility": "members"})
	inPublic := p.founds(map[string]any{"visibility": "public"})
	ada, bo := h.signUp().join(p.ID, "Ada"), h.signUp().join(p.ID, "Bo")
	opened := ada.opens(p.ID, telling, telling)
	h.kratos.Forget(bo.identity) // nobody knows his session any more
	topics := "/v1/communities/" + p.ID + "/topics"
	ada.call(http.MethodGet, topics, nil).is(http.StatusOK)
	ready := func(want int) { h.call(http.MethodGet, "/readyz", "", nil).is(want).without(p.ID) }
	ready(http.StatusOK)

	public.close()
	admin.close()
	ready(http.StatusServiceUnavailable)
	h.call(http.MethodGet, "/healthz", "", nil).is(http.StatusOK) // the process itself is well
	// Who was here a moment ago goes on.
	ada.call(http.MethodGet, topics, nil).is(http.StatusOK)
	ada.call(http.MethodPost, topics+"/"+opened.ID+"/posts", map[string]any{"text": "still here"}).is(http.StatusCreated)
	// Nobody else does, real or forged, and nothing opens.
	down := func(r reply) {
		t.Helper()
		r.is(http.StatusServiceUnavailable).refused("identity_unavailable").without(telling)
		if after, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || after < 1 || after > 60 {
			t.Errorf("%s: Retry-After %q", r.what, r.header.Get("Retry-After"))
		}
	}
	down(bo.call(http.MethodGet, topics, nil))
	down(bo.call(http.MethodPost, topics, map[string]any{"title": "t", "text": "t"}))
	down(bo.call(http.MethodGet, "/v1/communities/"+inPublic, nil)) // who says who they are is not taken for nobody
	down(h.call(http.MethodGet, topics, "ory_st_forged", nil))
	down(h.call(http.MethodGet, topics, "", nil, "Cookie", "ory_kratos_session=forged"))
	down(h.call(http.MethodGet, "/identity/self-service/login/api", "", nil))
	down(h.call(http.MethodPost, "/v1/recovery", "", map[string]any{"username": ada.username, "secret": "1-AAAA-AAAA"}))
	// Reading in public takes nobody's word.
	h.call(http.MethodGet, topics, "", nil).is(http.StatusUnauthorized).refused("sign_in_required")
	h.call(http.MethodGet, "/v1/communities/"+inPublic+"/topics", "", nil).is(http.StatusOK)
	// Half a minute is the longest that a session is believed.
	h.clock.move(31 * time.Second)
	down(ada.call(http.MethodGet, topics, nil))
	down(ada.call(http.MethodDelete, topics+"/"+opened.ID, nil))

	public.open()
	admin.open()
	ready(http.StatusOK)
	for _, who := range []*person{ada, bo} {
		who.call(http.MethodGet, topics, nil).is(http.StatusOK)
	}
	h.call(http.MethodGet, topics, "ory_st_forged", nil).is(http.StatusUnauthorized).refused("session_invalid")
	h.signUp().join(p.ID, "Cy")
	h.silent(t, ada, p.ID, telling)
}

func TestWithoutADatabaseNothingIsDone(t *testing.T) {
	t.Parallel()
	var gates [2]*gate
	h := open(t, func(c *config.Config) {
		gates[0], c.ForumURL = gateBeforeDatabase(t, c.ForumURL)
		gates[1], c.KeysURL = gateBeforeDatabase(t, c.KeysURL)
	})
	p := h.found(map[string]any{"visibility": "public"})
	ada, base := h.signUp().join(p.ID, "Ada"), "/v1/communities/"+p.ID
	opened := ada.opens(p.ID, telling, telling)
	for i, name := range []string{"forum database", "keys database"} {
		gates[i].close()
		for range 10 { // connections that were cut, and then those that can't be made
			if r := h.call(http.MethodGet, base+"/topics/"+opened.ID, "", nil); i == 0 || r.status != http.StatusOK {
				r.is(http.StatusServiceUnavailable).refused("unavailable").without(telling)
			}
		}
		h.signUp().call(http.MethodPut, base+"/membership", map[string]any{"name": "Bo", "accept_rules": 1}).is(http.StatusServiceUnavailable).refused("unavailable")
		if r := h.call(http.MethodGet, "/readyz", "", nil).is(http.StatusServiceUnavailable); string(r.body) != "not ready: "+name+"\n" {
			t.Errorf("%q", r.body)
		}
		gates[i].open()
		h.call(http.MethodGet, "/readyz", "", nil).is(http.StatusOK)
		ada.replies(p.ID, opened.ID, "it goes on")
	}
	h.silent(t, ada, p.ID, telling, "dial")
}

// TestASilentKratosOpensNothing has a Kratos that takes connections and never answers.
func TestASilentKratosOpensNothing(t *testing.T) {
	t.Parallel()
	silent, err := listenOn(t.Context(), "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	stack := pgtest.Stack(t)
	h := open(t, func(c *config.Config) {
		c.KratosPublic, c.KratosAdmin = "http://"+silent.Addr().String(), stack.KratosAdmin
	})
	start := time.Now()
	h.call(http.MethodGet, "/v1/me", "ory_st_anything", nil).is(http.StatusServiceUnavailable).refused("identity_unavailable")
	if took := time.Since(start); took > 15*time.Second {
		t.Errorf("it was waited for for %v", took)
	}
}

func TestAnEndedSessionIsNobodys(t *testing.T) {
	t.Parallel()
	h := open(t)
	ada, bo := h.signUp(), h.signUp()
	for _, who := range []*person{ada, bo} {
		who.call(http.MethodGet, "/v1/me", nil).is(http.StatusOK)
	}
	ada.inKratos(`UPDATE sessions SET expires_at = now() - interval '1 minute' WHERE identity_id = $1`)
	bo.inKratos(`UPDATE identities SET state = 'inactive' WHERE id = $1`)
	h.clock.move(31 * time.Second)
	for _, who := range []*person{ada, bo} {
		who.call(http.MethodGet, "/v1/me", nil).is(http.StatusUnauthorized).refused("session_invalid")
		who.call(http.MethodGet, "/v1/communities", nil).is(http.StatusUnauthorized).refused("session_invalid")
	}
	h.clock.move(-31 * time.Second)
	ada.call(http.MethodGet, "/v1/me", nil).is(http.StatusUnauthorized).refused("session_invalid")
}
