//go:build !awskms && !gcpkms && !azurekeyvault

package kms_test

import (
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

func TestACloudThatWasLeftOutIsNamed(t *testing.T) {
	t.Parallel()
	for _, tag := range []string{"awskms", "gcpkms", "azurekeyvault"} {
		_, err := kms.Open(t.Context(), tag+":///arn:aws:kms:eu-central-1:1:key/secret-name")
		if err == nil || !strings.Contains(err.Error(), "-tags "+tag) || strings.Contains(err.Error(), "secret-name") {
			t.Errorf("%s: %v", tag, err)
		}
	}
}
