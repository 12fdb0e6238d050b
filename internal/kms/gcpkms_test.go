//go:build gcpkms

package kms_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

const gcpKey = "gcpkms://projects/secret-name/locations/eu/keyRings/r/cryptoKeys/k"

func TestGoogleWithoutCredentialsIsRefused(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", write(t, "{}", 0o600))
	if _, err := kms.Open(t.Context(), gcpKey); err == nil || strings.Contains(err.Error(), "secret-name") {
		t.Error(err)
	}
}

func TestGoogleThatCanNotBeReachedIsUnavailable(t *testing.T) {
	t.Setenv("GOOGLE_APPLICATION_CREDENTIALS", write(t, `{"type":"authorized_user","client_id":"a","client_secret":"b","refresh_token":"c","token_uri":"http://127.0.0.1:1/"}`, 0o600))
	if _, err := kms.Open(t.Context(), gcpKey+"?motor=a"); err == nil || strings.Contains(err.Error(), "secret-name") {
		t.Error(err)
	}
	k := open(t, gcpKey)
	kms.Hasten(k, 2_000_000_000)
	if _, err := k.Wrap(t.Context(), words); !errors.Is(err, kms.ErrUnavailable) || strings.Contains(err.Error(), "secret-name") {
		t.Error(err)
	}
}
