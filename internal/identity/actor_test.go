package identity_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	kratos "github.com/ory/kratos-client-go"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

func TestWhoHoldsNothingUpIsNobody(t *testing.T) {
	t.Parallel()
	f := open(t)
	for _, headers := range [][]string{nil, {"Cookie", "theme=dark"}, {"Authorization", "Basic b3BlcmF0b3I6eA=="}, {"Cookie", "ory_kratos_session="}} {
		actor, err := f.Actor(t.Context(), request(t, "GET", "http://forum.test/", nil, headers...))
		if err != nil || actor.SignedIn() || actor != (identity.Actor{}) {
			t.Errorf("%v: got %+v, %v", headers, actor, err)
		}
	}
}

func TestWhoSignsUpIsKnown(t *testing.T) {
	t.Parallel()
	f := open(t)
	name := freshName()
	for _, traits := range []object{{"username": name}, {"email": name + "@example.org"}, {"username": "رضا_" + name[:8], "email": name + "@example.net"}} {
		token := f.submit(t, "registration", "", object{"method": "password", "password": password, "traits": traits}).token(t)
		actor := f.known(t, token)
		if actor.AAL != 1 || !actor.SignedInWithin(time.Minute, time.Now()) || actor.SignedInWithin(time.Minute, time.Now().Add(2*time.Minute)) {
			t.Errorf("%v: got %+v", traits, actor)
		}
		byHeader, err := f.Actor(t.Context(), request(t, "GET", "http://forum.test/", nil, "X-Session-Token", token))
		if err != nil || byHeader != actor {
			t.Errorf("%v: by header %+v, %v", traits, byHeader, err)
		}
	}
	for _, identifier := range []string{name, " " + strings.ToUpper(name) + " ", name + "@EXAMPLE.org"} {
		token := f.signIn(t, identifier, password).token(t)
		if actor := f.known(t, token); actor.AAL != 1 {
			t.Errorf("%s: got %+v", identifier, actor)
		}
	}
	if a := f.signIn(t, name, "some other words"); a.StatusCode != http.StatusBadRequest {
		t.Errorf("a wrong password: %d %s", a.StatusCode, a.body)
	}
}

func TestOldTimesAreNotFresh(t *testing.T) {
	t.Parallel()
	now := time.Now()
	nobody := identity.Actor{AuthenticatedAt: now}
	if nobody.SignedInWithin(time.Hour, now) {
		t.Error("nobody has signed in")
	}
	f := open(t)
	_, token := f.member(t)
	actor := f.known(t, token)
	actor.AuthenticatedAt = now.Add(2 * time.Minute)
	if actor.SignedInWithin(time.Hour, now) {
		t.Error("a time far ahead counts as fresh")
	}
}

func TestForgedCredentialsAreRefused(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, token := f.member(t)
	for _, forged := range []string{
		"ory_st_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", token[:len(token)-1] + "!", token + "x", strings.ToUpper(token), "x", "ory_st_" + strings.Repeat("a", 5000),
		"eyJhbGciOiJub25lIn0.e30.",
	} {
		f.refused(t, forged, fault.SessionInvalid)
	}
	for _, cookie := range []string{"ory_kratos_session=MTcwMDAwMDAwMHxmb3JnZWQ", "ory_kratos_session=" + token, "ory_kratos_session=a.b"} {
		actor, err := f.Actor(t.Context(), request(t, "GET", "http://forum.test/", nil, "Cookie", cookie))
		if fault.CodeOf(err) != fault.SessionInvalid || actor.SignedIn() {
			t.Errorf("%s: got %+v, %v", cookie, actor, err)
		}
	}
	r := request(t, "GET", "http://forum.test/", nil, "X-Session-Token", "ory_st_forged", "Authorization", "Bearer "+token)
	if actor, err := f.Actor(t.Context(), r); fault.CodeOf(err) != fault.SessionInvalid || actor.SignedIn() {
		t.Errorf("a forged token was passed over for a good one: %+v, %v", actor, err)
	}
}

func TestWithoutKratosTheCachedGoOnAndNobodyElse(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.clock.freeze()
	_, cached := f.member(t)
	_, late := f.member(t)
	f.known(t, cached)
	w.cut.Store(true)

	f.clock.add(29 * time.Second)
	f.known(t, cached)
	f.refused(t, late, fault.IdentityUnavailable)
	_, err := f.me(t, late)
	if fault.Of(err).RetryAfter() <= 0 {
		t.Error("no time to wait is given")
	}
	f.clock.add(time.Second)
	f.refused(t, cached, fault.IdentityUnavailable)
	if actor, err := f.me(t, ""); err != nil || actor.SignedIn() {
		t.Errorf("nobody is refused: %v", err)
	}
	if a := f.send(t, "GET", "/identity/self-service/login/api", nil); a.StatusCode != http.StatusServiceUnavailable || a.code(t) != fault.IdentityUnavailable || a.Header.Get("Retry-After") == "" {
		t.Errorf("the proxy answers %d %s", a.StatusCode, a.body)
	}

	w.cut.Store(false)
	f.known(t, cached)
	f.known(t, late)
}

// A Kratos that has lost its database says of every session that it isn't one. That must not sign people out.
func TestKratosWithoutItsDatabaseSignsNobodyOut(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.clock.freeze()
	_, cached := f.member(t)
	_, late := f.member(t)
	f.known(t, cached)
	w.empty.Store(true)
	f.known(t, cached)
	f.refused(t, late, fault.IdentityUnavailable)
	f.refused(t, "ory_st_forged", fault.IdentityUnavailable)
	w.empty.Store(false)
	f.known(t, late)
	f.clock.add(time.Second)
	f.refused(t, "ory_st_forged", fault.SessionInvalid)
}

