package scrub

import (
	"regexp"
	"strings"
)

// ibans finds account numbers, in one piece or in groups of four. One whose check digits are wrong was mistyped.
func ibans(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start := int(w.Start)
		if int(w.End)-start < 4 || !ibanStart(t.Small[start:w.End]) {
			continue
		}
		length := ibanLengths[t.Small[start:start+2]]
		account := make([]byte, 0, length)
		end := start
		for end < len(t.Small) && len(account) < length {
			switch b := t.Small[end]; {
			case alnum(b):
				account = append(account, b)
			case (b == ' ' || b == '-') && end+1 < len(t.Small) && alnum(t.Small[end+1]):
			default:
				length = -1
			}
			end++
		}
		whole := end == len(t.Small) || !alnum(t.Small[end])
		switch {
		case len(account) != length || !whole:
		case iban(string(account)):
			finds.Add(start, end, ID, "id.iban", Certain)
		case digitsIn(string(account)) >= 10:
			finds.Add(start, end, ID, "id.iban_unchecked", Likely)
		}
	}
}

func ibanStart(word string) bool {
	return isDigit(word[2]) && isDigit(word[3]) && ibanLengths[word[:2]] > 0
}

func digitsIn(s string) (count int) {
	for i := range len(s) {
		if isDigit(s[i]) {
			count++
		}
	}
	return count
}

var (
	hexCode   = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b|^(?:[0-9a-f]{2}-){5}[0-9a-f]{2}\b`)
	insurance = regexp.MustCompile(`^[abceghj-prstw-z][abceghj-nprstw-z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[a-d]\b`)
	mixedCode = regexp.MustCompile(`^[a-z]{1,8}[0-9]{5,}[a-z0-9]*\b|^[0-9]{5,}[a-z][a-z0-9]*\b|^[a-z0-9]*[0-9][a-z0-9]*[a-z][a-z0-9]*\b`)
	amountEnd = regexp.MustCompile(`^[0-9]+(?:mg|mcg|ug|g|kg|ml|iu|units?|ms|km|hz|cal|kcal|s|k|m|x)$`)
)

// codes finds what is one person's by its look alone: identifiers in hexadecimal, numbers of national insurance, and
// letters mixed with so many digits that nobody says them.
func codes(t *Text, finds *Finds) {
	for _, w := range t.Words {
		start, word := int(w.Start), w.Of(t)
		if len(word) < 2 || finds.covered[start] {
			continue
		}
		digits := digitsIn(word)
		if digits == 6 || len(word) == 2 && numbersNext(stretch(t.Small, int(w.End), 2)) {
			if number := insurance.FindString(stretch(t.Small, start, 16)); number != "" {
				finds.Add(start, start+len(number), ID, "id.insurance", Certain)
				continue
			}
		}
		if digits == 0 && len(word) != 8 {
			continue
		}
		if code := hexCode.FindString(stretch(t.Small, start, 40)); code != "" && start+len(code) > int(w.End) {
			finds.Add(start, start+len(code), ID, "id.hex", Certain)
			continue
		}
		if digits >= 5 && digits < len(word) && len(word) >= 6 && mixedCode.MatchString(word) && !amountEnd.MatchString(word) {
			finds.Add(start, int(w.End), ID, "id.code", Possible)
		}
	}
}

// saidID is a code after the words that announce it: at least one digit in four characters or more.
var saidID = regexp.MustCompile(`^(?:[ :#=.,-]|\b(?:number|numbers|no|num|nr|code|id|is|was|my|the|are|it's)\b|شماره|کد|ملی|من|ام|است|هست|پستی|پرونده|برابر|با|:){0,14}?([a-z0-9](?:[a-z0-9/-]|[ ][0-9]){3,30})`)

// announcers are words that a code of somebody may follow, alone or with the word after them.
var announcers = map[string][]string{
	"passport": nil, "mrn": nil, "ssn": nil, "licence": nil, "license": nil, "nino": nil, "dni": nil, "nhs": nil,
	"medical": {"record"}, "hospital": {"number", "no"}, "patient": {"id", "number", "no"}, "policy": {"number", "no"}, "account": {"number", "no"},
	"member": {"id", "number", "no"}, "membership": {"id", "number", "no"}, "student": {"id", "number", "no"}, "employee": {"id", "number", "no"},
	"case": {"number", "no"}, "record": {"number", "no"}, "reference": {"number", "no"}, "driver": {"id", "license", "licence"}, "drivers": {"license", "licence"},
	"driver's": {"license", "licence"}, "insurance": {"number", "no", "id"}, "national": {"id", "insurance", "code"}, "id": {"number", "no", "card", "is"},
	"tracking": {"number", "code"}, "serial": {"number", "no"}, "kodemeli": nil, "meli": nil,
	"کد": {"ملی", "ملیم", "رهگیری", "بیمه", "پرسنلی"}, "کدملی": nil, "کدملیم": nil, "شماره": {"ملی", "پرونده", "شناسنامه", "بیمه", "دانشجویی", "پرسنلی", "حساب", "کارت", "گذرنامه", "پاسپورت", "نظام", "عضویت", "گواهینامه"},
	"گذرنامه": nil, "پاسپورت": nil, "شناسنامه": nil, "شبا": nil,
}

// announced finds codes by the words before them.
func announced(t *Text, finds *Finds) {
	for i, w := range t.Words {
		seconds, announces := announcers[w.Of(t)]
		if !announces {
			continue
		}
		end := int(w.End)
		if seconds != nil {
			if i+1 == len(t.Words) || !contains(seconds, t.Words[i+1].Of(t)) {
				continue
			}
			end = int(t.Words[i+1].End)
		}
		at := saidID.FindStringSubmatchIndex(stretch(t.Small, end, 96))
		if at == nil {
			continue
		}
		code := strings.TrimRight(t.Small[end+at[2]:end+at[3]], " -/")
		if spaced := strings.IndexByte(code, ' '); spaced > 0 && digitsIn(code[:spaced]) == 0 {
			code = code[:spaced]
		}
		if digitsIn(code) >= 3 && !finds.covered[end+at[2]] {
			finds.Add(end+at[2], end+at[2]+len(code), ID, "id.announced", Likely)
		}
	}
}

func contains(all []string, one string) bool {
	for _, each := range all {
		if each == one {
			return true
		}
	}
	return false
}
