package scrub

import (
	_ "embed" // helplines.txt
	"regexp"
	"strings"
)

// Help lines are public, and a text about them must go on helping. Each line: the digits as they are dialled, and whose.
//
//go:embed helplines.txt
var helpLineList string

var helpLines = func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(helpLineList) {
		if digits, _, found := strings.Cut(line, "\t"); found {
			all[digits] = true
		}
	}
	return all
}()

var (
	helpSaid = regexp.MustCompile(`help ?line|hot ?line|life ?line|crisis line|samaritans|childline|خط کمک|اورژانس اجتماعی|صدای مشاور`)
	tollFree = regexp.MustCompile(`^(?:\+?1)?8(?:00|33|44|55|66|77|88)[0-9]{7}$|^080[08][0-9]{6,7}$|^1[38]00[0-9]{6}$|^0300[0-9]{7}$|^0345[0-9]{7}$|^116[0-9]{3}$`)
)

// helpLine tells whether a number is a help line's: one that is known, or one that costs nothing and is called so.
func helpLine(t *Text, n number, digits string) bool {
	return helpLines[digits] || helpLines[strings.TrimPrefix(digits, "1")] ||
		tollFree.MatchString(digits) && helpSaid.MatchString(t.Small[max(0, n.start-64):n.start])
}
