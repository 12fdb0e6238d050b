package identity_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

var (
	stack  *devstack.Stack
	origin string // Hamyar's, as this Kratos was told
)

func TestMain(m *testing.M) {
	code, err := withStack(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, "identity:", err)
		code = 1
	}
	os.Exit(code)
}

// withStack runs the tests beside the stack that HAMYAR_TEST_STACK names, else beside one of their own.
func withStack(run func() int) (code int, err error) {
	if path := os.Getenv("HAMYAR_TEST_STACK"); path != "" {
		stack, err = devstack.Load(path)
	} else {
		stack, err = devstack.Start(context.Background(), devstack.Options{Ephemeral: true, Progress: os.Stderr})
		defer func() {
			if stack != nil {
				_ = stack.Stop()
			}
		}()
	}
	if err != nil {
		return 1, err
	}
	var flow struct{ UI struct{ Action string } }
	r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, stack.KratosPublic+"/self-service/login/api", http.NoBody)
	if err != nil {
		return 1, err
	}
	response, err := direct.Do(r)
	if err != nil {
		return 1, err
	}
	defer response.Body.Close()
	if err := json.NewDecoder(response.Body).Decode(&flow); err != nil {
		return 1, err
	}
	origin, _, _ = strings.Cut(flow.UI.Action, "/identity/")
	return run(), nil
}

// forum is a Hamyar of which only the identity part is there, on a server of its own.
type forum struct {
	*identity.Kratos
	clock  *clock
	server *httptest.Server
}

func open(t *testing.T, change ...func(*identity.Options)) forum {
	t.Helper()
	f := forum{clock: &clock{}}
	o := identity.Options{
		KratosPublic: stack.KratosPublic, KratosAdmin: stack.KratosAdmin, Origin: origin,
		Clock: f.clock.now, RateKey: func(time.Time) [32]byte { return [32]byte{1} }, Problem: problem,
	}
	for _, c := range change {
		c(&o)
	}
	var err error
	if f.Kratos, err = identity.New(o); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle(identity.Prefix, f.Proxy())
	for _, path := range identity.PagePaths {
		mux.Handle(path, f.Pages())
	}
	mux.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		actor, err := f.Actor(r.Context(), r)
		if err != nil {
			problem(w, r, err)
			return
		}
		_ = json.NewEncoder(w).Encode(actor)
	})
	f.server = httptest.NewServer(mux)
	t.Cleanup(f.server.Close)
	return f
}

func problem(w http.ResponseWriter, _ *http.Request, err error) {
	f := fault.Of(err)
	if wait := f.RetryAfter(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds()+0.999)))
	}
	w.WriteHeader(map[fault.Kind]int{
		fault.KindInvalid: 400, fault.KindUnauthenticated: 401, fault.KindForbidden: 403, fault.KindNotFound: 404,
		fault.KindMethod: 405, fault.KindTooLarge: 413, fault.KindUnsupported: 415, fault.KindUnprocessable: 422,
		fault.KindThrottled: 429, fault.KindUnavailable: 503, fault.KindInternal: 500,
	}[f.Code().Kind()])
	fmt.Fprintf(w, `{"code":%q}`, f.Code())
}

// clock is the real time and what a test adds to it; frozen, it stands still.
type clock struct {
	mu     sync.Mutex
	ahead  time.Duration
	frozen time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen.IsZero() {
		return c.frozen.Add(c.ahead)
	}
	return time.Now().Add(c.ahead).UTC()
}

func (c *clock) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = time.Now().UTC()
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// browser is a client with cookies that reaches the server under Hamyar's origin.
func (f forum) browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", f.server.Listener.Addr().String())
	}
	transport := &http.Transport{DialContext: dial}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Jar: jar, Transport: transport}
}

// answer is a response that was read.
type answer struct {
	*http.Response
	body string
}

func (a answer) json(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatalf("%s: %v", a.body, err)
	}
}

// code is that of a problem.
func (a answer) code(t *testing.T) fault.Code {
	t.Helper()
	var p struct{ Code fault.Code }
	a.json(t, &p)
	return p.Code
}

// direct follows no redirects.
var direct = &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

// send makes a request of a path of the forum; a body is JSON unless it is a form, headers go in pairs.
func (f forum) send(t *testing.T, method, path string, body any, headers ...string) answer {
	t.Helper()
	return do(t, direct, request(t, method, f.server.URL+path, body, headers...))
}

