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
	for name, texts := range map[string]func(t *testing.T) []labelled{
		"forum, English":     func(t *testing.T) []labelled { return forum(t, "en") },
		"forum, Persian":     func(t *testing.T) []labelled { return forum(t, "fa") },
		"presidio, large":    func(t *testing.T) []labelled { return presidio(t, "generated_large.json") },
		"presidio, synth v2": func(t *testing.T) []labelled { return presidio(t, "synth_v2_part.json") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all := texts(t)
			written, small := weigh(t, all), weigh(t, lowered(all))
			t.Logf("\n%s\n%s", written.print(name), small.print("the same in small letters"))
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
