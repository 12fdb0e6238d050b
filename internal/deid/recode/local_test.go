package recode_test

import (
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
)

// The figures are those of ARX's iterative local recoding, a heuristic too: mean loss in percent.
func TestLocalLosesLessThanTheHeuristicThatWasPublished(t *testing.T) {
	t.Parallel()
	for _, want := range []struct {
		occupation, privacy string
		loss                float64
	}{
		{"quasi", "{k: 2}", 3.95},
		{"quasi", "{k: 5}", 7.44},
		{"quasi", "{k: 10}", 9.55},
		{"quasi", "{k: 11}", 10.04},
		{"quasi", "{k: 20}", 12.65},
		{"quasi", "{k: 50}", 16.67},
		{"sensitive", "{k: 2}", 2.34},
		{"sensitive", "{k: 5}", 4.67},
		{"sensitive", "{k: 10}", 6.30},
		{"sensitive", "{k: 11}", 5.75},
		{"sensitive", "{k: 20}", 7.79},
		{"sensitive", "{k: 50}", 11.13},
		{"sensitive", "{k: 11, l: {kind: distinct, value: 3}}", 5.81},
		{"sensitive", "{k: 11, l: {kind: entropy, value: 3}}", 7.49},
		{"sensitive", "{k: 11, t: {kind: equal, value: 0.5}}", 13.1},
		{"sensitive", "{k: 11, t: {kind: equal, value: 0.4}}", 21.6},
		{"sensitive", "{k: 11, t: {kind: equal, value: 0.3}}", 31.2},
	} {
		t.Run(want.occupation+" "+want.privacy, func(t *testing.T) {
			t.Parallel()
			p := adult(t, want.occupation, want.privacy)
			r, err := recode.Local(t.Context(), p, nil)
			if err != nil {
				t.Fatal(err)
			}
			meets(t, p, r)
			mean := 0.0
			for _, loss := range r.Loss {
				mean += 100 * loss / float64(len(r.Loss))
			}
			t.Logf("a mean loss of %.2f %%, where the reference has %.2f %%", mean, want.loss)
			if mean > want.loss {
				t.Errorf("a mean loss of %.2f %%, above the %.2f %% of the reference", mean, want.loss)
			}
		})
	}
}
