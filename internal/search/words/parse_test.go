package words_test

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/search/words"
)

// shown writes a query in one line: alternatives with |, words of a phrase with +.
func shown(q words.Query) string {
	var clauses []string
	for _, clause := range q.Clauses() {
		var any []string
		for _, phrase := range clause.Any {
			var wants []string
			for _, want := range phrase {
				wants = append(wants, want.Term+map[bool]string{true: "*"}[want.Prefix])
			}
			any = append(any, strings.Join(wants, "+"))
		}
		clauses = append(clauses, map[bool]string{true: "-"}[clause.Without]+strings.Join(any, "|"))
	}
	return strings.Join(clauses, " ")
}

func TestQuestions(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"pain":                        "pain",
		"  Chest   PAINS ":            "chest pain",
		`"chest pains"`:               "chest+pain",
		`"the pain in my chest"`:      "the+pain+in+my+chest",
		"the pain in my chest":        "pain chest",
		"the":                         "the",
		"to be or not to be":          "to be or not to be",
		`the "who"`:                   "who",
		"diab*":                       "diab*",
		"diabetes* type":              "diabetes* type",
		"follow-up":                   "follow+up|followup",
		"follow-u*":                   "followu*",
		"pain -sugar":                 "pain -sugar",
		"pain -the":                   "pain",
		"pain -sug*":                  "pain -sug*",
		`pain -"white sugar"`:         "pain -white+sugar",
		`pain -"the"`:                 "pain -the",
		"pain - sugar":                "pain sugar",
		"pain -example.org":           "pain -exampl+org",
		`un"closed quote`:             "un close+quot",
		`"" pain "  "`:                "pain",
		"120/80":                      "120+80",
		"B12 ویتامین":                 "b+12|b12 ویتام",
		"«قند خون» می روم":            "قند+خون میرو",
		"قند\u200cخون -قرص‌ها":        "قند+خون|قندخ -قرص",
		"من درد دارم":                 "درد",
		"دیاب*":                       "دیاب*",
		"خطر؟ pain! (a) [b] {c} 100%": "خطر pain b c 100",
		`"B12 and follow-up"`:         "b+12+and+follow+up|b12+and+follow+up|b+12+and+followup|b12+and+followup",
	} {
		q, err := words.Parse(typed)
		if err != nil {
			t.Errorf("%q: %v", typed, err)
		} else if got := shown(q); got != want {
			t.Errorf("%q is read as %q, want %q", typed, got, want)
		}
	}
}

func TestQuestionsThatAreRefused(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]fault.Code{
		"":                              fault.Required,
		" \n\t ":                        fault.Required,
		"?! 😀 … \u200c\u064e":           fault.Required,
		`""`:                            fault.Required,
		"-sugar":                        fault.Required,
		"-sugar -the":                   fault.Required,
		"ab*":                           fault.TooShort,
		"pain ی*":                       fault.TooShort,
		"\xff\xfe":                      fault.BadEncoding,
		strings.Repeat("د", 201):        fault.TooLong,
		strings.Repeat("\xff", 4000):    fault.TooLong,
		strings.Repeat("pain ", 13):     fault.TooManyWords,
		`"a b c d e f g h i j k l m"`:   fault.TooManyWords,
		"1-2-3-4-5-6-7-8-9-10-11-12-13": fault.TooManyWords,
	} {
		_, err := words.Parse(typed)
		if fault.CodeOf(err) != want || errors.Unwrap(err) != nil {
			t.Errorf("%q gives %v, want %s", typed, err, want)
		}
	}
	if _, err := words.Parse(strings.Repeat("the ", 38) + strings.Repeat("pain ", 9)); err != nil {
		t.Errorf("stop words are counted: %v", err)
	}
}

// Six words that may each be written in two ways are not sixty-four phrases.
func TestSpellingsAreBounded(t *testing.T) {
	t.Parallel()
	q, err := words.Parse(`"a1 b2 c3 d4 e5 f6"`)
	if err != nil {
		t.Fatal(err)
	}
	if all := q.Clauses()[0].Any; len(all) != 8 || !q.Match("a-1 b2 c 3 d4 e5 f6") {
		t.Errorf("%d phrases: %s", len(all), shown(q))
	}
}

func TestAQuestionIsNotPrinted(t *testing.T) {
	t.Parallel()
	q, err := words.Parse("suicidal")
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewTextHandler(&log, nil)).Info("m", "q", q, "all", []any{q})
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "q", q, "all", []any{q})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&log, verb, q)
		fmt.Fprintf(&log, verb, &q)
		fmt.Fprintf(&log, verb, []any{q})
	}
	for _, telling := range []string{"suicid", fmt.Sprintf("%x", "suicid")} {
		if strings.Contains(log.String(), telling) {
			t.Errorf("it is: %s", log.String())
		}
	}
	if (words.Query{}).Match("anything") {
		t.Error("no question finds something")
	}
}
