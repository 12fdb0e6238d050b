package authz_test

import (
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/fault"
)

// What is told of purposes is what policy judges by.
func TestWhatFitsIsWhatPolicySays(t *testing.T) {
	t.Parallel()
	engine, err := authz.New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, action := range authz.Actions {
		told := authz.Fitting(action)
		if len(told) == 0 {
			t.Errorf("%s: no purpose fits", action)
		}
		for _, purpose := range []string{"none", "support", "moderation", "care", "listening", "research", "rights", "break-glass"} {
			d, err := engine.Decide(t.Context(), authz.Facts{Action: action, Purpose: purpose, SignedIn: true, Operator: true, Researcher: true}) // who may act for each
			if err != nil {
				t.Fatal(err)
			}
			if fits := !slices.Contains(d.Reasons, fault.PurposeMismatch); fits != slices.Contains(told, purpose) {
				t.Errorf("%s for %s: policy says %v, and the table tells %v", action, purpose, fits, told)
			}
		}
	}
	if got := authz.Fitting("nothing.at_all"); got != nil {
		t.Errorf("what is no action is for %v", got)
	}
}
