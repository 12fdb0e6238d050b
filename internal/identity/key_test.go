package identity_test

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/identity"
)

// ring is where a test keeps the owners of its keys.
type ring struct {
	owner uuid.UUID
	aal   int
	asked atomic.Int32
}

const goodKey, wrongKey = "hamyar_key_good", "hamyar_key_wrong"

func (k *ring) use(o *identity.Options) {
	o.Key = func(_ context.Context, text string) (identity.Actor, error) {
		k.asked.Add(1)
		if text != goodKey {
			return identity.Actor{}, fault.New(fault.KeyInvalid)
		}
		// Whoever answers can't pretend that somebody signed in.
		return identity.Actor{
			Identity: k.owner, AAL: k.aal, Session: uuid.New(), AuthenticatedAt: time.Now(),
			Key: &identity.Key{Scopes: []string{"post:read"}, Purpose: "support"},
		}, nil
	}
}

func TestAKeyActsForItsOwner(t *testing.T) {
	t.Parallel()
	keys := &ring{aal: 2}
	f := open(t, keys.use)
	_, token := f.member(t)
	keys.owner = f.known(t, token).Identity
	script := f.known(t, goodKey)
	if script.Identity != keys.owner || script.Key == nil || script.Key.Purpose != "support" || script.Session != uuid.Nil {
		t.Fatalf("%+v", script)
	}
	if script.AAL != 1 {
		t.Errorf("assurance %d of an owner who has one factor", script.AAL)
	}
	if script.SignedInWithin(24*365*time.Hour, time.Now()) {
		t.Error("a script counts as somebody who signed in")
	}
	if person := f.known(t, token); person.Key != nil {
		t.Error("a person counts as a script")
	}
}

func TestAKeyReachesNoHigherThanItsOwnerCan(t *testing.T) {
	t.Parallel()
	keys := &ring{aal: 2}
	f := open(t, keys.use)
	_, token := f.member(t)
	keys.owner = f.known(t, token).Identity
	if _, err := f.EnrolTOTP(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if script := f.known(t, goodKey); script.AAL != 2 {
		t.Errorf("assurance %d of a key that was made with two factors", script.AAL)
	}
	keys.aal = 1
	if script := f.known(t, goodKey); script.AAL != 1 {
		t.Errorf("assurance %d of a key that was made with one", script.AAL)
	}
}

func TestAKeyEndsWithItsOwner(t *testing.T) {
	t.Parallel()
	keys := &ring{aal: 1}
	f := open(t, keys.use)
	_, token := f.member(t)
	keys.owner = f.known(t, token).Identity
	f.known(t, goodKey)
	a := do(t, http.DefaultClient, request(t, "PATCH", stack.KratosAdmin+"/admin/identities/"+keys.owner.String(), []object{{"op": "replace", "path": "/state", "value": "inactive"}}))
	if a.StatusCode != http.StatusOK {
		t.Fatalf("%d %s", a.StatusCode, a.body)
	}
	f.clock.add(31 * time.Second)
	f.refused(t, goodKey, fault.KeyInvalid)

	_, token = f.member(t)
	keys.owner = f.known(t, token).Identity
	f.known(t, goodKey)
	if err := f.DeleteIdentity(t.Context(), keys.owner); err != nil {
		t.Fatal(err)
	}
	f.refused(t, goodKey, fault.KeyInvalid) // at once: what was deleted here is forgotten here
}

func TestWrongKeysMakeTheirAddressWait(t *testing.T) {
	t.Parallel()
	keys := &ring{aal: 1}
	f := open(t, tight, keys.use)
	f.clock.freeze()
	name, token := f.member(t)
	keys.owner = f.known(t, token).Identity
	for range 20 {
		f.known(t, goodKey) // good ones are not counted
	}
	for range 8 {
		f.refused(t, wrongKey, fault.KeyInvalid)
	}
	asked := keys.asked.Load()
	f.refused(t, wrongKey, fault.Throttled)
	f.refused(t, goodKey, fault.Throttled)
	if keys.asked.Load() != asked {
		t.Error("the keystore is asked all the same")
	}
	if a := f.signIn(t, name, password); a.StatusCode != http.StatusOK {
		t.Errorf("people are kept out by a script: %d %s", a.StatusCode, a.body)
	}
	f.clock.add(2 * time.Second)
	f.known(t, goodKey)
}

func TestKratosNeverSeesAKey(t *testing.T) {
	t.Parallel()
	w := newWire(t)
	f := open(t, w.use)
	f.refused(t, goodKey, fault.KeyInvalid) // nobody knows any
	if w.asked.Load() != 0 {
		t.Error("Kratos was asked")
	}
	for _, held := range [][]string{{"Authorization", "Bearer " + goodKey}, {"X-Session-Token", goodKey}} {
		if out := identity.Outward(request(t, "GET", "http://forum.test/", nil, held...).Header); len(out) != 0 {
			t.Errorf("%s goes out", held[0])
		}
	}
}
