//go:build azblob

package blobs

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
	"gocloud.dev/blob/azureblob"
)

var errAzure = errors.New("blobs: azblob: the URL or the credentials of the environment are not usable")

func openAzure(ctx context.Context, storeURL string) (*blob.Bucket, error) {
	address, err := url.Parse(storeURL)
	if err != nil {
		return nil, errAzure
	}
	opener := &azureblob.URLOpener{MakeClient: azureblob.NewDefaultClient, ServiceURLOptions: *azureblob.NewDefaultServiceURLOptions()}
	bucket, err := opener.OpenBucketURL(ctx, address)
	if err != nil {
		return nil, errAzure
	}
	return bucket, nil
}
