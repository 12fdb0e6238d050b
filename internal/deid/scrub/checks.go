package scrub

import "strings"

// Check digits. Each wants digits alone; a number that fails is still somebody's, but of no known kind.

// luhn is the check of cards (ISO/IEC 7812), telephones and more.
func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0 && strings.Trim(digits, "0") != ""
}

// card tells whether digits are the number of a payment card: by length, by who issues such, by check digit.
func card(digits string) bool {
	return len(digits) >= 12 && len(digits) <= 19 && strings.IndexByte("123456", digits[0]) >= 0 && luhn(digits)
}

// nationalCode tells whether digits are a national code of Iran.
func nationalCode(digits string) bool {
	if len(digits) != 10 || strings.Count(digits, digits[:1]) == 10 {
		return false
	}
	sum := weighted(digits[:9], 10) % 11
	if sum >= 2 {
		sum = 11 - sum
	}
	return int(digits[9]-'0') == sum
}

// nhsNumber tells whether digits are a number of the health service of England and Wales.
func nhsNumber(digits string) bool {
	if len(digits) != 10 || strings.Count(digits, digits[:1]) == 10 {
		return false
	}
	check := (11 - weighted(digits[:9], 10)%11) % 11
	return check == int(digits[9]-'0') // a check of 10 is never given out
}

// weighted adds digits up, the first with the greatest weight and each with one less.
func weighted(digits string, weight int) (sum int) {
	for i := range len(digits) {
		sum += int(digits[i]-'0') * (weight - i)
	}
	return sum
}

// socialSecurity tells whether three groups can be a number of the social security of the United States, or one for
// taxes of those who have none.
func socialSecurity(area, group, serial string) bool {
	return len(area) == 3 && len(group) == 2 && len(serial) == 4 && area != "000" && area != "666" && group != "00" && serial != "0000"
}

// ibanLengths are those of countries (ISO 13616), with the two letters and the check digits.
var ibanLengths = map[string]int{
	"ad": 24, "ae": 23, "al": 28, "at": 20, "az": 28, "ba": 20, "be": 16, "bg": 22, "bh": 22, "br": 29, "by": 28, "ch": 21, "cr": 22,
	"cy": 28, "cz": 24, "de": 22, "dk": 18, "do": 28, "ee": 20, "eg": 29, "es": 24, "fi": 18, "fo": 18, "fr": 27, "gb": 22, "ge": 22,
	"gi": 23, "gl": 18, "gr": 27, "gt": 28, "hr": 21, "hu": 28, "ie": 22, "il": 23, "iq": 23, "ir": 26, "is": 26, "it": 27, "jo": 30,
	"kw": 30, "kz": 20, "lb": 28, "lc": 32, "li": 21, "lt": 20, "lu": 20, "lv": 21, "ly": 25, "mc": 27, "md": 24, "me": 22, "mk": 19,
	"mr": 27, "mt": 31, "mu": 30, "nl": 18, "no": 15, "pk": 24, "pl": 28, "ps": 29, "pt": 25, "qa": 29, "ro": 24, "rs": 22, "sa": 24,
	"sc": 31, "sd": 18, "se": 24, "si": 19, "sk": 24, "sm": 27, "so": 23, "st": 25, "sv": 28, "tl": 23, "tn": 24, "tr": 26, "ua": 29,
	"va": 22, "vg": 24, "xk": 20,
}

// iban tells whether letters and digits, small and without spaces, are an account number with right check digits.
func iban(account string) bool {
	if ibanLengths[account[:2]] != len(account) {
		return false
	}
	rest := 0
	for _, c := range []byte(account[4:] + account[:4]) {
		if c >= 'a' {
			rest = (rest*100 + int(c-'a') + 10) % 97
		} else {
			rest = (rest*10 + int(c-'0')) % 97
		}
	}
	return rest == 1
}
