//go:build azurekeyvault

package kms

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/secrets/azurekeyvault"
)

var errAzure = errors.New("kms: azurekeyvault: the URL or the credentials of the environment are not usable")

func openAzure(ctx context.Context, kmsURL string) (*Keeper, error) {
	address, err := url.Parse(kmsURL)
	if err != nil {
		return nil, errAzure
	}
	keeper, err := (&azurekeyvault.URLOpener{ClientMaker: azurekeyvault.DefaultClientMaker}).OpenKeeperURL(ctx, address)
	if err != nil {
		return nil, errAzure
	}
	return newKeeper(keeper, judgeCloud, nil), nil
}