func TestAClockThatWasSetBackEndsBelief(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.clock.freeze()
	_, token := f.member(t)
	f.known(t, token)
	w.cut.Store(true)
	f.clock.add(-time.Minute)
	f.refused(t, token, fault.IdentityUnavailable)
}

func TestBeliefEndsWithTheSession(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.clock.freeze()
	a := f.submit(t, "registration", "", object{"method": "password", "password": password, "traits": object{"username": freshName()}})
	var begun struct {
		Session struct {
			ExpiresAt time.Time `json:"expires_at"`
		}
	}
	a.json(t, &begun)
	f.clock.add(begun.Session.ExpiresAt.Sub(f.clock.now()) - 10*time.Second)
	f.known(t, a.token(t))
	w.cut.Store(true)
	f.clock.add(9 * time.Second)
	f.known(t, a.token(t))
	f.clock.add(time.Second)
	f.refused(t, a.token(t), fault.IdentityUnavailable)
	w.cut.Store(false)
	f.refused(t, a.token(t), fault.SessionInvalid)
}

func TestManyWhoWaitAskOnce(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	_, token := f.member(t)
	before := w.asked.Load()
	letGo := w.holdAnswers(t)

	impatient, giveUp := context.WithCancel(t.Context())
	first := make(chan error, 1)
	ask := func(ctx context.Context) error {
		actor, err := f.Actor(ctx, request(t, "GET", "http://forum.test/", nil, "X-Session-Token", token))
		if err == nil && !actor.SignedIn() {
			err = errors.New("nobody")
		}
		return err
	}
	go func() { first <- ask(impatient) }()
	<-w.held
	var waiting sync.WaitGroup
	errs := make(chan error, 20)
	for range cap(errs) {
		waiting.Go(func() { errs <- ask(t.Context()) })
	}
	giveUp()
	if err := <-first; fault.CodeOf(err) != fault.IdentityUnavailable {
		t.Errorf("who gave up got %v", err)
	}
	letGo()
	waiting.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	if asked := w.asked.Load() - before; asked != 1 {
		t.Errorf("Kratos was asked %d times", asked)
	}
}

func TestWhoIsSwitchedOffIsRefused(t *testing.T) {
	t.Parallel()
	f := open(t)
	_, token := f.member(t)
	actor := f.known(t, token)
	change := []object{{"op": "replace", "path": "/state", "value": "inactive"}}
	a := do(t, http.DefaultClient, request(t, "PATCH", stack.KratosAdmin+"/admin/identities/"+actor.Identity.String(), change))
	if a.StatusCode != http.StatusOK {
		t.Fatal(a.body)
	}
	f.known(t, token) // believed, as the promise says, for up to thirty seconds
	f.Forget(actor.Identity)
	f.refused(t, token, fault.SessionInvalid)
}

func TestHalfASessionVouchesForNobody(t *testing.T) {
	t.Parallel()
	now := time.Now()
	whole := func() *kratos.Session {
		s := kratos.NewSession(uuid.NewString())
		s.SetActive(true)
		s.SetAuthenticatedAt(now)
		s.SetExpiresAt(now.Add(time.Hour))
		s.SetAuthenticatorAssuranceLevel(kratos.AUTHENTICATORASSURANCELEVEL_AAL2)
		state := "active"
		s.SetIdentity(kratos.Identity{Id: uuid.NewString(), State: &state})
		return s
	}
	if actor, _, err := identity.Vouched(whole(), now); err != nil || actor.AAL != 2 {
		t.Fatalf("got %+v, %v", actor, err)
	}
	off := "inactive"
	for name, spoil := range map[string]func(*kratos.Session){
		"no id":             func(s *kratos.Session) { s.Id = "" },
		"inactive":          func(s *kratos.Session) { s.SetActive(false) },
		"perhaps active":    func(s *kratos.Session) { s.Active = nil },
		"never signed in":   func(s *kratos.Session) { s.AuthenticatedAt = nil },
		"no end":            func(s *kratos.Session) { s.ExpiresAt = nil },
		"over":              func(s *kratos.Session) { s.SetExpiresAt(now) },
		"no level":          func(s *kratos.Session) { s.AuthenticatorAssuranceLevel = nil },
		"level nought":      func(s *kratos.Session) { s.SetAuthenticatorAssuranceLevel("aal0") },
		"an unknown level":  func(s *kratos.Session) { s.SetAuthenticatorAssuranceLevel("aal22") },
		"nobody":            func(s *kratos.Session) { s.Identity = nil },
		"the nil identity":  func(s *kratos.Session) { s.Identity.Id = uuid.Nil.String() },
		"a broken identity": func(s *kratos.Session) { s.Identity.Id = "x" },
		"switched off":      func(s *kratos.Session) { s.Identity.State = &off },
		"perhaps on":        func(s *kratos.Session) { s.Identity.State = nil },
	} {
		s := whole()
		spoil(s)
		if actor, _, err := identity.Vouched(s, now); fault.CodeOf(err) != fault.SessionInvalid || actor.SignedIn() {
			t.Errorf("%s: got %+v, %v", name, actor, err)
		}
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	if err := f.Health(t.Context()); err != nil {
		t.Error(err)
	}
	w.cut.Store(true)
	if err := f.Health(t.Context()); fault.CodeOf(err) != fault.IdentityUnavailable {
		t.Errorf("got %v", err)
	}
}
