package scrub

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

const (
	clockTime = `(?:[ ,t]{1,2}(?:at |ساعت )?[0-2]?[0-9]:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?(?: ?[ap]\.?m\b\.?)?(?:z|[+-][0-9]{2}:?[0-9]{2})?)?`
	dayOf     = `(?:[0-3]?[0-9])(?: ?(?:st|nd|rd|th|ام|م))?`
	ordinals  = `(?:twenty[- ]|thirty[- ]|بیست و |سی و )?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|اول|یکم|دوم|سوم|چهارم|پنجم|ششم|هفتم|هشتم|نهم)|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|دهم|یازدهم|دوازدهم|سیزدهم|چهاردهم|پانزدهم|شانزدهم|هفدهم|هجدهم|نوزدهم|بیستم|سیام|سی ام`
	yearOf    = `(?:1[0-9]{3}|20[0-9]{2})`
)

var (
	numericDate = regexp.MustCompile(`^([0-9]{1,4})( ?[/.-] ?)([0-9]{1,2})( ?[/.-] ?)([0-9]{1,4})` + clockTime)
	datesRun    = regexp.MustCompile(`^` + yearOf + `(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$`)
	beforeMonth = regexp.MustCompile(`(?:` + ordinals + `|` + dayOf + `)` + `(?:[ -]{1,2}|-)?(?:of |the )?(?:ماه )?$`)
	afterMonth  = regexp.MustCompile(`^\.?(?:(?:[ -]|, ){1,2}(?:the )?(?:ماه )?(?:` + dayOf + `\b)(?:,? ?-? ?(?:of )?(?:` + yearOf + `|'[0-9]{2})\b)?|(?: ماه)?(?:[ -]|, ){1,2}(?:of |سال )?(?:` + yearOf + `|'[0-9]{2}|[0-9]{2})\b)` + clockTime)
)

// dates finds days, written in digits or with the name of a month, in the calendars of English and Persian. A year alone
// tells too little to be hidden; so does a month.
func dates(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if finds.covered[start] {
			continue
		}
		switch {
		case isDigit(word[0]):
			numericDay(t, finds, start, word)
		case months[word]:
			namedDay(t, finds, w)
		}
	}
}

func numericDay(t *Text, finds *Finds, start int, word string) {
	if datesRun.MatchString(word) {
		finds.Add(start, start+len(word), Date, "date.digits", Likely)
		return
	}
	if len(word) > 4 || start > 0 && strings.IndexByte("/.-", t.Small[start-1]) >= 0 && start > 1 && isDigit(t.Small[start-2]) {
		return
	}
	part := numericDate.FindStringSubmatch(stretch(t.Small, start, 64))
	if part == nil || strings.TrimSpace(part[2]) != strings.TrimSpace(part[4]) {
		return
	}
	end := start + len(part[0])
	if end < len(t.Small) && isDigit(t.Small[end]) || end+1 < len(t.Small) && t.Small[end] == strings.TrimSpace(part[2])[0] && isDigit(t.Small[end+1]) {
		return
	}
	if isDay(part[1], part[3], part[5], strings.TrimSpace(part[2]) == ".") {
		finds.Add(start, end, Date, "date.numeric", Likely)
	}
}

// isDay tells whether three numbers are a day: year, month and day from either end, in any order that people use.
func isDay(first, second, third string, dots bool) bool {
	a, b, c := plainInt(first), plainInt(second), plainInt(third)
	switch {
	case len(first) == 4:
		return isYear(a) && len(third) <= 2 && monthAndDay(b, c)
	case len(third) == 4:
		return isYear(c) && len(first) <= 2 && monthAndDay(a, b)
	case len(third) == 2 && len(first) <= 2:
		return monthAndDay(a, b) && (!dots || len(first) == 2 && len(second) == 2) || !dots && monthAndDay(b, c)
	}
	return false
}

func isYear(year int) bool { return year >= 1250 && year <= 1500 || year >= 1850 && year <= 2150 }

func monthAndDay(a, b int) bool {
	return a >= 1 && b >= 1 && (a <= 12 && b <= 31 || a <= 31 && b <= 12)
}

func plainInt(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return -1
	}
	return n
}

// months whose names are nothing else need no more than a day or a year beside them, and the others don't either: "may 5".
var months = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range strings.Fields(`january february march april may june july august september october november december
		jan feb mar apr jun jul aug sep sept oct nov dec
		فروردین اردیبهشت خرداد تیر مرداد امرداد شهریور مهر ابان اذر دی بهمن اسفند
		ژانویه فوریه مارس اوریل مه ژوین ژوئن ژوییه جولای اوت اگوست سپتامبر اکتبر نوامبر دسامبر
		محرم رجب شعبان رمضان شوال`) {
		all[read("", name).Small] = true
	}
	return all
}()

// mayBeDay spares most words the expression: a day ends in a digit, or as an ordinal does.
func mayBeDay(before string) bool {
	before = strings.TrimSuffix(strings.TrimRight(before, " -"), "ماه")
	for _, between := range []string{" of", " the"} {
		before = strings.TrimSuffix(before, between)
	}
	before = strings.TrimRight(before, " -")
	if before == "" {
		return false
	}
	for _, end := range []string{"st", "nd", "rd", "th", "م", "اول"} {
		if strings.HasSuffix(before, end) {
			return true
		}
	}
	return isDigit(before[len(before)-1])
}

// verbs are months that are other words too.
var verbs = map[string]bool{"may": true, "march": true, "mar": true, "تیر": true, "دی": true, "مهر": true, "مه": true}

var (
	yearAtEnd = regexp.MustCompile(`[0-9]{4}`)
	asDay     = regexp.MustCompile(`(?:\b(?:on|since|by|until|till|from|of|before|after|to)|,) $`)
)

func namedDay(t *Text, finds *Finds, month Word) {
	start, end := int(month.Start), int(month.End)
	before, after := "", ""
	if nearby := t.Small[runeStart(t.Small, start-40):start]; mayBeDay(nearby) {
		before = beforeMonth.FindString(nearby)
	}
	if digitsIn(stretch(t.Small, end, 20)) > 0 {
		after = afterMonth.FindString(stretch(t.Small, end, 64))
	}
	if from := start - len(before); before != "" && from > 0 && (isDigit(t.Small[from-1]) || t.Small[from-1] == '.') {
		before = ""
	}
	if before == "" && (after == "" || verbs[t.Small[start:end]] && !yearAtEnd.MatchString(after) && !month.Capital(t) && !asDay.MatchString(t.Small[max(0, start-8):start])) {
		return
	}
	finds.Add(start-len(before), end+len(after), Date, "date.month", Likely)
}

// runeStart is the first byte of a character at or after an offset.
func runeStart(s string, from int) int {
	from = max(0, from)
	for from < len(s) && !utf8.RuneStart(s[from]) {
		from++
	}
	return from
}
