package scrub

import "regexp"

var (
	plateUK    = regexp.MustCompile(`^[A-Z]{2}[0-9]{2} ?[A-HJ-PR-Z]{3}\b`)
	plateSmall = regexp.MustCompile(`^[a-z]{2}[0-9]{2} ?[a-hj-pr-z]{3}\b`)
	plateIran  = regexp.MustCompile(`^[0-9]{2} ?[ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهی](?:لف)? ?[0-9]{3}(?: ?[-/]? ?(?:ایران)? ?[-/]? ?[0-9]{2})?`)
	plateEuro  = regexp.MustCompile(`^(?:[A-Z] ?[0-9]{3} ?[A-Z]{2} ?[0-9]{2,3}|[A-Z]{2}-[0-9]{3}-[A-Z]{2}|[A-Z]{1,3}-[A-Z]{1,2} ?[0-9]{1,4})\b`)
	plateSaid  = regexp.MustCompile(`^(?:plates?|registration|reg|rego|tag|پلاک)(?: (?:number|no|reads?|was|is|on|my|the|car|ماشین|ماشینم|خودرو))*[ :#.=]{1,3}(?:is )?([a-z0-9]{1,4}[ -]?[a-z0-9]{1,4}(?:[ -]?[a-z0-9]{1,4})?)\b`)
)

var carCues = []string{"car", "van", "driv", "drove", "park", "plate", "reg", "vehicle", "motorbike"}

// plates finds the plates of cars: of Britain, Iran and others by their look, and any that is said to be one.
func plates(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if finds.covered[start] {
			continue
		}
		switch word {
		case "plate", "plates", "registration", "reg", "rego", "tag", "پلاک":
			if at := plateSaid.FindStringSubmatchIndex(stretch(t.Small, start, 80)); at != nil {
				said := t.Small[start+at[2] : start+at[3]]
				if digitsIn(said) >= 2 && len(said) >= 5 && digitsIn(said) < len(said) {
					finds.Add(start+at[2], start+at[3], Plate, "plate.said", Likely)
				}
			}
			continue
		}
		if len(word) > 12 || digitsIn(word) == 0 && (len(word) > 3 || !w.Capital(t)) {
			continue
		}
		written := stretch(t.Plain, start, 40)
		if small := plateSmall.FindString(written); small != "" && (len(small) == 7 || says(wordsBefore(t, start), carCues)) {
			finds.Add(start, start+len(small), Plate, "plate.small", Likely)
			continue
		}
		switch first := word[0]; {
		case isDigit(first):
			if found := plateIran.FindString(written); found != "" {
				finds.Add(start, start+len(found), Plate, "plate.iran", Likely)
			}
		case w.Capital(t):
			found := plateUK.FindString(written)
			if found == "" {
				found = plateEuro.FindString(written)
			}
			if found != "" && digitsIn(found) >= 3 || plateUK.MatchString(written) {
				finds.Add(start, start+len(found), Plate, "plate.look", Likely)
			}
		}
	}
}
