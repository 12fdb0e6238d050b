package identity_test

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

// tight limits, so that few tries reach them.
func tight(o *identity.Options) {
	o.Limits = identity.Limits{
		Person:  identity.Rate{Burst: 3, Every: time.Minute},
		Name:    identity.Rate{Burst: 5, Every: 20 * time.Second},
		Address: identity.Rate{Burst: 8, Every: 2 * time.Second},
	}
	o.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
}

func TestGuessesAreCountedAndRunOut(t *testing.T) {
	t.Parallel()
	f := open(t, tight)
	f.clock.freeze()
	name, _ := f.member(t)
	guess := func(from, name string) answer {
		return f.submit(t, "login", "", object{"method": "password", "identifier": name, "password": "a guess"}, "X-Forwarded-For", from)
	}
	for range 3 {
		if a := guess("198.51.100.1", name); a.StatusCode != http.StatusBadRequest {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	a := guess("198.51.100.1", name)
	if wait, err := strconv.Atoi(a.Header.Get("Retry-After")); a.StatusCode != http.StatusTooManyRequests || a.code(t) != fault.Throttled || err != nil || wait != 60 {
		t.Fatalf("%d %v %s", a.StatusCode, a.Header, a.body)
	}
	for _, disguise := range []string{" " + name, "\t" + name + " ", "M" + name[1:]} {
		if a := guess("198.51.100.1", disguise); a.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%q escapes the count: %d", disguise, a.StatusCode)
		}
	}
	// The owner, elsewhere, isn't locked out by one guesser.
	if a := f.submit(t, "login", "", object{"method": "password", "identifier": name, "password": password}, "X-Forwarded-For", "198.51.100.2"); a.StatusCode != http.StatusOK {
		t.Errorf("the owner got %d %s", a.StatusCode, a.body)
	}
	// Many guessers are stopped together.
	guess("198.51.100.3", name)
	if a := guess("198.51.100.4", name); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a fourth address got %d", a.StatusCode)
	}
	f.clock.add(time.Minute)
	if a := guess("198.51.100.1", name); a.StatusCode != http.StatusBadRequest {
		t.Errorf("after the wait: %d %s", a.StatusCode, a.body)
	}
	if a := guess("198.51.100.1", name); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("one minute gave two tries: %d", a.StatusCode)
	}
}

func TestAnAddressRunsOut(t *testing.T) {
	t.Parallel()
	f := open(t, tight)
	f.clock.freeze()
	for i := range 8 {
		if a := f.submit(t, "recovery", "", object{"method": "code", "email": fmt.Sprintf("%s@example.org", freshName())}); a.StatusCode != http.StatusOK {
			t.Fatalf("%d: %d %s", i, a.StatusCode, a.body)
		}
	}
	for kind, body := range map[string]object{
		"recovery":     {"method": "code", "email": "somebody@example.org"},
		"registration": {"method": "password", "password": password, "traits": object{"username": freshName()}},
		"login":        {"method": "password", "identifier": freshName(), "password": password},
	} {
		if a := f.submit(t, kind, "", body); a.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%s: %d %s", kind, a.StatusCode, a.body)
		}
	}
}

// Whatever a body means by a name, and however it hides it, is counted.
func TestNoSpellingEscapesTheCount(t *testing.T) {
	t.Parallel()
	name := freshName()
	for i, spelling := range []any{
		object{"identifier": name},
		object{"password_identifier": name},
		object{"Identifier": name},
		`{"identifier":"other","identifier":"` + name + `"}`,
		`{"identifier":"` + name + `","identifier":"other"}`,
		`{"\u0069dentifier":"` + name + `"}`,
		object{"traits": object{"email": "x@example.org", "username": name}},
		object{"traits.username": name},
		url.Values{"identifier": {"other", name}},
		url.Values{"traits.username": {name}},
	} {
		f := open(t, tight)
		f.clock.freeze()
		r := request(t, "POST", f.server.URL+"/identity/self-service/login?flow=x", spelling, "X-Forwarded-For", "198.51.100.9")
		r.RemoteAddr = "127.0.0.1:1"
		for range 3 {
			if err := f.Throttle(r, name); err != nil {
				t.Fatalf("%d: %v", i, err)
			}
		}
		if a := do(t, direct, r); a.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%v: %d %s", spelling, a.StatusCode, a.body)
		}
	}
	f := open(t, tight)
	for range 3 {
		f.send(t, "POST", "/identity/self-service/login?flow=x&identifier="+name, object{})
	}
	if a := f.send(t, "POST", "/identity/self-service/login?flow=x&identifier="+name, object{}); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("a name in the query: %d", a.StatusCode)
	}
}

