package words_test

import (
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/search/words"
)

const english = `Thank you for writing this down. When I started I thought that everybody else had it under control and that I was the only one who woke up at three and counted. I am not.

What has worked for me so far: a walk after dinner, even a short one; telling my brother, who now asks; keeping the numbers in a notebook and not in my head. It gets quieter after the second month. It did, and I wanted you to know that somebody further along the road reads this. The page that helped me is https://example.org/first-year and the rest is patience. My doctor's follow-up is on the 12th: HbA1c was 7.4, and 500mg of metformin twice a day is easier than I feared.`

const persian = `ممنون که این را نوشتی. وقتی شروع کردم فکر می‌کردم بقیه همه‌چیز را زیر نظر دارند و فقط من هستم که نیمه‌شب بیدار می‌شوم و می‌شمارم. این‌طور نیست.

چیزهایی که تا امروز به من کمک کرده: کمی پیاده‌روی بعد از شام؛ گفتن به برادرم، که حالا حالم را می‌پرسد؛ نوشتن عددها در دفتر، نه نگه داشتنشان در سر. از ماه دوم آرام‌تر می‌شود. همین‌طور هم شد، و خواستم بدانی کسی که کمی جلوتر است این را می‌خواند. صفحه‌ای که به من کمک کرد https://example.org/fa بود و بقیه‌اش صبر است. هر وقت خواستی بنویس، حتی اگر فقط برای این باشد که بگویی امروز هم گذشت. دکترم گفت HbA1c من ۷٫۴ است و روزی ۵۰۰ میلی‌گرم متفورمین کافی است.`

func BenchmarkAnalyse(b *testing.B) {
	for name, text := range map[string]string{"en": english, "fa": persian, "zh": strings.Repeat("糖尿病患者", 120)} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				words.Analyse(text)
			}
		})
	}
}

func BenchmarkMatch(b *testing.B) {
	q, err := words.Parse(`"ماه دوم" پیاده‌روی -قرص`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if !q.Match(persian) {
			b.Fatal("not found")
		}
	}
}

func BenchmarkSnippet(b *testing.B) {
	q, err := words.Parse(`دکتر متفورمین`)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		words.Snippet(persian, q, 60)
	}
}
