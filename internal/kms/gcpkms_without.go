//go:build !gcpkms

package kms

import (
	"context"
	"errors"
)

var errGCP = errors.New("kms: this program was built without gcpkms; build it with -tags gcpkms")

func openGCP(context.Context, string) (*Keeper, error) { return nil, errGCP }
