package recode_test

import (
	"math"
	"slices"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/recode"
)

// The figures are those of ARX, which its own tests and runs of it give. Levels stand in the order of the table's columns;
// where several nodes have the same Loss, only the Loss is held against them.
func TestGlobalIsTheOptimumThatWasPublished(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		occupation, privacy string
		score               float64
		levels              []int
		suppressed, classes int
		mean                float64
	}{
		"k=5, all may be suppressed":       {"quasi", "{k: 5, suppression_limit: 1}", .220411928, []int{0, 3, 0, 0, 2, 1, 1, 1, 0}, 2553, 602, .2277},
		"k=5, 4 %":                         {"quasi", "{k: 5, suppression_limit: 0.04}", .266110819, []int{0, 3, 0, 1, 1, 1, 1, 2, 0}, 1178, 370, .2928},
		"k=5, none":                        {"quasi", "{k: 5}", .573150966, []int{0, 4, 1, 1, 3, 2, 2, 1, 0}, 0, 24, .6355},
		"k=10, 5 %":                        {"quasi", "{k: 10, suppression_limit: 0.05}", .291270016, []int{0, 3, 0, 1, 2, 1, 1, 2, 0}, 1437, 196, .3178},
		"k=10, all may be suppressed":      {"quasi", "{k: 10, suppression_limit: 1}", .261394039, []int{0, 3, 0, 0, 2, 1, 1, 1, 0}, 3983, 381, .2677},
		"8 columns, k=10, 5 %":             {"sensitive", "{k: 10, suppression_limit: 0.05}", .222546679, []int{0, 3, 0, 1, 2, 1, 1, 0}, 1437, 196, .2326},
		"8 columns, k=11, 5 %":             {"sensitive", "{k: 11, suppression_limit: 0.05}", .242595352, []int{0, 4, 0, 0, 2, 1, 1, 0}, 1306, 159, .2739},
		"8 columns, k=11, l=3, 5 %":        {"sensitive", "{k: 11, l: {kind: distinct, value: 3}, suppression_limit: 0.05}", .242595352, []int{0, 4, 0, 0, 2, 1, 1, 0}, 1306, 159, .2739},
		"8 columns, k=11, equal t=0.4, 5%": {"sensitive", "{k: 11, t: {kind: equal, value: 0.4}, suppression_limit: 0.05}", .398368588, []int{1, 3, 0, 0, 3, 1, 2, 0}, 1341, 79, 0},
		"8 columns, k=11, equal t=0.2, 5%": {"sensitive", "{k: 11, t: {kind: equal, value: 0.2}, suppression_limit: 0.05}", .815003186, []int{1, 4, 1, 1, 3, 1, 2, 1}, 235, 6, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := adult(t, want.occupation, want.privacy)
			r, err := recode.Global(t.Context(), p, nil)
			if err != nil {
				t.Fatal(err)
			}
			if math.Abs(r.Score-want.score) > 1e-9 || !slices.Equal(r.Levels, want.levels) {
				t.Errorf("Loss %.9f at %v, want %.9f at %v", r.Score, r.Levels, want.score, want.levels)
			}
			of, suppressed := classes(p, r)
			if len(of) != want.classes || suppressed != want.suppressed {
				t.Errorf("%d classes and %d rows suppressed, want %d and %d", len(of), suppressed, want.classes, want.suppressed)
			}
			mean := 0.0
			for _, loss := range r.Loss {
				mean += loss / float64(len(r.Loss))
			}
			if want.mean > 0 && math.Abs(mean-want.mean) > 5e-5 {
				t.Errorf("a mean loss of %.4f, want %.4f", mean, want.mean)
			}
		})
	}
}
