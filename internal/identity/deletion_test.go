package identity_test

import (
	"errors"
	"net/http"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
)

func TestAnIdentityIsRemovedWithItsSessions(t *testing.T) {
	t.Parallel()
	f := open(t)
	name, token := f.member(t)
	_, other := f.member(t)
	if err := f.DeleteIdentity(t.Context(), f.known(t, token).Identity); err != nil {
		t.Fatal(err)
	}
	f.refused(t, token, fault.SessionInvalid) // at once
	if _, found, err := f.IdentityByIdentifier(t.Context(), name); found || err != nil {
		t.Errorf("found: %v, %v", found, err)
	}
	if a := f.signIn(t, name, password); a.StatusCode != http.StatusBadRequest {
		t.Errorf("signing in: %d", a.StatusCode)
	}
	somebody := f.known(t, other)
	if err := f.DeleteIdentity(t.Context(), somebody.Identity); err != nil {
		t.Fatal(err)
	}
	if err := f.DeleteIdentity(t.Context(), somebody.Identity); !errors.Is(err, fault.New(fault.NotFound)) {
		t.Errorf("again: %v", err)
	}
}
