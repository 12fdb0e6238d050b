package persona

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"github.com/hamyar/hamyar/internal/fault"
)

const (
	shortest = 2   // characters, as a reader counts them
	longest  = 40  // characters, as a reader counts them
	mostUTF8 = 640 // bytes; anything over it is too long before anybody looks at it
	zwnj     = '\u200c'
)

// Name is a display name that passed ParseName. It prints as a mask: use Reveal to show it to somebody who may read it.
type Name struct{ text string }

// ParseName accepts a display name as a member typed it and returns it tidied: in NFC, trimmed, with single spaces,
// and without joiners that change nothing. Its faults are name_too_short, name_too_long, name_characters,
// name_contact (it looks like an address, a link or a number), name_confusable and name_reserved.
func ParseName(s string) (Name, error) {
	if len(s) > mostUTF8 {
		return Name{}, fault.New(fault.NameTooLong)
	}
	if !utf8.ValidString(s) {
		return Name{}, fault.New(fault.NameCharacters)
	}
	text := tidy(s)
	name := Name{text}
	switch length := uniseg.GraphemeClusterCount(text); {
	case length < shortest:
		return Name{}, fault.New(fault.NameTooShort)
	case length > longest:
		return Name{}, fault.New(fault.NameTooLong)
	case contact(text):
		return Name{}, fault.New(fault.NameContact)
	case !spelled(text) || name.Folded() == "":
		return Name{}, fault.New(fault.NameCharacters)
	case !oneScript(text):
		return Name{}, fault.New(fault.NameConfusable)
	case reserved(text):
		return Name{}, fault.New(fault.NameReserved)
	}
	return name, nil
}

// Reveal is the name as it is shown to members.
func (n Name) Reveal() string { return n.text }

// Format masks the name for every verb of fmt.
func (n Name) Format(s fmt.State, _ rune) { io.WriteString(s, "[name]") }

// LogValue masks the name in logs.
func (n Name) LogValue() slog.Value { return slog.StringValue("[name]") }

// tidy brings s to the one form that is stored. What it can't mend is left for spelled to refuse.
func tidy(s string) string {
	words := strings.FieldsFunc(norm.NFC.String(strings.TrimSpace(s)), func(r rune) bool { return unicode.Is(unicode.Zs, r) })
	runes := []rune(strings.Join(words, " "))
	kept := runes[:0]
	for i, r := range runes {
		if r == zwnj && idle(kept, runes[i+1:]) {
			continue
		}
		kept = append(kept, r)
	}
	return string(kept)
}

// idle says that a zero-width non-joiner between two Arabic-script letters changes nothing, because the letter
// before it never joins to its left: keyboards leave such joiners behind, and nobody sees them.
func idle(before, after []rune) bool {
	if len(after) == 0 || !unicode.Is(unicode.Arabic, after[0]) {
		return false
	}
	last := lastLetter(before)
	return last != 0 && unicode.Is(unicode.Arabic, last) && !joinsLeft(last)
}

// lastLetter is the letter that the marks at the end of runes sit on, or 0.
func lastLetter(runes []rune) rune {
	for i := len(runes) - 1; i >= 0; i-- {
		if unicode.IsLetter(runes[i]) {
			return runes[i]
		}
		if !unicode.Is(unicode.Mn, runes[i]) {
			break
		}
	}
	return 0
}

// joinsLeft says whether an Arabic-script letter connects to the one after it. Those that don't have Joining_Type R
// or U in Unicode's ArabicShaping.txt.
func joinsLeft(r rune) bool { return unicode.Is(unicode.Arabic, r) && !unicode.Is(neverJoinsLeft, r) }

var neverJoinsLeft = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0621, Hi: 0x0625, Stride: 1},
	{Lo: 0x0627, Hi: 0x0629, Stride: 2},
	{Lo: 0x062f, Hi: 0x0632, Stride: 1},
	{Lo: 0x0648, Hi: 0x0648, Stride: 1},
	{Lo: 0x0671, Hi: 0x0677, Stride: 1},
	{Lo: 0x0688, Hi: 0x0699, Stride: 1},
	{Lo: 0x06c0, Hi: 0x06c0, Stride: 1},
	{Lo: 0x06c3, Hi: 0x06cb, Stride: 1},
	{Lo: 0x06cd, Hi: 0x06cf, Stride: 2},
	{Lo: 0x06d2, Hi: 0x06d5, Stride: 1},
	{Lo: 0x06ee, Hi: 0x06ef, Stride: 1},
	{Lo: 0x075a, Hi: 0x075b, Stride: 1},
	{Lo: 0x076b, Hi: 0x076c, Stride: 1},
	{Lo: 0x0771, Hi: 0x0771, Stride: 1},
	{Lo: 0x0773, Hi: 0x0774, Stride: 1},
	{Lo: 0x0778, Hi: 0x0779, Stride: 1},
	{Lo: 0x0870, Hi: 0x0882, Stride: 1},
	{Lo: 0x088e, Hi: 0x088e, Stride: 1},
	{Lo: 0x08aa, Hi: 0x08ae, Stride: 1},
	{Lo: 0x08b1, Hi: 0x08b2, Stride: 1},
	{Lo: 0x08b9, Hi: 0x08b9, Stride: 1},
}}
