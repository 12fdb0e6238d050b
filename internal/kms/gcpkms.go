//go:build gcpkms

package kms

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/gcp"
	"gocloud.dev/secrets/gcpkms"
)

var errGCP = errors.New("kms: gcpkms: the URL or the credentials of the environment are not usable")

func openGCP(ctx context.Context, kmsURL string) (*Keeper, error) {
	address, err := url.Parse(kmsURL)
	if err != nil {
		return nil, errGCP
	}
	ctx = context.WithoutCancel(ctx) // the client keeps it for renewing its token
	credentials, err := gcp.DefaultCredentials(ctx)
	if err != nil {
		return nil, errGCP
	}
	client, closing, err := gcpkms.Dial(ctx, credentials.TokenSource)
	if err != nil {
		return nil, errGCP
	}
	keeper, err := (&gcpkms.URLOpener{Client: client}).OpenKeeperURL(ctx, address)
	if err != nil {
		closing()
		return nil, errGCP
	}
	return newKeeper(keeper, judgeCloud, closing), nil
}
