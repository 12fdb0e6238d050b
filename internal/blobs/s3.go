//go:build s3

package blobs

import (
	"context"
	"errors"
	"net/url"

	"gocloud.dev/blob"
	"gocloud.dev/blob/s3blob"
)

var errS3 = errors.New("blobs: s3: the URL or the credentials of the environment are not usable")

func openS3(ctx context.Context, storeURL string) (*blob.Bucket, error) {
	address, err := url.Parse(storeURL)
	if err != nil {
		return nil, errS3
	}
	bucket, err := new(s3blob.URLOpener).OpenBucketURL(ctx, address)
	if err != nil {
		return nil, errS3
	}
	return bucket, nil
}
