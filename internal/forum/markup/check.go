package markup

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/hamyar/hamyar/internal/fault"
)

const (
	longestText  = 40_000 // characters
	longestTitle = 200    // characters
)

// Check refuses what can't be a post: bad_encoding, too_long (over 40,000 characters), bad_characters (NUL and other
// control characters) and required (nothing that can be seen).
func Check(source string) error {
	if len(source) > longestText*utf8.UTFMax {
		return fault.New(fault.TooLong)
	}
	if !utf8.ValidString(source) {
		return fault.New(fault.BadEncoding)
	}
	if utf8.RuneCountInString(source) > longestText {
		return fault.New(fault.TooLong)
	}
	if strings.ContainsFunc(source, control) {
		return fault.New(fault.BadCharacters)
	}
	if blank(source) {
		return fault.New(fault.Required)
	}
	return nil
}

// Title returns a title as it is kept: one line in NFC, with single spaces and no hidden reordering. It refuses as
// Check does, over 200 characters.
func Title(s string) (string, error) {
	if len(s) > longestText {
		return "", fault.New(fault.TooLong)
	}
	if !utf8.ValidString(s) {
		return "", fault.New(fault.BadEncoding)
	}
	title := strings.Join(strings.Fields(norm.NFC.String(unmasked(s))), " ")
	switch {
	case strings.ContainsFunc(title, control):
		return "", fault.New(fault.BadCharacters)
	case blank(title):
		return "", fault.New(fault.Required)
	case utf8.RuneCountInString(title) > longestTitle:
		return "", fault.New(fault.TooLong)
	}
	return title, nil
}

// Alt returns what describes something in words as it is kept: lines in NFC, with single spaces and no hidden reordering.
// It refuses as Check does, over so many characters.
func Alt(s string, longest int) (string, error) {
	if len(s) > longestText {
		return "", fault.New(fault.TooLong)
	}
	if !utf8.ValidString(s) {
		return "", fault.New(fault.BadEncoding)
	}
	if strings.ContainsFunc(s, control) {
		return "", fault.New(fault.BadCharacters)
	}
	lines := strings.Split(norm.NFC.String(unmasked(s)), "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	alt := strings.Trim(strings.Join(lines, "\n"), "\n")
	switch {
	case blank(alt):
		return "", fault.New(fault.Required)
	case utf8.RuneCountInString(alt) > longest:
		return "", fault.New(fault.TooLong)
	}
	return alt, nil
}

func control(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' }

// blank says whether nothing in s leaves a mark on the page.
func blank(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsPrint(r) && !unicode.IsSpace(r) &&
			!unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) && r != '\u2800'
	})
}

// unmasked is s without the characters that make a reader see another order than the one written: embeddings,
// overrides and isolates. The joiners of Persian stay, and so do the marks that only settle the place of a full stop.
func unmasked(s string) string {
	if !strings.ContainsFunc(s, reorders) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if reorders(r) {
			return -1
		}
		return r
	}, s)
}

func reorders(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }
