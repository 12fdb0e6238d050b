package scrub

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// fewest digits that a number of somebody has. Shorter ones are counts, doses, years and readings.
const fewest = 7

// number is a run of groups of digits, as people set them apart.
type number struct {
	start, end int // bytes of Plain
	groups     []string
	gaps       []string // between them
	plus       bool
}

func (n number) digits() string { return strings.Join(n.groups, "") }

// shape is how long its groups are: "3-2-4".
func (n number) shape() string {
	var b strings.Builder
	for i, g := range n.groups {
		if i > 0 {
			b.WriteByte('-')
		}
		b.WriteByte("0123456789+"[min(len(g), 10)])
	}
	return b.String()
}

// numbers finds telephones, cards and the codes of persons, by their check digits, their shape, and the words before
// them. A number of seven digits or more that is no amount belongs to somebody until shown otherwise.
func numbers(t *Text, finds *Finds) {
	for i := 0; i < len(t.Small); {
		if !isDigit(t.Small[i]) || finds.covered[i] {
			i++
			continue
		}
		n := numberAt(t, finds, i)
		i = n.end
		if digits := n.digits(); (len(digits) >= fewest || short(t, n, digits)) && !helpLine(t, n, digits) {
			as, rule, strength := classify(t, n, digits)
			if as != "" {
				finds.Add(n.start, n.end+extension(t, n.end, as), as, rule, strength)
			}
		}
	}
}

// short tells whether six digits in groups are a telephone, for the words around them.
func short(t *Text, n number, digits string) bool {
	return len(digits) == 6 && len(n.groups) > 1 && (calledAfter.MatchString(stretch(t.Small, n.end, 16)) || says(wordsBefore(t, n.start), phoneCues))
}

var calledAfter = regexp.MustCompile(`^[ -]{0,3}\(?(?:office|mobile|cell|fax|home|work|tel)\b`)

func isDigit(b byte) bool { return b >= '0' && b <= '9' }

// numberAt reads a number from its first digit on. Two whole numbers side by side are two.
func numberAt(t *Text, finds *Finds, first int) number {
	n := number{start: first}
	for at := first; ; {
		n.end = digitsEnd(t, finds, at)
		n.groups = append(n.groups, t.Small[at:n.end])
		next := n.end
		for next < len(t.Small) && next < n.end+3 && strings.IndexByte(" -.()", t.Small[next]) >= 0 {
			next++
		}
		ends := digitsEnd(t, finds, next)
		if next == n.end || ends == next || len(n.groups) == 24 || n.end-at >= fewest && ends-next >= fewest {
			break
		}
		n.gaps, at = append(n.gaps, t.Small[n.end:next]), next
	}
	if n.start > 0 && t.Small[n.start-1] == '(' {
		n.start--
	}
	if n.start > 0 && t.Small[n.start-1] == '+' && !finds.covered[n.start-1] {
		n.start, n.plus = n.start-1, true
	}
	return n
}

// digitsEnd is where the digits end that begin at a byte that nobody has found anything at.
func digitsEnd(t *Text, finds *Finds, at int) int {
	for at < len(t.Small) && isDigit(t.Small[at]) && !finds.covered[at] {
		at++
	}
	return at
}

var (
	unitAfter  = regexp.MustCompile(`^ ?(?:mgs?|mcg|ug|μg|g|kg|mls?|l|iu|units?|u/ml|%|cells?|copies|steps|calories|kcal|cal|km|miles|people|views|followers|times|years?|hours?|minutes?|seconds?|dollars?|pounds?|euros?|tomans?|rials?|million|billion|تومان|تومن|ریال|دلار|یورو|میلی|میلیون|میلیارد|میکروگرم|گرم|کیلو|واحد|سلول|نفر|قدم|کالری|متر|عدد|بار|سال)(?:[^\pL\pN]|$)`)
	extensions = regexp.MustCompile(`^ ?(?:x|ext\.?|extension|داخلی) ?[0-9]{1,6}`)
	roundPair  = regexp.MustCompile(`^[0-9]+0-[0-9]+0$`)
)

