package persona_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/persona"
)

func TestNamesPeopleChoose(t *testing.T) {
	for in, want := range map[string]string{
		"Quiet River":            "Quiet River",
		"  Quiet \u00a0 River  ": "Quiet River",
		"نسیم آرام":              "نسیم آرام",
		"می\u200cخوانم":          "می\u200cخوانم",
		"کار\u200cها":            "کارها", // the joiner after ر changes nothing and goes
		"مریم 2":                 "مریم 2",
		"مریم ۲":                 "مریم ۲",
		"Jose\u0301":             "José",
		"O’Neil":                 "O’Neil",
		"J. R.":                  "J. R.",
		"Anne-Marie":             "Anne-Marie",
		"Nguyễn Thị":             "Nguyễn Thị",
		"Ольга":                  "Ольга",
		"ジョン・スミス":                "ジョン・スミス",
		"山田たろう":                  "山田たろう",
		"김하늘":                    "김하늘",
		"สายน้ำ":                 "สายน้ำ",
		"आशा किरण":               "आशा किरण",
		"محمّد":                  "محمّد",
		"שָׁלוֹם":                norm.NFC.String("שָׁלוֹם"),
		"Straße":                 "Straße",
		"Badminton":              "Badminton",
		"مناظر":                  "مناظر",
	} {
		name, err := persona.ParseName(in)
		if err != nil {
			t.Errorf("%+q: %v", in, err)
		} else if name.Reveal() != want {
			t.Errorf("%+q became %+q, want %+q", in, name.Reveal(), want)
		}
	}
}

func TestNamesRefused(t *testing.T) {
	for code, names := range map[fault.Code][]string{
		fault.NameTooShort: {"", " ", "A", "\u00a0ب ", "e\u0301"},
		fault.NameTooLong:  {strings.Repeat("a", 41), strings.Repeat("ن", 41), strings.Repeat("a", 100_000)},
		fault.NameCharacters: {
			"Sara\u202e", "Sa\u2066ra", "Sa\u200fra", "Sa\u200bra", "Sa\u200cra", "Sa\u200dra", "Sa\u2060ra", "Sa\ufeffra", "Sa\u00adra",
			"Sa\x00ra", "Sa\nra", "Sa\tra", "Sa\u0085ra", "\xff\xfe", "Sa\ue000ra", "Sa\U0001fae9ra", "Sa\u0378ra", "\u0301Sara", "Sara \u0301x",
			"Sa\u0301\u0301ra", "Sa\u0316\u0317\u0318ra", "Sa\u034fra", "Sa\ufe0fra", "\u3164\u3164\u3164", "\u115fab", "𝓢𝓪𝓻𝓪", "Ｓａｒａ", "ﬁona", "ﷲﷲ",
			"--", "Sara--Lee", "-Sara", "Sara-", "Sara_Lee", "Sa/ra", "1234", "12", "Sara 🙂", "#Sara", "Sara۲2", "مریم ۲٢",
			"\u200cمریم", "مریم\u200c", "مر\u200c\u200cیم", "می\u200c روم", "<b>Sara</b>",
		},
		fault.NameContact: {
			"sara@example.com", "@sara", "www.sara", "sara.example", "https://x.example", "sara 09121234567", "sara۰۹۱۲۱۲۳", "مریم.سایت", "a＠bc",
		},
		fault.NameConfusable: {
			"Sаra", "Mаria", "Αlice", "Saraسارا", "Sara ۱", "Saـra", "Sa\u064era", "Ольga", "ᎪᏞice",
		},
		fault.NameReserved: {
			"admin", "ADMIN", "Admin 2", "adm1n", "Adrnin", "m0derator", "The Moderator", "Hamyar", "Ham yar", "Hamyar Team", "xHamyarx", "Nurse Joy", "Dr. Who",
			"Support", "Anonymous", "Deleted Member", "Mode-rator",
			"مدیر", "مدير", "مدیر انجمن", "ناظر", "ناظـر", "همیار", "هم\u200cیار", "هم یار", "همیاران", "دكتر سارا", "روان\u200cشناس", "پشتیبانی", "پشتیبانی ۲", "هیچ\u200cکس",
		},
	} {
		for _, in := range names {
			if name, err := persona.ParseName(in); err == nil {
				t.Errorf("%+q was accepted as %+q, want %s", in, name.Reveal(), code)
			} else if fault.CodeOf(err) != code {
				t.Errorf("%+q: %s, want %s", in, fault.CodeOf(err), code)
			}
		}
	}
}

func TestNameLengthIsWhatAReaderCounts(t *testing.T) {
	if _, err := persona.ParseName(strings.Repeat("x\u0323\u0307", 40)); err != nil {
		t.Fatalf("forty characters with their marks: %v", err)
	}
}

func TestNameIsNeverPrinted(t *testing.T) {
	name, err := persona.ParseName("Quiet River")
	if err != nil {
		t.Fatal(err)
	}
	var logged strings.Builder
	slog.New(slog.NewJSONHandler(&logged, nil)).Info("joined", "name", name, "all", []any{name})
	for _, printed := range []string{
		fmt.Sprint(name), fmt.Sprintf("%v %+v %#v %s %q %x", name, name, name, name, name, name), fmt.Sprintf("%v", &name),
		fmt.Sprintf("%+v", struct{ N persona.Name }{name}), logged.String(),
	} {
		if strings.Contains(printed, "River") || strings.Contains(printed, "5269766572") {
			t.Errorf("the name shows in %q", printed)
		}
	}
}

func FuzzParseName(f *testing.F) {
	for _, seed := range []string{"Quiet River", "نسیم آرام", "می\u200cخوانم", "Sаra", "a@b.c", "Sara\u202e", "\xff", "山田たろう", "x\u0323\u0307", "J. R."} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		name, err := persona.ParseName(in)
		if err != nil {
			if fault.CodeOf(err) == fault.Internal {
				t.Fatalf("%+q: %v", in, err)
			}
			return
		}
		text := name.Reveal()
		if n := uniseg.GraphemeClusterCount(text); !utf8.ValidString(text) || n < 2 || n > 40 || !norm.NFC.IsNormalString(text) {
			t.Fatalf("%+q became %+q", in, text)
		}
		for _, r := range text {
			if r != '\u200c' && !unicode.IsPrint(r) {
				t.Fatalf("%+q keeps %U", in, r)
			}
		}
		again, err := persona.ParseName(text)
		if err != nil || again != name {
			t.Fatalf("%+q is not stable: %+q, %v", text, again.Reveal(), err)
		}
		if name.Folded() == "" || persona.Fold(name.Folded()) != name.Folded() {
			t.Fatalf("%+q folds to %+q and then %+q", text, name.Folded(), persona.Fold(name.Folded()))
		}
	})
}
