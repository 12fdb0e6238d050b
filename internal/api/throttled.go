package api

import "github.com/danielgtaylor/huma/v2"

// Throttled gives an input the throttle of sign-ins, which counts by name and by address.
type Throttled struct {
	try func(name string) error
}

type throttleKey struct{}

// Resolve is for huma: it runs when the input is made.
func (t *Throttled) Resolve(ctx huma.Context) []error {
	t.try, _ = ctx.Context().Value(throttleKey{}).(func(string) error)
	return nil
}

var _ huma.Resolver = (*Throttled)(nil)
