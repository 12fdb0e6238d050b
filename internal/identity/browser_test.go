package identity_test

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// browser is somebody who reads pages and fills in forms, without scripts.
type browser struct {
	forum
	client   *http.Client
	language string
}

func (f forum) browse(t *testing.T) *browser {
	t.Helper()
	return &browser{forum: f, client: f.browser(t), language: "en"}
}

// open follows redirects to a page.
func (b *browser) open(t *testing.T, path string) answer {
	t.Helper()
	return do(t, b.client, request(t, "GET", origin+path, nil, "Accept-Language", b.language, "Accept", "text/html"))
}

// cookies are those that the browser holds, as a header.
func (b *browser) cookies(t *testing.T) string {
	t.Helper()
	u, err := url.Parse(origin)
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := b.client.Jar.(*cookiejar.Jar)
	var all []string
	for _, c := range jar.Cookies(u) {
		all = append(all, c.Name+"="+c.Value)
	}
	return strings.Join(all, "; ")
}

// submit fills in the first form of a page that has the button, and presses it. Without fields it presses the first.
func (b *browser) submit(t *testing.T, page answer, fields url.Values, button ...string) answer {
	t.Helper()
	for _, form := range formsOf(t, page) {
		pressed, there := form.buttons[strings.Join(button, "=")]
		if len(button) == 0 && len(form.order) > 0 {
			pressed, there = form.buttons[form.order[0]], true
		}
		if !there {
			continue
		}
		values := url.Values{}
		for name, value := range form.values {
			values.Set(name, value)
		}
		for name := range fields {
			if _, exists := form.values[name]; !exists {
				t.Fatalf("the form has no field %q, but %v", name, form.values)
			}
			values.Set(name, fields.Get(name))
		}
		if pressed[0] != "" {
			values.Set(pressed[0], pressed[1])
		}
		r := request(t, "POST", origin+form.action, values, "Accept-Language", b.language, "Accept", "text/html", "Origin", origin, "Sec-Fetch-Site", "same-origin")
		return do(t, b.client, r)
	}
	t.Fatalf("no form with the button %v in %s", button, page.body)
	return answer{}
}

type htmlForm struct {
	action  string
	values  map[string]string
	buttons map[string][2]string
	order   []string
}

func formsOf(t *testing.T, page answer) []htmlForm {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page.body))
	if err != nil {
		t.Fatal(err)
	}
	var forms []htmlForm
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" {
			continue
		}
		f := htmlForm{action: attribute(n, "action"), values: map[string]string{}, buttons: map[string][2]string{}}
		for n := range n.Descendants() {
			name, value := attribute(n, "name"), attribute(n, "value")
			switch {
			case n.Data == "input" && attribute(n, "type") != "checkbox":
				f.values[name] = value
			case n.Data == "button" && attribute(n, "type") != "button":
				key := name + "=" + value
				f.buttons[key] = [2]string{name, value}
				f.order = append(f.order, key)
			}
		}
		forms = append(forms, f)
	}
	return forms
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// signedUp is a browser whose owner has just made an account.
func (f forum) signedUp(t *testing.T) *browser {
	t.Helper()
	b := f.browse(t)
	a := b.submit(t, b.open(t, "/sign-up"), form("traits.username", freshName(), "password", password), "method", "password")
	if a.StatusCode != http.StatusOK || a.Request.URL.Path != "/account" {
		t.Fatalf("signing up led to %d %s: %s", a.StatusCode, a.Request.URL, a.body)
	}
	return b
}
