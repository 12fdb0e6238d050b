package identity

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
)

// PagePaths are the patterns under which Pages is mounted. Kratos's configuration sends browsers to them.
var PagePaths = []string{
	"/sign-in", "/sign-up", "/sign-out", "/sign-in-error", "/recover", "/verify", "/account", "/account/",
}

var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
	//go:embed passkeys.js
	passkeysJS []byte

	pageTemplate = template.Must(template.New("page").Funcs(template.FuncMap{
		"style": func() template.CSS { return template.CSS(pageCSS) }, //nolint:gosec // our own file
	}).Parse(pageHTML))

	// Nothing but our style and scripts of our own origin, and forms that go nowhere else.
	pagePolicy = strings.Join([]string{
		"default-src 'none'", "script-src 'self'", "img-src data:", "form-action 'self'", "base-uri 'none'",
		"frame-ancestors 'none'", "style-src 'sha256-" + digest(pageCSS) + "'",
	}, "; ")
)

const passkeysPath = "/account/passkeys.js"

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.StdEncoding.EncodeToString(sum[:])
}

// page is what is shown.
type page struct {
	Lang         lang
	Title, Intro string
	Lines        []line
	Forms        []form
	Sessions     []string
	Secrets      []string
	Links        []link
	Scripts      []script
}

type link struct{ Path, Text string }

// Pages shows the pages on which people sign up, sign in and look after their account, in English or Persian. They
// work without scripts, but for passkeys, which are made of them.
func (k *Kratos) Pages() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sign-in", k.flowPage("login", "to sign-up", "to recovery"))
	mux.HandleFunc("GET /sign-up", k.flowPage("registration", "to sign-in"))
	mux.HandleFunc("GET /verify", k.flowPage("verification", "to account"))
	mux.HandleFunc("GET /recover", k.recoverPage)
	mux.HandleFunc("POST /recover", k.redeem)
	mux.HandleFunc("GET /account", k.accountPage)
	mux.HandleFunc("POST /account/end-others", k.endOthers)
	mux.HandleFunc("POST /account/recovery-secrets", k.printSecrets)
	mux.HandleFunc("GET /sign-out", k.signOutPage)
	mux.HandleFunc("POST /sign-out", k.signOut)
	mux.HandleFunc("GET /sign-in-error", k.troublePage)
	mux.HandleFunc("GET "+passkeysPath, servePasskeys)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { k.trouble(w, r, fault.New(fault.NotFound)) })
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		k.trouble(w, r, fault.New(fault.CrossOrigin))
	}))
	if err := sameOrigin.AddTrustedOrigin(k.origin.Scheme + "://" + k.origin.Host); err != nil {
		return http.NotFoundHandler() // New has parsed the origin
	}
	return sameOrigin.Handler(mux)
}

func servePasskeys(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(passkeysJS) // a client that has gone misses nothing
}

// show writes a page. It is nobody else's: no cache keeps it, no other site frames it.
func show(w http.ResponseWriter, status int, p page) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, p); err != nil {
		http.Error(w, p.Lang.of(own["trouble"]), http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Language", string(p.Lang))
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("Cache-Control", "private, no-store")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Add("Vary", "Accept-Language, Cookie")
	w.WriteHeader(status)
	_, _ = body.WriteTo(w) // a client that has gone misses nothing
}

// flowPage shows a flow of a kind, or sends the browser to Kratos to begin one.
func (k *Kratos) flowPage(kind string, links ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		id := r.URL.Query().Get("flow")
		if uuid.Validate(id) != nil {
			k.begins(w, r, kind)
			return
		}
		f, err := k.flowOf(r, kind, id)
		if err != nil {
			k.lost(w, r, kind, err)
			return
		}
		show(w, http.StatusOK, f.page(langOf(r), links))
	}
}

