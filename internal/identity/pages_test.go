package identity_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

func TestABrowserSignsUpInAndOut(t *testing.T) {
	t.Parallel()
	f := open(t)
	name := freshName()
	b := f.browse(t)
	a := b.submit(t, b.open(t, "/sign-up"), form("traits.username", name, "password", password), "method", "password")
	if a.Request.URL.Path != "/account" || !strings.Contains(a.body, "Your account") {
		t.Fatalf("signing up led to %s: %s", a.Request.URL, a.body)
	}
	b.submit(t, b.open(t, "/sign-out"), nil)
	if a := b.open(t, "/account"); a.Request.URL.Path != "/sign-in" {
		t.Fatalf("after signing out /account led to %s", a.Request.URL)
	}
	a = b.submit(t, b.open(t, "/sign-in?return_to=/account"), form("identifier", name, "password", "a wrong word"), "method", "password")
	if !strings.Contains(a.body, "The name or the password is not right.") || !strings.Contains(a.body, `role="alert"`) {
		t.Errorf("a wrong password shows %s", a.body)
	}
	a = b.submit(t, a, form("identifier", name, "password", password), "method", "password")
	if a.Request.URL.Path != "/account" || !strings.Contains(b.open(t, "/me").body, `"AAL":1`) {
		t.Errorf("signing in led to %s", a.Request.URL)
	}
}

func TestPagesSpeakPersian(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.browse(t)
	for language, want := range map[string][]string{
		"fa-IR,fa;q=0.9,en;q=0.5": {`lang="fa"`, `dir="rtl"`, "ساخت حساب", "گذرواژه", "نام کاربری"},
		"en-GB":                   {`lang="en"`, `dir="ltr"`, "Create account", "Password"},
		"de":                      {`lang="en"`},
		"***":                     {`lang="en"`},
	} {
		b.language = language
		page := b.open(t, "/sign-up")
		for _, w := range want {
			if !strings.Contains(page.body, w) {
				t.Errorf("%s: no %q in %s", language, w, page.body)
			}
		}
	}
	b.language = "fa"
	a := b.submit(t, b.open(t, "/sign-up"), form("traits.username", freshName(), "password", "short"), "method", "password")
	if !strings.Contains(a.body, "گذرواژه باید دست‌کم ۱۰ نویسه داشته باشد.") {
		t.Errorf("a short password shows %s", a.body)
	}
	for _, path := range []string{"/sign-in", "/recover", "/sign-out", "/sign-in-error", "/account/nothing"} {
		if page := b.open(t, path); !strings.Contains(page.body, `dir="rtl"`) || latin(page.body) != "" {
			t.Errorf("%s says %q in Persian", path, latin(page.body))
		}
	}
	b = f.signedUp(t)
	b.language = "fa"
	for _, path := range []string{"/account", "/identity/self-service/settings/browser"} {
		if page := b.open(t, path); latin(page.body) != "" {
			t.Errorf("%s says %q in Persian", path, latin(page.body))
		}
	}
}

var (
	unseen = regexp.MustCompile(`(?s)<head>.*</head>|<code.*?</code>|<[^>]*>`)
	word   = regexp.MustCompile(`[A-Za-z]{3,}(\s+[A-Za-z]+)*`)
)

// latin finds English that is left in the visible text of a page.
func latin(body string) string {
	text := unseen.ReplaceAllString(body, " ")
	return strings.TrimSpace(word.FindString(text))
}

