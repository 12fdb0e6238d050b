package identity

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/fault"
)

// accountPage shows where somebody is signed in and what they can do about it; with a flow it shows their settings.
func (k *Kratos) accountPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("flow") {
		k.flowPage("settings", "to account")(w, r)
		return
	}
	by, signedIn := k.somebody(w, r)
	if !signedIn {
		return
	}
	var others []struct {
		At     time.Time `json:"authenticated_at"`
		Active bool      `json:"active"`
	}
	if err := k.browse(r, http.MethodGet, "/sessions", nil, &others); err != nil {
		k.lost(w, r, "login", err)
		return
	}
	l := langOf(r)
	p := page{Lang: l, Title: l.words("account"), Links: l.links([]string{"to settings", "to sign-out"})}
	p.Sessions = []string{l.since("this session", k.now().Sub(by.AuthenticatedAt))}
	for _, other := range others {
		if other.Active {
			p.Sessions = append(p.Sessions, l.since("another session", k.now().Sub(other.At)))
		}
	}
	if len(p.Sessions) > 1 {
		p.Forms = append(p.Forms, l.deed("/account/end-others", "", "", "end others"))
	}
	if k.given.PrintSecrets != nil {
		p.Forms = append(p.Forms, l.deed("/account/recovery-secrets", "printed", "printed note", "print"))
	}
	show(w, http.StatusOK, p)
}

func (l lang) since(name string, age time.Duration) string {
	return strings.ReplaceAll(l.words(name), "{ago}", l.ago(age))
}

// deed is a form of one button.
func (l lang) deed(action, heading, note, button string, fields ...item) form {
	fields = append(fields, item{Kind: "submit", Label: l.words(button)})
	return form{Action: action, Heading: l.words(heading), Note: l.words(note), Items: fields}
}

// somebody is who asks for a page by a cookie. Nobody is sent to sign in.
func (k *Kratos) somebody(w http.ResponseWriter, r *http.Request) (Actor, bool) {
	by, err := k.Actor(r.Context(), r)
	switch code := fault.CodeOf(err); {
	case err != nil && code != fault.SessionInvalid:
		k.lost(w, r, "login", err)
	case !by.SignedIn():
		http.Redirect(w, r, "/sign-in?return_to=/account", http.StatusSeeOther)
	default:
		return by, true
	}
	return Actor{}, false
}

// endOthers ends all sessions of somebody but this one.
func (k *Kratos) endOthers(w http.ResponseWriter, r *http.Request) {
	by, signedIn := k.somebody(w, r)
	if !signedIn {
		return
	}
	err := k.browse(r, http.MethodDelete, "/sessions", nil, nil)
	k.sessions.forget(by.Identity)
	if err != nil {
		k.lost(w, r, "login", err)
		return
	}
	http.Redirect(w, r, "/account", http.StatusSeeOther)
}

// printSecrets shows new recovery secrets, once.
func (k *Kratos) printSecrets(w http.ResponseWriter, r *http.Request) {
	if k.given.PrintSecrets == nil {
		k.trouble(w, r, fault.New(fault.NotFound))
		return
	}
	by, signedIn := k.somebody(w, r)
	if !signedIn {
		return
	}
	secrets, err := k.given.PrintSecrets(r.Context(), by)
	if fault.CodeOf(err) == fault.FreshSignIn {
		http.Redirect(w, r, "/sign-in?refresh=true&return_to=/account", http.StatusSeeOther)
		return
	}
	if err != nil {
		k.trouble(w, r, err)
		return
	}
	l := langOf(r)
	show(w, http.StatusOK, page{
		Lang: l, Title: l.words("printed now"), Secrets: secrets, Links: l.links([]string{"to account"}),
		Lines: []line{{Text: l.words("printed warning")}},
	})
}

// recoverPage offers the ways back in, or shows a flow of one.
func (k *Kratos) recoverPage(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Has("flow") || k.given.Redeem == nil {
		k.flowPage("recovery", "to sign-in")(w, r)
		return
	}
	show(w, http.StatusOK, recoverForm(langOf(r), ""))
}

