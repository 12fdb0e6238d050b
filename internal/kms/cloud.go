//go:build gcpkms || azurekeyvault

package kms

import "gocloud.dev/gcerrors"

// judgeCloud goes by the code that the driver gives to what the cloud said.
func judgeCloud(err error) error {
	switch gcerrors.Code(err) {
	case gcerrors.InvalidArgument, gcerrors.PermissionDenied, gcerrors.NotFound, gcerrors.FailedPrecondition:
		return ErrRefused
	}
	return ErrUnavailable
}