func TestPagesAreOurOwnAlone(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.signedUp(t)
	stranger := f.browse(t)
	asset := regexp.MustCompile(`(?:src|href|action)="([^"]*)"`)
	for _, page := range []answer{
		stranger.open(t, "/sign-up"), stranger.open(t, "/sign-in"), stranger.open(t, "/recover"), b.open(t, "/account"),
		b.open(t, "/sign-out"), b.open(t, "/identity/self-service/settings/browser"),
	} {
		for _, found := range asset.FindAllStringSubmatch(page.body, -1) {
			if !strings.HasPrefix(found[1], "/") && !strings.HasPrefix(found[1], "data:image/png;base64,") {
				t.Errorf("%s loads or leads to %s", page.Request.URL.Path, found[1])
			}
		}
		policy := page.Header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s has the policy %q", page.Request.URL.Path, policy)
		}
		if strings.Contains(page.body, " onclick=") || strings.Contains(page.body, " style=") || strings.Contains(page.body, "javascript:") {
			t.Errorf("%s has what its policy forbids", page.Request.URL.Path)
		}
		if page.Header.Get("Cache-Control") != "private, no-store" || page.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s has headers %v", page.Request.URL.Path, page.Header)
		}
	}
}

func TestEveryFieldHasALabel(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.signedUp(t)
	inputs := regexp.MustCompile(`<input id="([^"]+)"`)
	for _, page := range []answer{f.browse(t).open(t, "/sign-up"), f.browse(t).open(t, "/sign-in"), b.open(t, "/identity/self-service/settings/browser")} {
		found := inputs.FindAllStringSubmatch(page.body, -1)
		if len(found) < 2 {
			t.Errorf("%s has %d fields", page.Request.URL.Path, len(found))
		}
		for _, input := range found {
			if !strings.Contains(page.body, `<label for="`+input[1]+`">`) {
				t.Errorf("%s: %s has no label", page.Request.URL.Path, input[1])
			}
		}
	}
}

// The passkey itself needs a browser; what a browser needs for it is here.
func TestPasskeysAreOffered(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.signedUp(t)
	for path, trigger := range map[string]string{
		"/sign-up": "oryPasskeyRegistration", "/sign-in": "oryPasskeyLogin", "/identity/self-service/settings/browser": "oryPasskeySettingsRegistration",
	} {
		who := f.browse(t)
		if strings.Contains(path, "settings") {
			who = b
		}
		page := who.open(t, path)
		if !strings.Contains(page.body, `data-press="`+trigger+`"`) {
			t.Errorf("%s has no button for %s: %s", path, trigger, page.body)
		}
		script := regexp.MustCompile(`<script src="(/identity/[^"]+)" integrity="sha512-[^"]+" defer>`).FindStringSubmatch(page.body)
		if script == nil || !strings.Contains(page.body, `<script src="/account/passkeys.js" defer>`) {
			t.Fatalf("%s has no scripts: %s", path, page.body)
		}
		for _, source := range []string{script[1], "/account/passkeys.js"} {
			if a := who.open(t, source); a.StatusCode != http.StatusOK || !strings.Contains(a.Header.Get("Content-Type"), "javascript") {
				t.Errorf("%s: %d %v", source, a.StatusCode, a.Header)
			}
		}
	}
}

