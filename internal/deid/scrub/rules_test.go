package scrub

import (
	"fmt"
	"strings"
	"testing"
)

// found is what is hidden in a text, as "TYPE:words".
func found(t *testing.T, text string) []string {
	t.Helper()
	spans, err := New().Find(t.Context(), "", text)
	if err != nil {
		t.Fatal(err)
	}
	points := []rune(text)
	all := []string{}
	for _, s := range spans {
		all = append(all, fmt.Sprintf("%s:%s", s.Type, string(points[s.Start:s.End])))
	}
	return all
}

// Each text marks what must be found: {TYPE|words}. Nothing else of the rules' types may be.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, marked := range []string{
		"write to {EMAIL|john.smith+x@mail.example.co.uk}, please", "{EMAIL|Sara@Example.org}.", "({EMAIL|a@b.io})",
		"{EMAIL|jo\u200bhn@exa\u00admple.com}", "{EMAIL|ｊｏｈｎ＠ｅｘａｍｐｌｅ．ｃｏｍ}", "{EMAIL|jоhn@еxample.com} is masked",
		"{EMAIL|sara [at] gmail [dot] com} works", "{EMAIL|sara.k at gmail dot com}", "ایمیل من {EMAIL|sara@example.ir} است", "{EMAIL|sara @ gmail . com}",
		"follow {HANDLE|@lonely_walker9} or {HANDLE|u/sad_panda}", "my insta is {HANDLE|sara_1990}", "telegram: {HANDLE|mohsenk}", "اینستام {HANDLE|sara.k88} بود", "discord {HANDLE|moon#1234}",
		"see {URL|https://example.org/a?b=c#d}.", "({URL|www.example.org})", "{URL|example.com/me} there", "{URL|t.me/joinchat}", "{URL|https://fa.wikipedia.org/wiki/سرطان} را ببین",
		"from {IP|192.168.1.10} and {IP|2001:db8::ff00:42:8329}", "{IP|10.0.0.1}:8080", "{ID|00:1A:2b:3c:4d:5e}",
		"call {PHONE|+98 912 345 6789}", "{PHONE|09123456789}", "{PHONE|۰۹۱۲-۳۴۵-۶۷۸۹} زنگ بزن", "{PHONE|٠٩١٢٣٤٥٦٧٨٩}", "{PHONE|(978)645-9740x11144}", "{PHONE|+447700 921 916}", "{PHONE|021-88776655}",
		"{PHONE|0 9 1 2 3 4 5 6 7 8 9}", "{PHONE|467 3395}", "{PHONE|0044 20 7946 0018}",
		"code {ID|0499370899} and {ID|0790419904}", "کد ملی {ID|۰۴۹۹۳۷۰۸۹۹} است", "{ID|1234567890} is nobody's", "nhs {ID|943 476 5919}", "{ID|9434765919}",
		"ssn {ID|078-05-1120}", "{ID|4111 1111 1111 1111}", "{ID|4111111111111111}", "{ID|3782 822463 10005}", "iban {ID|GB82 WEST 1234 5698 7654 32}", "{ID|gb59ifue40226315499137}", "{ID|IR580540105180021273113007}",
		"{ID|AB 12 34 56 C}", "passport {ID|C01X00T47}", "MRN: {ID|00123-45}", "شماره پرونده {ID|۱۲۳۴۵}", "{ID|U62928788557186}", "{ID|550e8400-e29b-41d4-a716-446655440000}",
		"on {DATE|5 May 2020} and {DATE|May 5th, 2020}", "{DATE|2020-06-20 14:11:22}", "{DATE|3/23/1940}", "{DATE|12.05.1980}", "{DATE|۱۴۰۲/۰۵/۱۲}", "{DATE|۵ فروردین ۱۴۰۲}", "{DATE|پنجم مهر}", "{DATE|march 2019}", "on {DATE|may 2} it",
		"my gran is {AGE|92}", "a {AGE|97}-year-old", "مادرم {AGE|۹۲} ساله است", "she turned {AGE|101} today", "{AGE|ninety-two} years old", "{AGE|نود و دو} سالشه",
		"born in {DATE|1928} there",
		"I live at {ADDRESS|12 Acacia Avenue} now", "{ADDRESS|221B Baker Street, London NW1 6XE}", "at {ADDRESS|flat 3, 14 old mill road}", "{ADDRESS|Elm Street}", "{ADDRESS|SW1A 1AA}", "{ADDRESS|P.O. Box 1234}",
		"{ADDRESS|Søndergade 52}", "{ADDRESS|machelsesteenweg 197}", "{ADDRESS|خیابان ولیعصر، کوچه نسترن، پلاک ۱۲، واحد ۳} است", "کد پستی {ADDRESS|۱۲۳۴۵-۶۷۸۹۰}",
		"car {PLATE|AB12 CDE}", "{PLATE|۱۲ ب ۳۴۵ ایران ۶۷}", "plate number is {PLATE|abc-1234}", "my car is {PLATE|ab12 cde}", "{PLATE|ab12cde}",
		"{PHONE|oh seven seven double zero nine one two} is mine", "شماره من {PHONE|صفر نهصد و دوازده سیصد و چهل} است",
	} {
		text, want := unmarked(marked)
		if got := found(t, text); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s\ngot  %q\nwant %q", text, got, want)
		}
	}
}

func unmarked(marked string) (text string, want []string) {
	var b strings.Builder
	want = []string{}
	for {
		before, rest, more := strings.Cut(marked, "{")
		b.WriteString(before)
		if !more {
			return b.String(), want
		}
		inside, after, _ := strings.Cut(rest, "}")
		as, words, _ := strings.Cut(inside, "|")
		want = append(want, as+":"+words)
		b.WriteString(words)
		marked = after
	}
}

// What helps somebody, and names nobody, stays.
func TestWhatStays(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"take 20 mg twice, 1000-2000 IU, or 0.5 ml; 10 000 000 cells; 1,000,000 of them; $25000000",
		"bp 120/80, hba1c 6.5%, ferritin 12, b12 and cd4 350, t2 at 37.5, brca1, hla-b27, covid-19, f32.1, il-17a",
		"call 988, 911, 116 123, 0800 1111 or 1-800-273-8255; text HOME to 741741", "زنگ بزن به ۱۴۸۰ یا ۱۲۳ یا ۱۱۵", "the helpline is 0800 123 4567",
		"since 2014, in 1999, born in 1985, i am 34 and she is 61 years old", "از سال ۱۳۹۹، ۳۴ سالمه",
		"you may feel better in march; may 2 of us; the end.it was", "1/2 a tablet 3/4 of the time, 24/7 and 50/50",
		"i walk down the street, the wrong way, close the door in the park; it is a long road", "توی خیابون راه می‌رفتم. میدان را دیدم",
		"room 12, ward 5, page 92, 95% of people, 92 kg, 98 degrees", "version 1.2.3 at 10:30 and 10:30:45", "a::b and std::map", "one or two, three of four; یک دو سه بار", "cd34 and il17 rose, in20 cases", "at home at 5 at the dot",
		"see you at work dot dot dot", "telegram is slow and instagram is fun", "u/s scan and r/depression", "3.14159265", "50000 steps, 10000-20000 steps",
	} {
		if got := found(t, text); len(got) > 0 {
			t.Errorf("%s\nlost %q", text, got)
		}
	}
}