// classify tells what a number is; no type where it is an amount.
func classify(t *Text, n number, digits string) (as Type, rule string, strength Strength) {
	before := wordsBefore(t, n.start)
	saysPhone := says(before, phoneCues)
	switch {
	case card(digits) && (len(n.groups) == 1 || len(n.groups[0]) == 4):
		return ID, "id.card", Certain
	case n.shape() == "3-2-4" && socialSecurity(n.groups[0], n.groups[1], n.groups[2]):
		return ID, "id.ssn", Certain
	case nationalCode(digits) && !saysPhone && (n.shape() == "+" || n.shape() == "3-6-1" || says(before, nationalCues)):
		return ID, "id.iran", Certain
	case nhsNumber(digits) && !saysPhone && (n.shape() == "+" || says(before, nhsCues) || n.shape() == "3-3-4" && n.gaps[0] == " "):
		return ID, "id.nhs", Certain
	case says(before, nhsCues) && len(digits) == 10:
		return ID, "id.nhs_unchecked", Likely
	case priced(t, n):
		return "", "", 0
	case n.plus || saysPhone && len(digits) <= 15 || dialled(digits):
		return Phone, "phone", Likely
	case isAmount(t, n):
		return "", "", 0
	case says(before, accountCues):
		return ID, "id.said", Likely
	case len(n.groups) > 1 && len(digits) <= 15:
		return Phone, "phone.shape", Possible
	}
	return ID, "id.number", Possible
}

// dialled tells whether digits are a telephone somewhere that members live: with the code that they dial at home, or
// from abroad with two zeros.
func dialled(digits string) bool {
	if len(digits) > 17 || len(digits) < 8 {
		return false
	}
	for _, region := range []string{"IR", "GB", "US"} {
		parsed, err := phonenumbers.Parse(digits, region)
		if err == nil && (region == "US" || digits[0] == '0') && phonenumbers.IsValidNumberForRegion(parsed, region) {
			return true
		}
	}
	parsed, err := phonenumbers.Parse("+"+strings.TrimPrefix(digits, "00"), "")
	return err == nil && strings.HasPrefix(digits, "00") && phonenumbers.IsValidNumber(parsed)
}

// isAmount tells whether a number counts something: a unit follows, its groups are thousands or
// the ends of a range, or it is a fraction.
func isAmount(t *Text, n number) bool {
	whole := t.Small[n.start:n.end]
	switch {
	case n.groups[0][0] == '0' && len(n.groups[0]) > 1:
		return false
	case len(n.groups) <= 2 && (unitAfter.MatchString(stretch(t.Small, n.end, 24)) || roundPair.MatchString(whole)):
		return true
	case n.start > 1 && t.Small[n.start-1] == ',' && isDigit(t.Small[n.start-2]):
		return true
	case len(n.groups) == 2 && n.gaps[0] == ".", len(n.groups) == 1 && strings.HasSuffix(n.groups[0], "00000"):
		return true
	}
	return thousands(n)
}

// priced tells whether a currency goes before a number.
func priced(t *Text, n number) bool {
	before := strings.TrimRight(t.Small[max(0, n.start-4):n.start], " ")
	return strings.HasSuffix(before, "$") || strings.HasSuffix(before, "£") || strings.HasSuffix(before, "€")
}

// thousands tells whether a number is written in groups of three that end in three zeros.
func thousands(n number) bool {
	last := len(n.groups) - 1
	if last < 1 || len(n.groups[0]) > 3 || n.groups[last] != "000" {
		return false
	}
	for i, group := range n.groups[1:] {
		if len(group) != 3 || n.gaps[i] != n.gaps[0] || len(n.gaps[i]) != 1 {
			return false
		}
	}
	return true
}

// extension is how long the number of a desk behind a telephone's is.
func extension(t *Text, end int, as Type) int {
	if as != Phone {
		return 0
	}
	return len(extensions.FindString(stretch(t.Small, end, 24)))
}
