package authz_test

import (
	"errors"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
)

func TestFactsAreMadeOfWhatAPersonSays(t *testing.T) {
	t.Parallel()
	got, err := authz.ParseFacts(map[string]string{"action": "post.read", "signed_in": "true", "aal": "2", "status": "removed", "purpose": "none"})
	want := authz.Facts{Action: authz.PostRead, SignedIn: true, AAL: 2, Status: "removed", Purpose: "none"}
	if err != nil || got != want {
		t.Fatalf("%+v, %v", got, err)
	}
}

func TestFactsThatCannotBeAreRefused(t *testing.T) {
	t.Parallel()
	for _, said := range []map[string]string{
		{"superuser": "true"},
		{"action": "post.read", "": ""},
		{"action": "post.burn"},
		{"aal": "3"},
		{"aal": ""},
		{"aal": "01"},
		{"signed_in": "yes"},
		{"signed_in": "TRUE"},
		{"status": `"removed"`},
		{"status": ""},
	} {
		if f, err := authz.ParseFacts(said); !errors.Is(err, authz.ErrFact) || f != (authz.Facts{}) {
			t.Errorf("%v: %+v, %v", said, f, err)
		}
	}
}
