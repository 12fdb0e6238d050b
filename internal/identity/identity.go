// Package identity tells who is asking. It is the only package that knows Ory Kratos: it resolves sessions to actors,
// carries Kratos's public API under /identity/ on Hamyar's own origin, and shows the pages on which people sign in.
//
// It protects people from being known by more than they chose to say: no address, user agent, place or forwarding
// header ever reaches Kratos, and none is kept or logged here. It must never let a request through as signed in that
// Kratos has not vouched for within the last thirty seconds, and must never show what Kratos says about an error.
package identity

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"
	kratos "github.com/ory/kratos-client-go"
	"golang.org/x/sync/singleflight"

	"github.com/hamyar/hamyar/internal/fault"
)

// Prefix is the path under which Proxy is mounted.
const Prefix = "/identity/"

// Options of New. Those without a stated default are required.
type Options struct {
	// KratosPublic and KratosAdmin are the base URLs of the two APIs. Nobody but Hamyar may be able to reach them.
	KratosPublic, KratosAdmin string
	// Origin is Hamyar's public origin, such as https://forum.example.
	Origin string
	// Clock gives the time in UTC.
	Clock func() time.Time
	// RateKey keys the marks under which sign-ins are counted, one key for each day.
	RateKey func(day time.Time) [32]byte
	// Problem writes an error to a client in Hamyar's one form.
	Problem func(http.ResponseWriter, *http.Request, error)

	// TrustedProxies are the networks whose X-Forwarded-For is believed. Without any, the peer is the client.
	TrustedProxies []netip.Prefix
	// Limits of what a person or an address may try; zero means DefaultLimits.
	Limits Limits
	// Timeout of one call to Kratos; zero means five seconds.
	Timeout time.Duration
	// Redeem trades a printed recovery secret for a code, for the page /recover. The attempt is already throttled.
	// It asks for a code with ForBrowser. Without it the page offers recovery by e-mail alone.
	Redeem func(ctx context.Context, username, secret string) (RecoveryCode, error)
	// Key tells whose an API key is, of which assurance, and what it is for; it answers fault.KeyInvalid for what is no
	// key. Without it every key is refused.
	Key func(ctx context.Context, text string) (Actor, error)
	// PrintSecrets makes new printed recovery secrets, for the page /account, and judges whether it may. Without it
	// the page doesn't offer them.
	PrintSecrets func(ctx context.Context, by Actor) ([]string, error)
}

// Kratos is the one that vouches for people. It is safe for concurrent use.
type Kratos struct {
	given         Options
	public, admin *kratos.APIClient
	publicURL     *url.URL
	adminURL      *url.URL
	origin        *url.URL
	client        *http.Client
	sessions      *sessions
	throttle      *throttle
	flight        singleflight.Group
	health        health
}

// New prepares Kratos and calls nobody.
func New(o Options) (*Kratos, error) {
	if o.Clock == nil || o.RateKey == nil || o.Problem == nil {
		return nil, errors.New("identity: Clock, RateKey and Problem are required")
	}
	if o.Timeout == 0 {
		o.Timeout = 5 * time.Second
	}
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits
	}
	k := &Kratos{given: o}
	for _, address := range []struct {
		name, raw string
		parsed    **url.URL
	}{
		{"KratosPublic", o.KratosPublic, &k.publicURL},
		{"KratosAdmin", o.KratosAdmin, &k.adminURL},
		{"Origin", o.Origin, &k.origin},
	} {
		u, err := url.Parse(address.raw)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return nil, fmt.Errorf("identity: %s is not a plain http or https URL", address.name)
		}
		u.Path = strings.TrimSuffix(u.Path, "/") + "/" // JoinPath makes relative paths of an empty one
		*address.parsed = u
	}
	k.client = quietClient()
	k.public, k.admin = apiAt(o.KratosPublic, k.client), apiAt(o.KratosAdmin, k.client)
	var secret [32]byte
	if _, err := rand.Read(secret[:]); err != nil {
		return nil, err
	}
	k.sessions = newSessions(secret)
	k.throttle = newThrottle(o.Limits, o.RateKey)
	return k, nil
}

// quietClient calls Kratos without saying what it is, without redirects and without a proxy of the environment.
func quietClient() *http.Client {
	return &http.Client{
		Transport: quiet{&http.Transport{
			MaxIdleConnsPerHost:   64,
			IdleConnTimeout:       90 * time.Second,
			ResponseHeaderTimeout: 30 * time.Second,
			DisableCompression:    true,
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// quiet suppresses the user agent: Kratos keeps it with the sessions that it begins.
type quiet struct{ *http.Transport }

func (q quiet) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header["User-Agent"] = []string{""}
	return q.Transport.RoundTrip(r)
}

func apiAt(base string, client *http.Client) *kratos.APIClient {
	c := kratos.NewConfiguration()
	c.Servers = kratos.ServerConfigurations{{URL: strings.TrimSuffix(base, "/")}}
	c.HTTPClient = client
	c.UserAgent = ""
	return kratos.NewAPIClient(c)
}

// now is the time in UTC.
func (k *Kratos) now() time.Time { return k.given.Clock().UTC() }

// Forget drops every session of an identity that is cached here, so that the next request asks Kratos again. Other
// instances of Hamyar find out within thirty seconds.
func (k *Kratos) Forget(identity uuid.UUID) { k.sessions.forget(identity) }

// unavailable is the answer to whoever can't be checked now.
func unavailable(cause error) error {
	return fault.Wrap(fault.IdentityUnavailable, cause).After(5 * time.Second)
}
