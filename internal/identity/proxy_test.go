package identity_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

func TestOnlyWhatPeopleNeedIsLetThrough(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, path := range []string{
		"/identity/", "/identity/admin/identities", "/identity/identities", "/identity/health/ready", "/identity/health/alive",
		"/identity/version", "/identity/metrics/prometheus", "/identity/sessions/whoami/", "/identity/sessions/../admin/identities",
		"/identity/sessions/%2e%2e/identities", "/identity//sessions/whoami", "/identity/self-service/login%2fapi",
		"/identity/self-service/methods/oidc/callback", "/identity/self-service/fed-cm/parameters", "/identity/sessions/token-exchange",
		"/identity/schemas/..", "/identity/schemas/a%2fb", "/identity/sessions/not-an-id", "/identity/.well-known/jwks.json",
	} {
		r := request(t, "GET", f.server.URL, nil)
		r.URL.Opaque = path // as it is, with its dots
		a := do(t, direct, r)
		moved := a.StatusCode == http.StatusMovedPermanently || a.StatusCode == http.StatusTemporaryRedirect // by the router, which cleans paths
		if a.StatusCode != http.StatusNotFound && !moved {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
	for path, method := range map[string]string{
		"/identity/self-service/login": "GET", "/identity/self-service/registration": "PUT", "/identity/self-service/settings": "GET",
		"/identity/self-service/recovery": "GET", "/identity/sessions/whoami": "POST", "/identity/self-service/login/api": "DELETE",
		"/identity/self-service/logout/api": "POST", "/identity/sessions": "PATCH",
	} {
		if a := f.send(t, method, path, nil); a.StatusCode != http.StatusMethodNotAllowed || a.Header.Get("Allow") == "" {
			t.Errorf("%s %s: %d %s", method, path, a.StatusCode, a.body)
		}
	}
	for _, path := range []string{"/identity/schemas", "/identity/.well-known/ory/webauthn.js", "/identity/self-service/registration/api"} {
		if a := f.send(t, "GET", path, nil); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %d %s", path, a.StatusCode, a.body)
		}
	}
}

func TestBodiesAreLimited(t *testing.T) {
	t.Parallel()
	f := open(t)
	login := "/identity/self-service/login?flow=" + f.flow(t, "login", "")
	for name, c := range map[string]struct {
		body   string
		kind   string
		status int
		code   fault.Code
	}{
		"large":         {`{"identifier":"` + strings.Repeat("a", 70_000) + `"}`, "application/json", 413, fault.BodyTooLarge},
		"multipart":     {"--x\r\n\r\n--x--", "multipart/form-data; boundary=x", 415, fault.MediaType},
		"no type":       {"identifier=a", "", 415, fault.MediaType},
		"broken":        {`{"identifier":`, "application/json", 400, fault.Malformed},
		"two values":    {`{"identifier":"a"}{"identifier":"b"}`, "application/json", 400, fault.Malformed},
		"deep":          {strings.Repeat("[", 100) + strings.Repeat("]", 100), "application/json", 400, fault.Malformed},
		"a broken form": {"identifier=%zz", "application/x-www-form-urlencoded", 400, fault.Malformed},
		"many names":    {`{"identifier":["a","b","c","d","e","f","g","h","i"]}`, "application/json", 400, fault.Malformed},
	} {
		if a := f.send(t, "POST", login, c.body, "Content-Type", c.kind); a.StatusCode != c.status || a.code(t) != c.code {
			t.Errorf("%s: %d %s", name, a.StatusCode, a.body)
		}
	}
}

// telling makes headers that would say where somebody is and with what, with values that can be found again.
func telling(t *testing.T) (headers []string, canaries []string) {
	t.Helper()
	canary := freshName()
	network := fmt.Sprintf("2001:db8:%s:%s:", canary[1:5], canary[5:9])
	for _, name := range []string{"X-Forwarded-For", "X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "X-Client-Ip", "Fastly-Client-Ip"} {
		headers = append(headers, name, network+":77")
	}
	for _, name := range []string{
		"X-Forwarded-Host", "X-Forwarded-Proto", "User-Agent", "Cf-Ipcity", "Cf-Ipcountry", "X-Appengine-City", "Accept-Language",
		"Referer", "Sec-Ch-Ua", "Via", "X-Request-Id", "Traceparent", "Baggage",
	} {
		headers = append(headers, name, canary)
	}
	headers = append(headers, "Forwarded", `for="[`+network+`:77]"`, "Cookie", "theme="+canary)
	return headers, []string{canary, network}
}

func TestNothingTellingIsSentOn(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var seen []http.Header
	listener := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		r.Header.Set("Host", r.Host)
		seen = append(seen, r.Header)
	}))
	t.Cleanup(listener.Close)
	f := open(t, func(o *identity.Options) { o.KratosPublic, o.KratosAdmin = listener.URL, listener.URL })
	tell, canaries := telling(t)
	f.send(t, "GET", "/identity/self-service/login/browser", nil, tell...)
	f.send(t, "POST", "/identity/self-service/login?flow=x", object{"identifier": "a"}, tell...)
	f.send(t, "GET", "/me", nil, append(slices.Clone(tell), "Authorization", "Bearer ory_st_abc")...)
	f.send(t, "GET", "/sign-in?flow=e2a0a0a2-5f9b-4d5c-8a3c-6b6b7f0b7a11", nil, tell...)
	f.send(t, "GET", "/identity/sessions/whoami", nil, "Cookie", "theme=x; ory_kratos_session=s; csrf_token_1=c; other=y", "Upgrade", "h2c", "Connection", "upgrade")
	f.send(t, "GET", "/identity/sessions/whoami", nil, "Authorization", "Basic b3BlcmF0b3I6eA==")
	_, _, _ = f.IdentityByIdentifier(t.Context(), "somebody")
	if len(seen) != 7 {
		t.Fatalf("%d requests arrived", len(seen))
	}
	allowed := []string{"Accept", "Authorization", "Content-Length", "Content-Type", "Cookie", "Host", "Origin", "X-Session-Token"}
	for _, headers := range seen {
		for name, values := range headers {
			if !slices.Contains(allowed, name) {
				t.Errorf("%s: %s was sent on", name, values)
			}
			for _, canary := range canaries {
				if strings.Contains(strings.Join(values, " "), canary) {
					t.Errorf("%s: %s was sent on", name, values)
				}
			}
		}
	}
	if got := seen[5].Get("Authorization"); got != "" {
		t.Errorf("another door's key was sent on: %s", got)
	}
	u, _ := url.Parse(origin)
	if got := seen[4].Get("Cookie"); got != "ory_kratos_session=s; csrf_token_1=c" || seen[4].Get("Host") != u.Host {
		t.Errorf("cookies %q, host %q", got, seen[4].Get("Host"))
	}
}

