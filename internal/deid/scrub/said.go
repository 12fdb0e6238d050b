package scrub

import (
	"sort"
	"strings"
)

// Words before a number that tell what it is, as words begin: Persian has endings for whose it is.
var (
	phoneCues    = strings.Fields(`phone telephone tel mobile cell call text ring whatsapp fax dial contact تلفن موبایل همراه تماس زنگ واتساپ تلگرام گوشی پیامک`)
	accountCues  = strings.Fields(`account passport licen mrn record policy member patient case student employee reference insurance id حساب گذرنامه پاسپورت پرونده بیمه شناسنامه شناسه دانشجویی پرسنلی عضویت گواهینامه`)
	nationalCues = strings.Fields(`national melli ملی`)
	nhsCues      = []string{"nhs"}
)

// shortCues are whole words, since too many begin so.
var shortCues = map[string]bool{"tel": true, "id": true, "cell": true, "text": true, "ring": true, "case": true, "mrn": true, "fax": true, "nhs": true}

// farthest is how many words and bytes before a number still tell what it is.
const (
	farthestWords = 8
	farthestBytes = 48
)

// wordsBefore are the last words before a byte of Plain.
func wordsBefore(t *Text, start int) (said []string) {
	end := sort.Search(len(t.Words), func(i int) bool { return int(t.Words[i].End) > start })
	for i := end - 1; i >= 0 && i >= end-farthestWords && int(t.Words[i].Start) >= start-farthestBytes; i-- {
		said = append(said, t.Words[i].Of(t))
	}
	return said
}

// says tells whether one of the words is a cue.
func says(said, cues []string) bool {
	for _, word := range said {
		for _, cue := range cues {
			if word == cue || !shortCues[cue] && strings.HasPrefix(word, cue) {
				return true
			}
		}
	}
	return false
}