// page shows the forms of a flow.
func (f flow) page(l lang, links []string) page {
	p := page{Lang: l, Title: l.words(f.kind), Intro: l.words(f.kind + " intro"), Lines: l.lines(f.UI.Messages), Forms: f.forms(l)}
	switch {
	case f.AAL == "aal2":
		p.Title, links = l.words("login aal2"), []string{"to sign-out"}
	case f.Refresh:
		p.Title, links = l.words("login again"), []string{"to sign-out"}
	}
	p.Links = l.links(links)
	if p.Scripts = f.scripts(); p.Scripts != nil {
		p.Scripts = append(p.Scripts, script{Source: passkeysPath})
	}
	return p
}

// ways are where links lead.
var ways = map[string]string{
	"to sign-in": "/sign-in", "to sign-up": "/sign-up", "to recovery": "/recover", "to account": "/account",
	"to sign-out": "/sign-out", "to settings": Prefix + "self-service/settings/browser",
	"to e-mail": Prefix + "self-service/recovery/browser",
}

func (l lang) links(names []string) []link {
	var links []link
	for _, name := range names {
		links = append(links, link{Path: ways[name], Text: l.words(name)})
	}
	return links
}

// begins sends the browser to Kratos, which begins a flow and sends it back. Where to go afterwards may only be a
// path of ours.
func (k *Kratos) begins(w http.ResponseWriter, r *http.Request, kind string) {
	asked, query := r.URL.Query(), url.Values{}
	if to := asked.Get("return_to"); strings.HasPrefix(to, "/") && !strings.HasPrefix(to, "//") && !strings.ContainsRune(to, '\\') {
		query.Set("return_to", k.origin.Scheme+"://"+k.origin.Host+to)
	}
	for _, name := range []string{"refresh", "aal"} {
		if value := asked.Get(name); value == "true" || value == "aal2" {
			query.Set(name, value)
		}
	}
	to := url.URL{Path: Prefix + "self-service/" + kind + "/browser", RawQuery: query.Encode()}
	http.Redirect(w, r, to.String(), http.StatusSeeOther)
}

// lost finds the way on for a browser whose flow can't be shown: it is over, or another browser's.
func (k *Kratos) lost(w http.ResponseWriter, r *http.Request, kind string, err error) {
	d, detoured := detourOf(err)
	switch code := fault.CodeOf(err); {
	case code == fault.SessionInvalid:
		http.Redirect(w, r, "/sign-in?return_to=/account", http.StatusSeeOther)
	case code == fault.SecondFactor && detoured:
		http.Redirect(w, r, pathOf(d.to), http.StatusSeeOther)
	case code == fault.IdentityUnavailable:
		k.trouble(w, r, err)
	case kratosCookies(r.Header) == "":
		l := langOf(r)
		show(w, http.StatusBadRequest, page{Lang: l, Title: l.words("cookies"), Intro: l.words("cookies note"), Links: l.links([]string{"to sign-in"})})
	default:
		k.begins(w, r, kind)
	}
}

// trouble shows a fault as a page.
func (k *Kratos) trouble(w http.ResponseWriter, r *http.Request, err error) {
	f, l := fault.Of(err), langOf(r)
	status := map[fault.Kind]int{
		fault.KindInternal: http.StatusInternalServerError, fault.KindNotFound: http.StatusNotFound,
		fault.KindThrottled: http.StatusTooManyRequests, fault.KindUnavailable: http.StatusServiceUnavailable,
		fault.KindForbidden: http.StatusForbidden, fault.KindTooLarge: http.StatusRequestEntityTooLarge,
	}[f.Code().Kind()]
	if status == 0 {
		status = http.StatusBadRequest
	}
	if wait := f.RetryAfter(); wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(wait.Seconds()+1)))
	}
	text := f.Code().In(string(l))
	show(w, status, page{Lang: l, Title: text.Title, Intro: text.Detail, Links: l.links([]string{"to sign-in"})})
}

// troublePage is where Kratos sends browsers after an error; what it says about it is for its log.
func (k *Kratos) troublePage(w http.ResponseWriter, r *http.Request) {
	l := langOf(r)
	show(w, http.StatusBadRequest, page{Lang: l, Title: l.words("trouble"), Intro: l.words("trouble note"), Links: l.links([]string{"to sign-in", "to account"})})
}
