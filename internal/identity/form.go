package identity

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"
	"strings"
)

// form is what a page shows of a flow: the nodes that are sent together.
type form struct {
	Action, Heading, Note string
	Items                 []item
}

// item is one node of a form, ready to be shown.
type item struct {
	Kind            string // hidden, input, checkbox, submit, trigger, image, codes or text
	ID, Name, Value string
	Label, Type     string
	Autocomplete    string
	Dir             string
	Numeric         bool
	Required, Off   bool
	Quiet           bool // a button beside the main one
	OnClick, OnLoad string
	Source          template.URL
	Width, Height   int
	Codes           []backupCode
	Messages        []line
}

type backupCode struct {
	Text string
	Used bool
}

// line is a sentence for a person. Bad ones are announced at once to those who listen to the page.
type line struct {
	Text string
	Bad  bool
}

// Bad tells whether something is wrong with what was filled in.
func (it item) Bad() bool {
	return slices.ContainsFunc(it.Messages, func(l line) bool { return l.Bad })
}

// triggers are the functions of Kratos's passkey script that a page may call.
var triggers = []string{
	"oryWebAuthnRegistration", "oryWebAuthnLogin", "oryPasskeyLogin", "oryPasskeyLoginAutocompleteInit",
	"oryPasskeyRegistration", "oryPasskeySettingsRegistration",
}

// order is that of the ways in on a page; ways that it doesn't name come first.
var order = []string{"password", "passkey", "totp", "lookup_secret", "profile"}

// forms cuts a flow into the forms that a page shows. Where all ways in share a visible field, as signing in by
// password and by passkey share the name, there is one form; else each way has its own.
func (f flow) forms(l lang) []form {
	var shared, groups []string
	visible := false
	items := map[string][]item{}
	for i, n := range f.UI.Nodes {
		it, shown := n.item(l, fmt.Sprintf("%s-%d", n.Group, i))
		if !shown {
			continue
		}
		if n.Group == "default" || n.Group == "identifier_first" {
			visible = visible || it.Kind == "input"
			shared = []string{n.Group}
		} else if !slices.Contains(groups, n.Group) {
			groups = append(groups, n.Group)
		}
		items[n.Group] = append(items[n.Group], it)
	}
	slices.SortStableFunc(groups, func(a, b string) int { return slices.Index(order, a) - slices.Index(order, b) })
	if visible {
		one := form{Action: pathOf(f.UI.Action)}
		for _, group := range append(shared, groups...) {
			one.Items = append(one.Items, items[group]...)
		}
		return []form{one}
	}
	var all []form
	for _, group := range groups {
		all = append(all, form{
			Action:  pathOf(f.UI.Action),
			Heading: l.heading(f.kind, group),
			Note:    l.note(f.kind, group),
			Items:   append(slices.Clone(items["default"]), items[group]...),
		})
	}
	return all
}

// item makes a node ready to be shown; scripts and links are not part of a form.
func (n node) item(l lang, id string) (item, bool) {
	a := n.Attributes
	it := item{ID: id, Name: a.Name, Label: l.label(n), Messages: l.lines(n.Messages)}
	switch n.Type {
	case "input":
		return it.input(n), true
	case "img":
		it.Kind, it.Width, it.Height = "image", a.Width, a.Height
		it.Source = template.URL(a.Source) //nolint:gosec // checked on the next line
		return it, strings.HasPrefix(a.Source, "data:image/png;base64,")
	case "text":
		return it.text(a.Text, l), a.Text != nil
	default:
		return it, false
	}
}

func (it item) input(n node) item {
	a := n.Attributes
	if a.Value != nil {
		it.Value = fmt.Sprint(a.Value)
	}
	it.Required, it.Off, it.Autocomplete = a.Required, a.Disabled, a.Autocomplete
	it.Kind, it.Type = "input", "text"
	switch a.Type {
	case "hidden", "checkbox", "submit":
		it.Kind, it.Quiet = a.Type, a.Name != "method"
	case "button":
		it.Kind = "trigger"
	case "password", "email", "tel", "url", "number", "date":
		it.Type = a.Type
	}
	if slices.Contains(triggers, a.OnClick) {
		it.OnClick = a.OnClick
	}
	if slices.Contains(triggers, a.OnLoad) {
		it.OnLoad = a.OnLoad
	}
	return it.kept()
}

// kept gives well-known fields what browsers and right-to-left readers need.
func (it item) kept() item {
	switch it.Name {
	case "identifier", "traits.username":
		it.Dir = "auto"
		it.Autocomplete = fallback(it.Autocomplete, "username")
	case "totp_code", "code":
		it.Dir, it.Numeric = "ltr", true
		it.Autocomplete = "one-time-code"
	case "traits.email", "email":
		it.Dir = "ltr"
		it.Autocomplete = fallback(it.Autocomplete, "email")
	default:
		it.Dir = "ltr"
	}
	return it
}

// text shows what Kratos says in a form: the secret of an authenticator, or backup codes with those that are used up.
func (it item) text(t *said, l lang) item {
	it.Kind = "text"
	if t == nil {
		return it
	}
	secrets, list := t.Context["secrets"].([]any)
	if !list {
		it.Value = fallback(contextText(t.Context, "secret"), l.say(*t))
		return it
	}
	it.Kind = "codes"
	for _, each := range secrets {
		one, _ := each.(map[string]any)
		details, _ := one["context"].(map[string]any)
		secret := contextText(details, "secret")
		it.Codes = append(it.Codes, backupCode{Text: fallback(secret, l.words("used")), Used: secret == ""})
	}
	return it
}

func contextText(context map[string]any, name string) string {
	text, _ := context[name].(string)
	return text
}

func fallback(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// pathOf keeps the path and query of a URL of ours, whatever name a browser knows us by.
func pathOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || !strings.HasPrefix(u.Path, Prefix) {
		return Prefix
	}
	return (&url.URL{Path: u.Path, RawQuery: u.RawQuery}).String()
}

// script is the passkey script that a flow asks for, with the hash that it must have.
type script struct{ Source, Integrity string }

func (f flow) scripts() []script {
	var all []script
	for _, n := range f.UI.Nodes {
		if n.Type == "script" && strings.HasSuffix(n.Attributes.Source, passkeyScript) {
			all = append(all, script{pathOf(n.Attributes.Source), n.Attributes.Integrity})
		}
	}
	return all
}
