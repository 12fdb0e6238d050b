//go:build azurekeyvault

package kms_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

func TestAzureAddressesThatAreRefused(t *testing.T) {
	for _, wrong := range []string{"azurekeyvault://", "azurekeyvault://secret-name", "azurekeyvault://secret-name.vault.azure.net/keys/k?motor=a", "azurekeyvault://%zz"} {
		_, err := kms.Open(t.Context(), wrong)
		if err == nil || strings.Contains(err.Error(), "secret-name") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}

func TestAzureThatCanNotBeReachedIsUnavailable(t *testing.T) {
	k := open(t, "azurekeyvault://nobody-is-here.vault.invalid.localhost/keys/root/1")
	if _, err := k.Wrap(t.Context(), words); !errors.Is(err, kms.ErrUnavailable) || strings.Contains(err.Error(), "nobody") {
		t.Error(err)
	}
}
