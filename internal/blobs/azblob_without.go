//go:build !azblob

package blobs

import (
	"context"
	"errors"

	"gocloud.dev/blob"
)

var errAzure = errors.New("blobs: this program was built without azblob; build it with -tags azblob")

func openAzure(context.Context, string) (*blob.Bucket, error) { return nil, errAzure }