func request(t *testing.T, method, address string, body any, headers ...string) *http.Request {
	t.Helper()
	var reader io.Reader = http.NoBody
	kind := ""
	switch body := body.(type) {
	case nil:
	case url.Values:
		reader, kind = strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	case string:
		reader, kind = strings.NewReader(body), "application/json"
	default:
		encoded, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader, kind = bytes.NewReader(encoded), "application/json"
	}
	r, err := http.NewRequestWithContext(t.Context(), method, address, reader)
	if err != nil {
		t.Fatal(err)
	}
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func do(t *testing.T, client *http.Client, r *http.Request) answer {
	t.Helper()
	response, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

type object = map[string]any

const password = "a long walk by the river"

// nobody has this name yet.
func freshName() string { return "m" + strings.ReplaceAll(uuid.NewString(), "-", "")[:20] }

// flow begins a flow of a script's through the proxy and returns its id.
func (f forum) flow(t *testing.T, kind, query string, headers ...string) string {
	t.Helper()
	a := f.send(t, "GET", "/identity/self-service/"+kind+"/api"+query, nil, headers...)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%s flow: %d %s", kind, a.StatusCode, a.body)
	}
	var flow struct{ ID string }
	a.json(t, &flow)
	return flow.ID
}

// submit submits a new flow of a script's through the proxy.
func (f forum) submit(t *testing.T, kind, query string, body any, headers ...string) answer {
	t.Helper()
	id := f.flow(t, kind, query, headers...)
	return f.send(t, "POST", "/identity/self-service/"+kind+"?flow="+id, body, headers...)
}

// token reads the session token of an answer.
func (a answer) token(t *testing.T) string {
	t.Helper()
	var session struct {
		Token string `json:"session_token"`
	}
	if a.json(t, &session); a.StatusCode != http.StatusOK || session.Token == "" {
		t.Fatalf("no session: %d %s", a.StatusCode, a.body)
	}
	return session.Token
}

// member signs somebody up with a username alone.
func (f forum) member(t *testing.T) (name, token string) {
	t.Helper()
	name = freshName()
	a := f.submit(t, "registration", "", object{"method": "password", "password": password, "traits": object{"username": name}})
	return name, a.token(t)
}

func (f forum) signIn(t *testing.T, name, password string) answer {
	t.Helper()
	return f.submit(t, "login", "", object{"method": "password", "identifier": name, "password": password})
}

// me is who the forum takes the holder of a token for.
func (f forum) me(t *testing.T, token string) (identity.Actor, error) {
	t.Helper()
	r := request(t, "GET", "http://forum.test/", nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	return f.Actor(ctx, r)
}

// known fails the test unless the token is somebody's.
func (f forum) known(t *testing.T, token string) identity.Actor {
	t.Helper()
	actor, err := f.me(t, token)
	if err != nil || !actor.SignedIn() {
		t.Fatalf("got %+v, %v", actor, err)
	}
	return actor
}

// refused fails the test unless the token gets this code.
func (f forum) refused(t *testing.T, token string, code fault.Code) {
	t.Helper()
	if actor, err := f.me(t, token); err == nil || fault.CodeOf(err) != code || actor.SignedIn() {
		t.Fatalf("got %+v, %v, want %s", actor, err, code)
	}
}

// wire stands between Hamyar and Kratos. It can be cut, made to wait, and counts questions about sessions.
type wire struct {
	address string
	cut     atomic.Bool
	empty   atomic.Bool // Kratos without its database, which refuses every session
	asked   atomic.Int32
	hold    atomic.Pointer[chan struct{}] // answers about sessions wait for this
	held    chan struct{}                 // one for each that waits
}

func newWire(t *testing.T) *wire {
	t.Helper()
	w := &wire{held: make(chan struct{}, 100)}
	target, err := url.Parse(stack.KratosPublic)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, in *http.Request) {
		if w.cut.Load() {
			panic(http.ErrAbortHandler)
		}
		if sick := map[string]int{"/sessions/whoami": http.StatusUnauthorized, "/health/ready": http.StatusServiceUnavailable}; w.empty.Load() && sick[in.URL.Path] != 0 {
			out.Header().Set("Content-Type", "application/json")
			out.WriteHeader(sick[in.URL.Path])
			_, _ = io.WriteString(out, `{"error":{"code":401,"status":"Unauthorized","message":"The request could not be authorized"}}`)
			return
		}
		r := in.Clone(in.Context())
		r.URL.Scheme, r.URL.Host, r.RequestURI = target.Scheme, target.Host, ""
		r.Header.Set("User-Agent", in.UserAgent()) // or Go would add its own
		response, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			panic(http.ErrAbortHandler)
		}
		defer response.Body.Close()
		if in.URL.Path == "/sessions/whoami" {
			w.asked.Add(1)
			if hold := w.hold.Load(); hold != nil {
				w.held <- struct{}{}
				<-*hold
			}
		}
		for name, values := range response.Header {
			out.Header()[name] = values
		}
		out.WriteHeader(response.StatusCode)
		_, _ = io.Copy(out, response.Body)
	}))
	t.Cleanup(server.Close)
	w.address = server.URL
	return w
}

// holdAnswers keeps what Kratos answers about sessions until letGo is called.
func (w *wire) holdAnswers(t *testing.T) (letGo func()) {
	t.Helper()
	hold := make(chan struct{})
	w.hold.Store(&hold)
	letGo = sync.OnceFunc(func() { close(hold) })
	t.Cleanup(letGo)
	return letGo
}

func (w *wire) use(o *identity.Options) { o.KratosPublic = w.address }
