//go:build !awskms

package kms

import (
	"context"
	"errors"
)

var errAWS = errors.New("kms: this program was built without awskms; build it with -tags awskms")

func openAWS(context.Context, string) (*Keeper, error) { return nil, errAWS }
