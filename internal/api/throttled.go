package api

import "github.com/danielgtaylor/huma/v2"

// throttled gives an input the throttle of sign-ins, which counts by name and by address.
type throttled struct {
	try func(name string) error
}

type throttleKey struct{}

// Resolve is for huma: it runs when the input is made.
func (t *throttled) Resolve(ctx huma.Context) []error {
	t.try, _ = ctx.Context().Value(throttleKey{}).(func(string) error)
	return nil
}

var _ huma.Resolver = (*throttled)(nil)
