package identity

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime"
	"net/http"

	"github.com/google/uuid"
)

// touched is whose sessions a request may change: the people behind the credentials that it holds, and the marks of
// credentials that nobody stands behind any more.
type touched struct {
	changes    bool
	identities map[uuid.UUID]struct{}
	marks      []mark
}

// touchedBy looks at every credential in a request, in its body too: Kratos doesn't always choose the one that
// decides elsewhere.
func (k *Kratos) touchedBy(r *http.Request, s submission) touched {
	t := touched{changes: true, identities: map[uuid.UUID]struct{}{}}
	held := credentials(r)
	for _, token := range s.values["session_token"] {
		held = append(held, credential{value: token})
	}
	for _, c := range held[:min(len(held), mostNames)] {
		t.marks = append(t.marks, k.sessions.mark(c))
		if actor, err := k.resolve(r.Context(), c); err == nil {
			t.identities[actor.Identity] = struct{}{}
		}
	}
	return t
}

// release forgets what was touched, whatever Kratos answered: it may have acted and failed afterwards. Where it has
// begun a session it may have ended that person's others.
func (k *Kratos) release(ctx context.Context, t touched, answer *http.Response) {
	if !t.changes {
		return
	}
	for _, m := range t.marks {
		k.sessions.forgetMark(m)
	}
	for id := range t.identities {
		k.sessions.forget(id)
	}
	c, began := begun(answer)
	if !began {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), k.given.Timeout)
	defer cancel()
	actor, _, err := k.whoami(ctx, c)
	if err != nil {
		k.sessions.forgetAll()
		return
	}
	k.sessions.forget(actor.Identity)
}

// begun finds the session that an answer begins, in its cookies or its JSON, and leaves its body to be read again.
func begun(answer *http.Response) (credential, bool) {
	if answer == nil {
		return credential{}, false
	}
	for _, cookie := range answer.Cookies() {
		if cookie.Name == sessionCookie && cookie.Value != "" && cookie.MaxAge >= 0 {
			return credential{cookie: true, value: cookie.Value}, true
		}
	}
	if kind, _, err := mime.ParseMediaType(answer.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return credential{}, false
	}
	body, err := io.ReadAll(answer.Body)
	answer.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(body), answer.Body}
	var session struct {
		Token    string `json:"session_token"`
		Continue []struct {
			Token string `json:"ory_session_token"`
		} `json:"continue_with"`
	}
	if err != nil || json.Unmarshal(body, &session) != nil {
		return credential{}, false
	}
	for _, next := range session.Continue {
		if session.Token == "" {
			session.Token = next.Token
		}
	}
	return credential{value: session.Token}, session.Token != ""
}
