//go:build gs

package blobs

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
)

var errGS = errors.New("blobs: gs: the URL or the credentials of the environment are not usable")

func openGS(ctx context.Context, storeURL string) (*blob.Bucket, error) {
	address, err := url.Parse(storeURL)
	if err != nil {
		return nil, errGS
	}
	ctx = context.WithoutCancel(ctx) // the client keeps it for renewing its token
	credentials, err := gcp.DefaultCredentials(ctx)
	if err != nil {
		return nil, errGS
	}
	client, err := gcp.NewHTTPClient(gcp.DefaultTransport(), credentials.TokenSource)
	if err != nil {
		return nil, errGS
	}
	bucket, err := (&gcsblob.URLOpener{Client: client, TokenSource: credentials.TokenSource}).OpenBucketURL(ctx, address)
	if err != nil {
		return nil, errGS
	}
	return bucket, nil
}
