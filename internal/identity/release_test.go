package identity_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

func TestSignOutEndsAccessAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze() // nothing runs out by itself
	_, token := f.member(t)
	f.known(t, token)
	a := f.send(t, "DELETE", "/identity/self-service/logout/api", object{"session_token": token})
	if a.StatusCode != http.StatusNoContent {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.refused(t, token, fault.SessionInvalid)
}

func TestSignOutInABrowserEndsAccessAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze()
	b := f.signedUp(t)
	if a := b.open(t, "/me"); !strings.Contains(a.body, `"AAL":1`) {
		t.Fatal(a.body)
	}
	held := b.cookies(t)
	b.submit(t, b.open(t, "/sign-out"), nil)
	if a := f.send(t, "GET", "/me", nil, "Cookie", held); a.code(t) != fault.SessionInvalid {
		t.Errorf("the cookie that was signed out still counts: %s", a.body)
	}
	if a := b.open(t, "/me"); strings.Contains(a.body, `"AAL":1`) {
		t.Error("the browser is still signed in")
	}
}

func TestASessionThatEndsEndsForEveryCredential(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze()
	name, here := f.member(t)
	there, elsewhere := f.signIn(t, name, password).token(t), f.signIn(t, name, password).token(t)
	for _, token := range []string{here, there, elsewhere} {
		f.known(t, token)
	}
	id := f.known(t, there).Session.String()
	if a := f.send(t, "DELETE", "/identity/sessions/"+id, nil, "X-Session-Token", here); a.StatusCode != http.StatusNoContent {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.refused(t, there, fault.SessionInvalid)
	f.known(t, elsewhere)
	if a := f.send(t, "DELETE", "/identity/sessions", nil, "Authorization", "Bearer "+here); a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.refused(t, elsewhere, fault.SessionInvalid)
	f.known(t, here)
}

func TestANewPasswordEndsOtherSessionsAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze()
	name, here := f.member(t)
	there := f.signIn(t, name, password).token(t)
	f.known(t, here)
	f.known(t, there)
	a := f.submit(t, "settings", "", object{"method": "password", "password": "another walk by the sea"}, "X-Session-Token", here)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.known(t, here)
	f.refused(t, there, fault.SessionInvalid)
}

// A look-up that Kratos answered before the session ended, and that arrives after it, must not be remembered.
func TestALateAnswerIsNotRemembered(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.clock.freeze()
	name, here := f.member(t)
	there := f.signIn(t, name, password).token(t)
	f.known(t, here)
	letGo := w.holdAnswers(t)
	late := make(chan error, 1)
	go func() {
		_, err := f.Actor(t.Context(), request(t, "GET", "http://forum.test/", nil, "X-Session-Token", there))
		late <- err
	}()
	<-w.held
	if a := f.send(t, "DELETE", "/identity/sessions", nil, "X-Session-Token", here); a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	w.hold.Store(nil)
	f.refused(t, there, fault.SessionInvalid) // it asks anew instead of joining
	letGo()
	if err := <-late; err != nil {
		t.Fatalf("the late answer was %v, and proves nothing", err)
	}
	f.refused(t, there, fault.SessionInvalid)
}

func TestAStepUpCountsAtOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, token := f.member(t)
	if actor := f.known(t, token); actor.AAL != 1 {
		t.Fatalf("got %+v", actor)
	}
	f.enrol(t, token)
	if actor := f.known(t, token); actor.AAL != 2 {
		t.Errorf("got %+v", actor)
	}
}

// form is what a page would send of a set of fields.
func form(pairs ...string) url.Values {
	values := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return values
}
