package identity

import (
	"net/http"
	"net/url"
)

// flow is a form of Kratos's that somebody is filling in: to sign in, to sign up, to change their settings.
type flow struct {
	kind    string
	ID      string `json:"id"`
	AAL     string `json:"requested_aal"`
	Refresh bool   `json:"refresh"`
	UI      ui     `json:"ui"`
}

type ui struct {
	Action   string `json:"action"`
	Nodes    []node `json:"nodes"`
	Messages []said `json:"messages"`
}

// node is one element of a form.
type node struct {
	Type       string `json:"type"`
	Group      string `json:"group"`
	Attributes struct {
		// of inputs
		Name         string `json:"name"`
		Type         string `json:"type"`
		Value        any    `json:"value"`
		Required     bool   `json:"required"`
		Disabled     bool   `json:"disabled"`
		Autocomplete string `json:"autocomplete"`
		OnClick      string `json:"onclickTrigger"`
		OnLoad       string `json:"onloadTrigger"`
		// of images, texts, links and scripts
		ID        string `json:"id"`
		Source    string `json:"src"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		Text      *said  `json:"text"`
		Integrity string `json:"integrity"`
	} `json:"attributes"`
	Messages []said `json:"messages"`
	Meta     struct {
		Label *said `json:"label"`
	} `json:"meta"`
}

// said is a sentence of Kratos's, under a number that is the same in every language.
type said struct {
	ID      int            `json:"id"`
	Text    string         `json:"text"`
	Type    string         `json:"type"`
	Context map[string]any `json:"context"`
}

// totpSecret is the secret that a settings flow offers, unless its owner has one.
func (u ui) totpSecret() (string, bool) {
	for _, n := range u.Nodes {
		if n.Attributes.ID == "totp_secret_key" && n.Attributes.Text != nil {
			secret, given := n.Attributes.Text.Context["secret"].(string)
			return secret, given && secret != ""
		}
	}
	return "", false
}

// flowOf reads a flow of the browser that asks, with its cookies: Kratos shows it to no other.
func (k *Kratos) flowOf(r *http.Request, kind, id string) (flow, error) {
	f := flow{kind: kind}
	err := k.browse(r, http.MethodGet, "/self-service/"+kind+"/flows", url.Values{"id": {id}}, &f)
	return f, err
}

// browse calls the public API with the cookies of a browser that asks for a page.
func (k *Kratos) browse(r *http.Request, method, path string, query url.Values, answer any) error {
	address := k.publicURL.JoinPath(path)
	address.RawQuery = query.Encode()
	call, err := http.NewRequestWithContext(r.Context(), method, address.String(), http.NoBody)
	if err != nil {
		return err
	}
	call.Header.Set("Accept", "application/json")
	if cookies := kratosCookies(r.Header); cookies != "" {
		call.Header.Set("Cookie", cookies)
	}
	return k.ask(call, answer)
}
