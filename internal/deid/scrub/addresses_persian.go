package scrub

import "regexp"

// An address of Iran goes from the large to the small: street, lane, plate, unit. Each part that is named or numbered
// carries the next.
const (
	thing    = `(?:خیابان|خیابون|خ\.|بلوار|کوچه|کوی|بن ?بست|میدان|میدون|بزرگراه|اتوبان|شهرک|مجتمع|ساختمان|برج|چهارراه|چهار راه|سه ?راه|فلکه|محله|فاز)`
	counted  = `(?:پلاک|واحد|طبقه|بلوک|شماره|منزل|درب|زنگ)`
	namePart = ` (?:شهید )?[\pL]+(?: [\pL]+)?(?: (?:شرقی|غربی|شمالی|جنوبی))?(?: ?[0-9]{1,4})?`
	sep      = `(?: ?[,-] ?| و | )`
)

var (
	persianWay  = regexp.MustCompile(`^` + thing + namePart + `((?:` + sep + `(?:` + thing + namePart + `?|(?:` + counted + `) ?:? ?[0-9]{1,5}))*)`)
	persianDoor = regexp.MustCompile(`^(?:پلاک|واحد|بلوک) ?:? ?[0-9]{1,5}(?:` + sep + `(?:` + counted + `) ?:? ?[0-9]{1,5})*`)
	persianNo   = regexp.MustCompile(`^` + thing + ` [0-9]{1,4}`)
	notNamed    = regexp.MustCompile(`^(?:خیابان|خیابون|کوچه|میدان|میدون|ساختمان|برج|محله|اتوبان|بزرگراه|شهرک|چهارراه|فاز|کوی|بلوار|مجتمع|فلکه)(?: (?:ما|من|خودمون|خودمان|را|رو|و|که|در|تو|با|به|از|بود|است|هست|شلوغ|خلوت|ها|های|اصلی|پشتی|بغلی|کناری|جلویی|خیلی|می|نمی|راه|قدم|تنها|شدم|رفتم|بودم|دیدم|بزرگ|کوچک|اول|دوم|سوم|یک|هم)(?:[^\pL]|$)|[.,!?]|$)`)
)

var persianThings = map[string]bool{
	"خیابان": true, "خیابون": true, "خ": true, "بلوار": true, "کوچه": true, "کوی": true, "بن": true, "بنبست": true, "میدان": true, "میدون": true, "بزرگراه": true,
	"اتوبان": true, "شهرک": true, "مجتمع": true, "ساختمان": true, "برج": true, "چهارراه": true, "فلکه": true, "محله": true, "فاز": true, "پلاک": true, "واحد": true, "بلوک": true,
}

// iranian finds addresses as they are written in Persian.
func iranian(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start := int(w.Start)
		if !persianThings[w.Of(t)] || finds.covered[start] {
			continue
		}
		after := stretch(t.Small, start, 320)
		found := persianDoor.FindString(after)
		if found == "" && !notNamed.MatchString(after) {
			found = persianWay.FindString(after)
		}
		if found == "" {
			found = persianNo.FindString(after)
		}
		if found != "" {
			finds.Add(start, start+len(found), Address, "address.iran", Likely)
		}
	}
}
