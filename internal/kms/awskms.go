//go:build awskms

package kms

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
	"gocloud.dev/secrets/awskms"
)

var errAWS = errors.New("kms: awskms: the URL or the credentials of the environment are not usable")

func openAWS(ctx context.Context, kmsURL string) (*Keeper, error) {
	address, err := url.Parse(kmsURL)
	if err != nil {
		return nil, errAWS
	}
	keeper, err := new(awskms.URLOpener).OpenKeeperURL(ctx, address)
	if err != nil {
		return nil, errAWS
	}
	return newKeeper(keeper, judgeAWS, nil), nil
}

// AWS says 400 to nearly everything, haste included.
var laterAWS = []string{"ThrottlingException", "LimitExceededException", "DependencyTimeoutException", "KeyUnavailableException", "KMSInternalException"}

func judgeAWS(err error) error {
	var reply *smithyhttp.ResponseError
	var said smithy.APIError
	switch {
	case !errors.As(err, &reply) || !errors.As(err, &said):
		return ErrUnavailable
	case slices.Contains(laterAWS, said.ErrorCode()):
		return ErrUnavailable
	case reply.HTTPStatusCode() >= http.StatusBadRequest && reply.HTTPStatusCode() < http.StatusInternalServerError &&
		reply.HTTPStatusCode() != http.StatusTooManyRequests:
		return ErrRefused
	}
	return ErrUnavailable
}
