package scrub

import (
	"regexp"
	"strings"
)

// Ages above 89 are so rare that they point at somebody; those below say no more than a text of a forum may say.
const (
	highAge     = `(?:9[0-9]|1[01][0-9]|12[0-5])`
	highAgeSaid = `(?:ninet(?:y|ies)(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:a|one) hundred(?: and (?:one|two|three|four|five|six|seven|eight|nine|ten))?|نود(?: و (?:یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه))?|صد(?: و (?:یک|دو|سه|چهار|پنج|شش|هفت|هشت|نه|ده))?)`
	anyHighAge  = `(?:` + highAge + `|` + highAgeSaid + `)`
)

var (
	ageAfter  = regexp.MustCompile(`^(` + anyHighAge + `)(?:(?:[- ]{0,2}(?:years?|yrs?|yr)[- ]{0,2}(?:old|of age|young)|[- ]?y\.?/?o\b|[- ]?yo\b|(?:st|nd|rd|th)? birthday)| ?سال(?:ه|گی|شه|ش|م|مه|مه|ت|ته)(?:[^\pL]|$)| ?سال (?:دارد|داره|دارم|سن|داشت|دارند|عمر))`)
	ageBefore = regexp.MustCompile(`(?:(?:^|[^a-z])(?:aged?|age of|age is|turned|turning|turns|(?:i am|i'm|im|he is|he's|she is|she's|hes|shes|they are|was|is) (?:now |already |almost |nearly )?)|سن(?:م|ش|شان|ت)?(?: من| او| مادرم| پدرم)? ?:?|متولد) ?:?$`)
	notAnAge  = regexp.MustCompile(`^(?:[.,:/][0-9]| ?(?:%|kg|kgs|lbs?|mg|mcg|g|ml|cm|mm|bpm|over|percent|pounds|kilos?|degrees|days?|weeks?|months?|hours?|minutes?|miles|km|people|sure|per|\$|کیلو|درصد|روز|ماه|هفته|ساعت|نفر|میلی)(?:[^\pL]|$))`)
	bornIn    = regexp.MustCompile(`^(?:born (?:in|on|around)|متولد(?: سال)?|زاده) (1[89][0-3][0-9]|1[23][01][0-9])\b`)
)

// ages finds ages above 89, and years of birth that make them.
func ages(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if finds.covered[start] {
			continue
		}
		if word == "born" || word == "متولد" || word == "زاده" {
			if at := bornIn.FindStringSubmatchIndex(stretch(t.Small, start, 48)); at != nil {
				finds.Add(start+at[2], start+at[3], Date, "date.birth", Likely)
			}
			continue
		}
		if !mayBeginAge(word) {
			continue
		}
		after := stretch(t.Small, start, 96)
		if at := ageAfter.FindStringSubmatchIndex(after); at != nil {
			finds.Add(start+at[2], start+at[3], Age, "age.said", Certain)
			continue
		}
		age := anyAge.FindString(after)
		if age == "" || notAnAge.MatchString(after[len(age):]) || len(after) > len(age) && alnum(after[len(age)]) {
			continue
		}
		if ageBefore.MatchString(t.Small[runeStart(t.Small, start-48):start]) {
			finds.Add(start, start+len(age), Age, "age.context", Likely)
		}
	}
}

var anyAge = regexp.MustCompile(`^` + anyHighAge)

// mayBeginAge spares the other words the expressions.
func mayBeginAge(word string) bool {
	switch word[0] {
	case '9', '1':
		return len(word) >= 2
	}
	return strings.HasPrefix(word, "ninet") || word == "hundred" || word == "a" || word == "one" || word == "نود" || word == "صد"
}