// Kratos's own database and log are read after somebody has done everything with telling headers.
func TestKratosLearnsNeitherAddressNorBrowser(t *testing.T) {
	t.Parallel()
	f := open(t)
	tell, canaries := telling(t)
	name := freshName()
	token := f.submit(t, "registration", "", object{"method": "password", "password": password, "traits": object{"username": name}}, tell...).token(t)
	f.submit(t, "login", "", object{"method": "password", "identifier": name, "password": password}, tell...)
	f.submit(t, "login", "", object{"method": "password", "identifier": name, "password": "wrong"}, tell...)
	f.send(t, "GET", "/me", nil, append(slices.Clone(tell), "Authorization", "Bearer "+token)...)
	f.submit(t, "settings", "", object{"method": "password", "password": "another walk by the sea"}, append(slices.Clone(tell), "X-Session-Token", token)...)
	f.submit(t, "recovery", "", object{"method": "code", "email": name + "@example.org"}, tell...)
	f.send(t, "GET", "/identity/self-service/registration/browser", nil, tell...)
	last, err := f.SignIn(t.Context(), name, "another walk by the sea", "")
	if err != nil {
		t.Fatal(err)
	}
	b := f.browse(t)
	b.client.Transport = telltale{b.client.Transport, tell}
	b.submit(t, b.open(t, "/sign-in"), form("identifier", name, "password", "another walk by the sea"), "method", "password")

	control := "control-" + name
	do(t, direct, request(t, "GET", stack.KratosPublic+"/self-service/login/browser?return_to="+url.QueryEscape(origin+"/"+control), nil))
	kept := dump(t)
	if !strings.Contains(kept, control) || !strings.Contains(kept, name) {
		t.Fatal("the dump doesn't hold what it must: it proves nothing")
	}
	log, err := os.ReadFile(stack.KratosLog)
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"database": kept, "log": string(log)} {
		for _, canary := range canaries {
			if at := strings.Index(text, canary); at >= 0 {
				t.Errorf("Kratos's %s holds %q: …%s…", what, canary, text[max(0, at-80):min(len(text), at+80)])
			}
		}
	}
	devices := devicesOf(t, f.known(t, last).Identity)
	if len(devices) < 4 {
		t.Errorf("%d devices prove little", len(devices))
	}
	for _, d := range devices {
		if d.UserAgent != "" || d.Location != "" || !strings.HasPrefix(d.Address, "127.0.0.1:") {
			t.Errorf("Kratos keeps %+v", d)
		}
	}
}

