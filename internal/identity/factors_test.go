package identity_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

// enrol gives the owner of a token an authenticator through the proxy, as a script of theirs would.
func (f forum) enrol(t *testing.T, token string) (secret string) {
	t.Helper()
	a := f.send(t, "GET", "/identity/self-service/settings/api", nil, "X-Session-Token", token)
	var flow struct {
		ID string
		UI struct {
			Nodes []struct {
				Attributes struct {
					ID   string
					Text struct{ Text string }
				}
			}
		}
	}
	a.json(t, &flow)
	for _, n := range flow.UI.Nodes {
		if n.Attributes.ID == "totp_secret_key" {
			secret = n.Attributes.Text.Text
		}
	}
	code, err := identity.TOTP(secret, time.Now())
	if err != nil {
		t.Fatalf("%v in %s", err, a.body)
	}
	a = f.send(t, "POST", "/identity/self-service/settings?flow="+flow.ID, object{"method": "totp", "totp_code": code}, "X-Session-Token", token)
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	return secret
}

func TestTwoFactors(t *testing.T) {
	t.Parallel()
	f := open(t)
	name, token := f.member(t)
	secret, err := f.EnrolTOTP(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if actor := f.known(t, token); actor.AAL != 2 {
		t.Errorf("who enrols has two factors: %+v", actor)
	}

	one, err := f.SignIn(t.Context(), name, password, "")
	if err != nil {
		t.Fatal(err)
	}
	if actor := f.known(t, one); actor.AAL != 1 {
		t.Errorf("a password alone gave %+v", actor)
	}
	if _, err := f.EnrolTOTP(t.Context(), one); fault.CodeOf(err) != fault.SecondFactor {
		t.Errorf("enrolling again with one factor: %v", err)
	}
	two, err := f.SignIn(t.Context(), name, password, secret)
	if err != nil {
		t.Fatal(err)
	}
	if actor := f.known(t, two); actor.AAL != 2 || !actor.SignedInWithin(time.Minute, time.Now()) {
		t.Errorf("two factors gave %+v", actor)
	}
	if _, err := f.EnrolTOTP(t.Context(), two); fault.CodeOf(err) != fault.AlreadyExists {
		t.Errorf("enrolling twice: %v", err)
	}
	if _, err := f.SignIn(t.Context(), name, password, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"); fault.CodeOf(err) != fault.SessionInvalid {
		t.Errorf("another's authenticator: %v", err)
	}
	if _, err := f.SignIn(t.Context(), name, "not my password", secret); fault.CodeOf(err) != fault.SessionInvalid {
		t.Errorf("a wrong password: %v", err)
	}
}

func TestBackupCodesAreASecondFactorOnce(t *testing.T) {
	t.Parallel()
	f := open(t)
	name, token := f.member(t)
	f.enrol(t, token)
	flow := f.flow(t, "settings", "", "X-Session-Token", token)
	path := "/identity/self-service/settings?flow=" + flow
	a := f.send(t, "POST", path, object{"method": "lookup_secret", "lookup_secret_regenerate": true}, "X-Session-Token", token)
	var made struct {
		UI struct {
			Nodes []struct {
				Attributes struct {
					ID   string
					Text struct {
						Context struct {
							Secrets []struct{ Context struct{ Secret string } }
						}
					}
				}
			}
		}
	}
	a.json(t, &made)
	var codes []string
	for _, n := range made.UI.Nodes {
		if n.Attributes.ID == "lookup_secret_codes" {
			for _, s := range n.Attributes.Text.Context.Secrets {
				codes = append(codes, s.Context.Secret)
			}
		}
	}
	if len(codes) == 0 {
		t.Fatalf("no codes in %s", a.body)
	}
	if a := f.send(t, "POST", path, object{"method": "lookup_secret", "lookup_secret_confirm": true}, "X-Session-Token", token); a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}

	again := f.signIn(t, name, password).token(t)
	second := func() answer {
		return f.submit(t, "login", "?aal=aal2", object{"method": "lookup_secret", "lookup_secret": codes[0]}, "X-Session-Token", again)
	}
	f.known(t, again)
	if a := second(); a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	if actor := f.known(t, again); actor.AAL != 2 {
		t.Errorf("a backup code gave %+v", actor)
	}
	again = f.signIn(t, name, password).token(t)
	if a := second(); a.StatusCode == http.StatusOK || f.known(t, again).AAL != 1 {
		t.Errorf("a backup code worked twice: %d", a.StatusCode)
	}
}
