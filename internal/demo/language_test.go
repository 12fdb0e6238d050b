package demo_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

func TestTextIsCleanAndPersianIsPersian(t *testing.T) {
	t.Parallel()
	everyWord(load(t), func(where, language, text string) {
		for _, r := range text {
			switch {
			case unicode.Is(unicode.Bidi_Control, r), r == '\u200b', r == '\ufeff', r == '\u200d':
				t.Errorf("%s has an invisible %U", where, r)
			case unicode.IsControl(r) && r != '\n':
				t.Errorf("%s has a control character %U", where, r)
			case language == "fa" && strings.ContainsRune("يكىة?;%٠١٢٣٤٥٦٧٨٩", r):
				t.Errorf("%s has a %q that Persian doesn't use", where, r)
			case language == "en" && unicode.Is(unicode.Arabic, r):
				t.Errorf("%s has a %q in English", where, r)
			}
		}
		if language == "fa" {
			for _, mistake := range misspelt(text) {
				t.Errorf("%s has %s", where, mistake)
			}
		}
	})
}

// mistakes are what a careful Persian editor would mark.
var mistakes = map[string]*regexp.Regexp{
	"a verb prefix without a half-space":     regexp.MustCompile(`(?:^|[\s«(])ن?می \p{Arabic}{2,}`),
	"a plural ending without a half-space":   regexp.MustCompile(`\p{Arabic} ها(?:ی|یی|یم|یت|یش)?(?:[\s.،؟!:»]|$)`),
	"a half-space at the edge of a word":     regexp.MustCompile(`(?:^|\s)\x{200c}|\x{200c}(?:[\s\x{200c}.،؛:!؟»]|$)`),
	"a space before a punctuation mark":      regexp.MustCompile(` [،؛؟!.:»]`),
	"no space after a comma":                 regexp.MustCompile(`،[^\s»۰-۹]`),
	"a Latin comma, digit or quotation mark": regexp.MustCompile(`\p{Arabic}[,"]|[,"]\p{Arabic}|[0-9]`),
	"two spaces":                             regexp.MustCompile(`  `),
}

func misspelt(text string) (found []string) {
	for mistake, expression := range mistakes {
		if at := expression.FindString(text); at != "" {
			found = append(found, fmt.Sprintf("%s: %q", mistake, at))
		}
	}
	return found
}

func TestMisspeltFindsEachMistake(t *testing.T) {
	t.Parallel()
	if found := misspelt("«می‌روم، کتاب‌ها را می‌آورم؟» سمی است و خنک می‌شود، ۲۰ بار."); len(found) > 0 {
		t.Errorf("good Persian is marked: %q", found)
	}
	for text, want := range map[string]string{
		"من می روم":   "a verb prefix",
		"نمی دانم":    "a verb prefix",
		"کتاب ها":     "a plural ending",
		"کتاب های ما": "a plural ending",
		"می‌ روم":     "a half-space at the edge",
		"رفت ؟":       "a space before",
		"رفت،آمد":     "no space after",
		"رفت, آمد":    "a Latin comma",
		"20 بار":      "a Latin comma",
		"رفت  آمد":    "two spaces",
	} {
		if found := strings.Join(misspelt(text), "\n"); !strings.Contains(found, want) {
			t.Errorf("%q: found %q, want %q", text, found, want)
		}
	}
}

func TestNobodyNamesADose(t *testing.T) {
	t.Parallel()
	dose := regexp.MustCompile(`(?i)\d\s?(mg|mcg|µg|ml|units?|iu)\b|[۰-۹]\s?(میلی‌گرم|واحد|سی‌سی|قرص)`)
	for _, example := range []string{"take 4 units", "500mg", "۲ واحد"} {
		if !dose.MatchString(example) {
			t.Errorf("%q isn't seen as a dose", example)
		}
	}
	everyWord(load(t), func(where, _, text string) {
		if found := dose.FindString(text); found != "" {
			t.Errorf("%s names a dose: %q", where, found)
		}
	})
}
