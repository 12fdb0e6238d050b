//go:build !gs

package blobs

import (
	"context"
	"errors"

	"gocloud.dev/blob"
)

var errGS = errors.New("blobs: this program was built without gs; build it with -tags gs")

func openGS(context.Context, string) (*blob.Bucket, error) { return nil, errGS }
