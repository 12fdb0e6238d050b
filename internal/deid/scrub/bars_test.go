package scrub

import "testing"

// The bars below which the scrubber isn't fit to be used.
const (
	enoughPeople    = 0.97 // of the tokens of names
	enoughInAll     = 0.95 // of all tokens that tell something
	enoughPrecision = 0.80 // of the tokens that are replaced
	mostForCapitals = 0.03 // that a text in small letters may lose
)

// structured are what has a shape: not one may be left.
var structured = []Type{Email, Phone, ID, URL, IP, Handle, Age}

func TestBars(t *testing.T) {
	t.Parallel()
	for _, set := range []struct {
		name, of string
		texts    func(t *testing.T, of string) []labelled
	}{
		{"forum, English", "en", forum},
		{"forum, Persian", "fa", forum},
		{"presidio, large", "generated_large.json", presidio},
		{"presidio, synth v2", "synth_v2_part.json", presidio},
	} {
		t.Run(set.name, func(t *testing.T) {
			t.Parallel()
			all := set.texts(t, set.of)
			written, small := weigh(t, all), weigh(t, lowered(all))
			t.Logf("\n%s\n%s", written.print(set.name), small.print("the same in small letters"))
			atLeast(t, "recall of people", written.of(Person).recall(), enoughPeople)
			atLeast(t, "recall in all", written.of("").recall(), enoughInAll)
			for how, sums := range map[string]tally{"as written": written, "in small letters": small} {
				atLeast(t, "precision "+how, sums.of("").precision(), enoughPrecision)
				for _, as := range structured {
					atLeast(t, "recall of "+string(as)+" "+how, sums.of(as).recall(), 1)
				}
			}
			atLeast(t, "recall in all, in small letters", small.of("").recall(), written.of("").recall()-mostForCapitals)
			atLeast(t, "recall of people, in small letters", small.of(Person).recall(), written.of(Person).recall()-mostForCapitals)
		})
	}
}

func atLeast(t *testing.T, what string, got, bar float64) {
	t.Helper()
	if got < bar {
		t.Errorf("%s is %.4f, below %.4f", what, got, bar)
	}
}
