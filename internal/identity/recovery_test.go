package identity_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

func TestARecoveryCodeLetsAScriptSetANewPassword(t *testing.T) {
	t.Parallel()
	f := open(t)
	f.clock.freeze()
	name, before := f.member(t)
	owner := f.known(t, before)
	code, err := f.RecoveryCode(t.Context(), owner.Identity, identity.ForScript)
	if err != nil {
		t.Fatal(err)
	}
	if code.Flow == uuid.Nil || !code.ExpiresAt.After(time.Now()) || !strings.HasPrefix(code.URL, origin+"/identity/self-service/recovery?flow=") {
		t.Errorf("got %+v", code)
	}
	path := strings.TrimPrefix(code.URL, origin)
	if a := f.send(t, "POST", path, object{"method": "code", "code": "000000"}); strings.Contains(a.body, "ory_st_") {
		t.Fatalf("a wrong code gave a session: %s", a.body)
	}
	f.known(t, before)
	a := f.send(t, "POST", path, object{"method": "code", "code": code.Code})
	var redeemed struct {
		Continue []struct {
			Token string `json:"ory_session_token"`
			Flow  struct{ ID string }
		} `json:"continue_with"`
	}
	a.json(t, &redeemed)
	if a.StatusCode != http.StatusOK || len(redeemed.Continue) != 2 {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.refused(t, before, fault.SessionInvalid) // at once, though the request held no credential of theirs
	token, settings := redeemed.Continue[0].Token, redeemed.Continue[1].Flow.ID
	if actor := f.known(t, token); actor.Identity != owner.Identity {
		t.Errorf("the code let in %v, not %v", actor.Identity, owner.Identity)
	}
	a = f.send(t, "POST", "/identity/self-service/settings?flow="+settings, object{"method": "password", "password": "a new walk in the hills"}, "X-Session-Token", token)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if a := f.signIn(t, name, "a new walk in the hills"); a.StatusCode != http.StatusOK {
		t.Errorf("%d %s", a.StatusCode, a.body)
	}
	if a := f.signIn(t, name, password); a.StatusCode != http.StatusBadRequest {
		t.Errorf("the old password still works: %d", a.StatusCode)
	}
	if a := f.send(t, "POST", path, object{"method": "code", "code": code.Code}); strings.Contains(a.body, "ory_st_") {
		t.Errorf("the code worked twice: %s", a.body)
	}
}

func TestIdentitiesOfTheDemonstration(t *testing.T) {
	t.Parallel()
	f := open(t)
	name := freshName()
	id, err := f.CreateIdentity(t.Context(), identity.NewIdentity{Username: name, Email: name + "@example.org", Password: "demo"})
	if err != nil {
		t.Fatal(err)
	}
	for _, identifier := range []string{name, strings.ToUpper(name), " " + name + "@example.org"} {
		if found, known, err := f.IdentityByIdentifier(t.Context(), identifier); err != nil || !known || found != id {
			t.Errorf("%s: %v %v %v", identifier, found, known, err)
		}
	}
	for _, identifier := range []string{"", "  ", name + "x", name[:5], "*", "%"} {
		if found, known, err := f.IdentityByIdentifier(t.Context(), identifier); err != nil || known || found != uuid.Nil {
			t.Errorf("%q: %v %v %v", identifier, found, known, err)
		}
	}
	if token, err := f.SignIn(t.Context(), name, "demo", ""); err != nil || f.known(t, token).Identity != id {
		t.Errorf("signing in: %v", err)
	}
	for _, n := range []identity.NewIdentity{{Username: name, Password: "demo"}, {Email: name + "@EXAMPLE.org", Password: "demo"}} {
		if _, err := f.CreateIdentity(t.Context(), n); fault.CodeOf(err) != fault.AlreadyExists || strings.Contains(err.Error(), name) {
			t.Errorf("%+v: %v", n, err)
		}
	}
	if _, err := f.CreateIdentity(t.Context(), identity.NewIdentity{Username: "@@ " + name}); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("got %v", err)
	}
	if _, err := f.RecoveryCode(t.Context(), uuid.New(), identity.ForScript); fault.CodeOf(err) != fault.NotFound {
		t.Errorf("a code for nobody: %v", err)
	}
	if token, err := f.SignUp(t.Context(), freshName(), password); err != nil || !f.known(t, token).SignedIn() {
		t.Errorf("signing up: %v", err)
	}
	if _, err := f.SignUp(t.Context(), name, password); fault.CodeOf(err) != fault.Invalid {
		t.Errorf("signing up with a taken name: %v", err)
	}
}