// Six digits are soon guessed: a second factor is counted under whose it is, though the body doesn't say.
func TestASecondFactorCantBeGuessed(t *testing.T) {
	t.Parallel()
	f := open(t, tight)
	f.clock.freeze()
	name, token := f.member(t)
	f.enrol(t, token)
	one := f.signIn(t, name, password).token(t)
	guess := func() answer {
		return f.submit(t, "login", "?aal=aal2", object{"method": "totp", "totp_code": "000000"}, "X-Session-Token", one)
	}
	for range 3 {
		if a := guess(); a.StatusCode != http.StatusBadRequest {
			t.Fatalf("%d %s", a.StatusCode, a.body)
		}
	}
	if a := guess(); a.StatusCode != http.StatusTooManyRequests {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
}

func TestCountsAreOfOneDay(t *testing.T) {
	t.Parallel()
	asked := map[time.Time]bool{}
	f := open(t, tight, func(o *identity.Options) {
		o.RateKey = func(day time.Time) [32]byte { asked[day] = true; return [32]byte{byte(day.Day())} }
	})
	f.clock.freeze()
	r := request(t, "POST", f.server.URL, nil)
	r.RemoteAddr = "198.51.100.1:1"
	for range 4 {
		_ = f.Throttle(r, "name")
	}
	if err := f.Throttle(r, "name"); fault.CodeOf(err) != fault.Throttled {
		t.Fatalf("got %v", err)
	}
	f.clock.add(24 * time.Hour)
	if err := f.Throttle(r, "name"); err != nil {
		t.Errorf("got %v", err)
	}
	if len(asked) != 2 {
		t.Errorf("keys were asked for %v", asked)
	}
}

func TestClientAddress(t *testing.T) {
	t.Parallel()
	proxies := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		trusted   []netip.Prefix
		want      string
	}{
		{"198.51.100.7:4000", nil, nil, "198.51.100.7"},
		{"198.51.100.7:4000", []string{"203.0.113.1"}, nil, "198.51.100.7"},
		{"198.51.100.7:4000", []string{"203.0.113.1"}, proxies, "198.51.100.7"},
		{"10.0.0.1:4000", []string{"203.0.113.1"}, proxies, "203.0.113.1"},
		{"10.0.0.1:4000", []string{"192.0.2.1, 203.0.113.1"}, proxies, "203.0.113.1"},
		{"10.0.0.1:4000", []string{"192.0.2.1", "203.0.113.1, 10.0.0.9"}, proxies, "203.0.113.1"},
		{"10.0.0.1:4000", []string{"203.0.113.1, garbage"}, proxies, "10.0.0.1"},
		{"10.0.0.1:4000", []string{"203.0.113.1:5555"}, proxies, "203.0.113.1"},
		{"10.0.0.1:4000", nil, proxies, "10.0.0.1"},
		{"[::ffff:10.0.0.1]:4000", []string{"203.0.113.1"}, proxies, "203.0.113.1"},
		{"[fd00::1]:4000", []string{"[2001:db8:1:2:3:4:5:6]:99"}, proxies, "2001:db8:1:2::"},
		{"[2001:db8:1:2:ffff::1%eth0]:4000", nil, nil, "2001:db8:1:2::"},
	} {
		r := &http.Request{RemoteAddr: c.peer, Header: http.Header{"X-Forwarded-For": c.forwarded}}
		if got := identity.ClientAddress(r, c.trusted).String(); got != c.want {
			t.Errorf("%s %v: got %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
	if got := identity.ClientAddress(&http.Request{RemoteAddr: "@"}, proxies); got.IsValid() {
		t.Errorf("a socket has the address %s", got)
	}
}
