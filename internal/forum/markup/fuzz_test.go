package markup_test

import (
	"os"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/forum/markup"
)

func FuzzRender(f *testing.F) {
	for _, source := range hostile {
		f.Add(source)
	}
	for _, name := range []string{"testdata/en.md", "testdata/fa.md"} {
		source, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(source))
	}
	f.Fuzz(func(t *testing.T, source string) {
		rendered, err := markup.Render(source)
		if err != nil {
			if markup.Check(source) == nil {
				t.Fatalf("%q passes the check and is not rendered: %v", source, err)
			}
			return
		}
		inspect(t, source, rendered)
		if again := markup.Sanitise(rendered); again != rendered {
			t.Fatalf("%q gives %q, which is cleaned to %q", source, rendered, again)
		}
	})
}

func BenchmarkRender(b *testing.B) {
	en := "Thank you for writing this down. When I started I thought that everybody else had it **under control** and that I was the only one " +
		"who woke up at three and counted. I am not.\n\nWhat has worked for me so far:\n\n- a walk after dinner, even a short one\n- telling my brother, who now asks\n" +
		"- keeping the numbers in a notebook and not in my head\n\n> it gets quieter after the second month\n\nIt did, and I wanted you to know that somebody further along the " +
		"road reads this. The page that helped me is https://example.org/first-year and the rest is *patience*."
	fa := "ممنون که این را نوشتی. وقتی شروع کردم فکر می‌کردم بقیه همه‌چیز را **زیر نظر** دارند و فقط من هستم که نیمه‌شب بیدار می‌شوم و می‌شمارم. این‌طور نیست.\n\n" +
		"چیزهایی که تا امروز به من کمک کرده:\n\n- کمی پیاده‌روی بعد از شام\n- گفتن به برادرم، که حالا حالم را می‌پرسد\n- نوشتن عددها در دفتر، نه نگه داشتنشان در سر\n\n" +
		"> از ماه دوم آرام‌تر می‌شود\n\nهمین‌طور هم شد، و خواستم بدانی کسی که کمی جلوتر است این را می‌خواند. صفحه‌ای که به من کمک کرد https://example.org/fa بود و بقیه‌اش *صبر* است. " +
		"هر وقت خواستی بنویس، حتی اگر فقط برای این باشد که بگویی امروز هم گذشت."
	for name, source := range map[string]string{"en": en, "fa": fa, "words": strings.TrimSpace(strings.Repeat("plain words and nothing else ", 21))} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(source)))
			for b.Loop() {
				render(b, source)
			}
		})
	}
}