type device struct{ Address, UserAgent, Location string }

// devicesOf is what Kratos keeps about where somebody's sessions were begun.
func devicesOf(t *testing.T, id uuid.UUID) []device {
	t.Helper()
	u, err := url.Parse(stack.Identity.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/kratos"
	db, err := pgx.Connect(t.Context(), u.String())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close(context.Background())
	rows, err := db.Query(t.Context(), `SELECT coalesce(d.ip_address, ''), coalesce(d.user_agent, ''), coalesce(d.location, '')
		FROM session_devices d JOIN sessions s ON s.id = d.session_id WHERE s.identity_id = $1`, id)
	if err != nil {
		t.Fatal(err)
	}
	devices, err := pgx.CollectRows(rows, pgx.RowToStructByPos[device])
	if err != nil {
		t.Fatal(err)
	}
	return devices
}

// telltale adds telling headers to whatever a browser sends.
type telltale struct {
	http.RoundTripper
	headers []string
}

func (t telltale) RoundTrip(r *http.Request) (*http.Response, error) {
	for i := 0; i < len(t.headers); i += 2 {
		if t.headers[i] != "Cookie" && t.headers[i] != "Accept-Language" {
			r.Header.Set(t.headers[i], t.headers[i+1])
		}
	}
	return t.RoundTripper.RoundTrip(r)
}

// dump is all of Kratos's database as text.
func dump(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(stack.Identity.AdminURL)
	if err != nil {
		t.Fatal(err)
	}
	secret, _ := u.User.Password()
	u.User, u.Path = url.User(u.User.Username()), "/kratos"
	command := exec.CommandContext(t.Context(), filepath.Join(stack.Binaries, "pg_dump"), "--dbname", u.String(), "--inserts")
	command.Env = append(os.Environ(), "PGPASSWORD="+secret)
	text, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestRedirectsStayOnOurOrigin(t *testing.T) {
	t.Parallel()
	f := open(t)
	client := f.browser(t)
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	for path, want := range map[string]string{
		"/identity/self-service/login/browser":        origin + "/sign-in?flow=",
		"/identity/self-service/registration/browser": origin + "/sign-up?flow=",
		"/identity/self-service/recovery/browser":     origin + "/recover?flow=",
		"/identity/self-service/settings/browser":     origin + "/",
	} {
		a := do(t, client, request(t, "GET", origin+path, nil, "Accept", "text/html"))
		if to := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, want) {
			t.Errorf("%s leads to %d %s", path, a.StatusCode, to)
		}
		for name := range a.Header {
			if !slices.Contains([]string{"Cache-Control", "Content-Length", "Content-Security-Policy", "Content-Type", "Date", "Location", "Set-Cookie", "X-Content-Type-Options"}, name) {
				t.Errorf("%s answers with %s", path, name)
			}
		}
	}
}

func TestRedirectsOfKratosAreMovedToOurs(t *testing.T) {
	t.Parallel()
	to := ""
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", to)
		w.WriteHeader(http.StatusSeeOther)
	}))
	t.Cleanup(server.Close)
	f := open(t, func(o *identity.Options) { o.KratosPublic = server.URL })
	for said, want := range map[string]string{
		server.URL + "/self-service/login?flow=1": "/identity/self-service/login?flow=1",
		"/self-service/login?flow=2":              "/identity/self-service/login?flow=2",
		"/identity/self-service/login?flow=3":     "/identity/self-service/login?flow=3",
		origin + "/account":                       origin + "/account",
		"http://[broken":                          "/",
	} {
		to = said
		a := f.send(t, "GET", "/identity/self-service/login/browser", nil)
		if got := a.Header.Get("Location"); got != want {
			t.Errorf("%s became %s", said, got)
		}
	}
}