func recoverForm(l lang, username string, lines ...line) page {
	return page{
		Lang: l, Title: l.words("recovery"), Lines: lines, Links: l.links([]string{"to e-mail", "to sign-in"}),
		Forms: []form{l.deed("/recover", "redeem", "redeem note", "redeem do",
			item{Kind: "input", ID: "username", Name: "username", Type: "text", Dir: "auto", Label: l.words("username"), Value: username, Autocomplete: "username", Required: true},
			item{Kind: "input", ID: "secret", Name: "secret", Type: "text", Dir: "ltr", Label: l.words("secret"), Autocomplete: "off", Required: true},
		)},
	}
}

// redeem trades a printed recovery secret for a code and shows a button that sends it to Kratos. The code is in no
// URL: histories and logs keep those.
func (k *Kratos) redeem(w http.ResponseWriter, r *http.Request) {
	if k.given.Redeem == nil {
		k.trouble(w, r, fault.New(fault.NotFound))
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, mostBody)
	if err := r.ParseForm(); err != nil {
		k.trouble(w, r, fault.Wrap(fault.Malformed, err))
		return
	}
	username, secret := r.PostForm.Get("username"), plainDigits(r.PostForm.Get("secret"))
	err := k.Throttle(r, username)
	var code RecoveryCode
	if err == nil {
		code, err = k.given.Redeem(r.Context(), username, secret)
	}
	l := langOf(r)
	if fault.CodeOf(err) == fault.RecoveryRefused {
		text := fault.RecoveryRefused.In(string(l))
		show(w, http.StatusForbidden, recoverForm(l, username, line{Text: text.Detail, Bad: true}))
		return
	}
	if err != nil {
		k.trouble(w, r, err)
		return
	}
	action := url.URL{Path: Prefix + "self-service/recovery", RawQuery: url.Values{"flow": {code.Flow.String()}}.Encode()}
	show(w, http.StatusOK, page{Lang: l, Title: l.words("redeemed"), Forms: []form{l.deed(action.String(), "", "redeemed note", "redeem do",
		item{Kind: "hidden", Name: "method", Value: "code"}, item{Kind: "hidden", Name: "code", Value: code.Code})}})
}

// signOutPage asks before it signs somebody out: a link alone must not.
func (k *Kratos) signOutPage(w http.ResponseWriter, r *http.Request) {
	by, err := k.Actor(r.Context(), r)
	l := langOf(r)
	switch {
	case fault.CodeOf(err) == fault.IdentityUnavailable:
		k.trouble(w, r, err)
	case by.SignedIn():
		show(w, http.StatusOK, page{
			Lang: l, Title: l.words("sign-out"), Links: l.links([]string{"to account"}),
			Forms: []form{l.deed("/sign-out", "", "sign-out note", "sign-out")},
		})
	default:
		show(w, http.StatusOK, page{Lang: l, Title: l.words("signed out"), Intro: l.words("sign-out note"), Links: l.links([]string{"to sign-in"})})
	}
}

// signOut sends the browser through Kratos's own sign-out, which ends its cookie too.
func (k *Kratos) signOut(w http.ResponseWriter, r *http.Request) {
	var begun struct {
		Token string `json:"logout_token"`
	}
	err := k.browse(r, http.MethodGet, "/self-service/logout/browser", nil, &begun)
	switch {
	case fault.CodeOf(err) == fault.IdentityUnavailable:
		k.trouble(w, r, err)
	case err != nil || begun.Token == "":
		http.Redirect(w, r, "/sign-out", http.StatusSeeOther)
	default:
		to := url.URL{Path: Prefix + "self-service/logout", RawQuery: url.Values{"token": {begun.Token}}.Encode()}
		http.Redirect(w, r, to.String(), http.StatusSeeOther)
	}
}