func TestABrowserSetsUpASecondFactor(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.signedUp(t)
	page := b.open(t, "/identity/self-service/settings/browser")
	secret := regexp.MustCompile(`<code dir="ltr">([A-Z2-7]{32})</code>`).FindStringSubmatch(page.body)
	if secret == nil || !strings.Contains(page.body, `<img src="data:image/png;base64,`) {
		t.Fatalf("no secret in %s", page.body)
	}
	code, err := identity.TOTP(secret[1], time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page = b.submit(t, page, form("totp_code", persianDigits(code)), "method", "totp")
	if !strings.Contains(page.body, "Your changes are saved.") || !strings.Contains(b.open(t, "/me").body, `"AAL":2`) {
		t.Fatalf("setting up led to %s", page.body)
	}

	page = b.submit(t, page, nil, "lookup_secret_regenerate", "true")
	if strings.Count(page.body, "<li>") < 10 || !strings.Contains(page.body, "These are your backup codes.") {
		t.Errorf("backup codes show %s", page.body)
	}
	page = b.submit(t, page, nil, "lookup_secret_confirm", "true")
	if !strings.Contains(page.body, "Your changes are saved.") {
		t.Errorf("confirming shows %s", page.body)
	}
}

func persianDigits(s string) string {
	return strings.Map(func(r rune) rune { return r - '0' + '۰' }, s)
}

func TestASecondStepAtSignIn(t *testing.T) {
	t.Parallel()
	f := open(t)
	name, token := f.member(t)
	secret := f.enrol(t, token)
	b := f.browse(t)
	b.submit(t, b.open(t, "/sign-in"), form("identifier", name, "password", password), "method", "password")
	page := b.open(t, "/identity/self-service/settings/browser") // which asks for the second factor first
	if page.Request.URL.Path != "/sign-in" || !strings.Contains(page.body, "Second step") {
		t.Fatalf("settings led to %s %s", page.Request.URL, page.body)
	}
	code, err := identity.TOTP(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	page = b.submit(t, page, form("totp_code", code), "method", "totp")
	if page.Request.URL.Path != "/account" || !strings.Contains(b.open(t, "/me").body, `"AAL":2`) {
		t.Errorf("the code led to %s %s", page.Request.URL, page.body)
	}
}

func TestPrintedRecoverySecrets(t *testing.T) {
	t.Parallel()
	var f forum
	f = open(t, func(o *identity.Options) {
		o.PrintSecrets = func(_ context.Context, by identity.Actor) ([]string, error) {
			if !by.SignedInWithin(5*time.Minute, f.clock.now()) {
				return nil, fault.New(fault.FreshSignIn)
			}
			return []string{"1 moss-lamp-7", "2 <b>tide</b>"}, nil
		}
		o.Redeem = func(ctx context.Context, username, secret string) (identity.RecoveryCode, error) {
			id, known, err := f.IdentityByIdentifier(ctx, username)
			if err != nil || !known || secret != "1 moss-lamp-7" {
				return identity.RecoveryCode{}, fault.Wrap(fault.RecoveryRefused, err)
			}
			return f.RecoveryCode(ctx, id, identity.ForBrowser)
		}
		o.Limits = identity.DefaultLimits
		o.Limits.Person.Burst = 6
	})
	name := freshName()
	b := f.browse(t)
	page := b.submit(t, b.open(t, "/sign-up"), form("traits.username", name, "password", password), "method", "password")
	page = b.submit(t, page, nil)
	if !strings.Contains(page.body, "<li>1 moss-lamp-7</li>") || !strings.Contains(page.body, "&lt;b&gt;tide") {
		t.Fatalf("the secrets show as %s", page.body)
	}
	old := b.cookies(t)

	lost := f.browse(t)
	page = lost.submit(t, lost.open(t, "/recover"), form("username", name, "secret", "1 wrong"))
	if page.StatusCode != http.StatusForbidden || !strings.Contains(page.body, `role="alert"`) || strings.Contains(page.body, "1 wrong") {
		t.Fatalf("a wrong secret shows %d %s", page.StatusCode, page.body)
	}
	page = lost.submit(t, page, form("username", name, "secret", "۱ moss-lamp-۷"))
	if strings.Contains(page.Request.URL.String(), "code") {
		t.Errorf("the code is in the URL %s", page.Request.URL)
	}
	page = lost.submit(t, page, nil)
	if page.Request.URL.Path != "/account" || !strings.Contains(page.body, "You are back in.") {
		t.Fatalf("the code led to %s %s", page.Request.URL, page.body)
	}
	if a := f.send(t, "GET", "/me", nil, "Cookie", old); a.code(t) != fault.SessionInvalid {
		t.Errorf("who was signed in before still is: %s", a.body)
	}
	page = lost.submit(t, page, form("password", "a new walk in the hills"), "method", "password")
	if !strings.Contains(page.body, "Your changes are saved.") {
		t.Fatalf("the new password shows %s", page.body)
	}
	if a := f.signIn(t, name, "a new walk in the hills"); a.StatusCode != http.StatusOK {
		t.Errorf("the new password doesn't work: %d %s", a.StatusCode, a.body)
	}

	for range 3 {
		page = lost.submit(t, lost.open(t, "/recover"), form("username", name, "secret", "1 guess"))
	}
	if page.StatusCode != http.StatusTooManyRequests || page.Header.Get("Retry-After") == "" {
		t.Errorf("guessing shows %d", page.StatusCode)
	}
	f.clock.add(10 * time.Minute)
	r := request(t, "POST", origin+"/account/recovery-secrets", url.Values{}, "Origin", origin)
	if page = do(t, lost.client, r); page.Request.URL.Path != "/sign-in" || !strings.Contains(page.body, "Confirm that it is you") {
		t.Errorf("without a fresh sign-in, new secrets lead to %s %s", page.Request.URL, page.body)
	}
}

func TestAnotherSiteCantActInOnesName(t *testing.T) {
	t.Parallel()
	f := open(t)
	b := f.signedUp(t)
	for _, path := range []string{"/sign-out", "/account/end-others", "/account/recovery-secrets", "/recover"} {
		a := f.send(t, "POST", path, url.Values{}, "Cookie", b.cookies(t), "Origin", "https://elsewhere.example", "Sec-Fetch-Site", "cross-site")
		if a.StatusCode != http.StatusForbidden {
			t.Errorf("%s: %d", path, a.StatusCode)
		}
	}
	flow := f.flow(t, "login", "")
	a := f.send(t, "POST", "/identity/self-service/login?flow="+flow, object{"method": "password", "identifier": "a", "password": "b"}, "Origin", "https://elsewhere.example")
	if a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "Origin") {
		t.Errorf("a script's flow from a page: %d %s", a.StatusCode, a.body)
	}
}

func TestEndingOtherSessions(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze()
	name, token := f.member(t)
	b := f.browse(t)
	page := b.submit(t, b.open(t, "/sign-in"), form("identifier", name, "password", password), "method", "password")
	f.known(t, token)
	if !strings.Contains(page.body, "Elsewhere, just now") {
		t.Fatalf("the other session isn't shown: %s", page.body)
	}
	page = b.submit(t, page, nil)
	f.refused(t, token, fault.SessionInvalid)
	if strings.Contains(page.body, "Elsewhere, just now") || !strings.Contains(page.body, "Here, just now") {
		t.Errorf("afterwards: %s", page.body)
	}
}

func TestReturningLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	f := open(t)
	for to, allowed := range map[string]bool{
		"/account": true, "//elsewhere.example": false, "https://elsewhere.example": false, `/\elsewhere.example`: false, "account": false,
	} {
		a := f.send(t, "GET", "/sign-in?return_to="+url.QueryEscape(to), nil)
		if got := strings.Contains(a.Header.Get("Location"), "return_to"); got != allowed {
			t.Errorf("%s: %s", to, a.Header.Get("Location"))
		}
	}
}

func TestPagesWithoutKratosOrCookies(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	b := f.signedUp(t)
	flow := b.open(t, "/sign-up").Request.URL
	if a := f.send(t, "GET", "/sign-in?flow=e2a0a0a2-5f9b-4d5c-8a3c-6b6b7f0b7a11", nil); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, "Cookies are needed") {
		t.Errorf("without cookies: %d %s", a.StatusCode, a.body)
	}
	if a := b.open(t, "/sign-in?flow=e2a0a0a2-5f9b-4d5c-8a3c-6b6b7f0b7a11"); a.StatusCode != http.StatusOK {
		t.Errorf("a flow that is over leads to %d %s", a.StatusCode, a.Request.URL)
	}
	w.cut.Store(true)
	a := b.open(t, "/sign-in?flow=e2a0a0a2-5f9b-4d5c-8a3c-6b6b7f0b7a11")
	if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || !strings.Contains(a.body, "Sign-in is not available just now") {
		t.Errorf("without Kratos: %d %s (%s)", a.StatusCode, a.body, flow)
	}
}
