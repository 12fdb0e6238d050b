package identity_test

import (
	"testing"
	"time"

	"github.com/hamyar/hamyar/internal/identity"
)

func TestCodesOfTheStandards(t *testing.T) {
	t.Parallel()
	key := []byte("12345678901234567890")
	for counter, want := range []string{ // RFC 4226, appendix D
		"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489",
	} {
		if got := identity.HOTP(key, uint64(counter), 6); got != want {
			t.Errorf("counter %d: got %s, want %s", counter, got, want)
		}
	}
	for seconds, want := range map[int64]string{ // RFC 6238, appendix B, SHA-1
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471",
		1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		if got := identity.HOTP(key, uint64(seconds)/30, 8); got != want {
			t.Errorf("second %d: got %s, want %s", seconds, got, want)
		}
	}
}

func TestSecretsAreReadAsPeopleTypeThem(t *testing.T) {
	t.Parallel()
	at := time.Unix(59, 0)
	for _, secret := range []string{"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "gezd gnbv gy3t qojq gezd gnbv gy3t qojq"} {
		if got, err := identity.TOTP(secret, at); err != nil || got != "287082" {
			t.Errorf("%s: got %s, %v", secret, got, err)
		}
	}
	for _, secret := range []string{"", "  ", "not base32!", "01890189"} {
		if got, err := identity.TOTP(secret, at); err == nil {
			t.Errorf("%q gave %s", secret, got)
		}
	}
}
