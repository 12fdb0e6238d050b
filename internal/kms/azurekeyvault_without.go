//go:build !azurekeyvault

package kms

import (
	"context"
	"errors"
)

var errAzure = errors.New("kms: this program was built without azurekeyvault; build it with -tags azurekeyvault")

func openAzure(context.Context, string) (*Keeper, error) { return nil, errAzure }
