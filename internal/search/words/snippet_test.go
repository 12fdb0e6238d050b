package words_test

import (
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/search/words"
)

// marked writes a snippet with its hits in brackets.
func marked(pieces []words.Piece) string {
	var b strings.Builder
	for _, piece := range pieces {
		if piece.Hit {
			b.WriteString("[" + piece.Text + "]")
			continue
		}
		b.WriteString(piece.Text)
	}
	return b.String()
}

func TestSnippets(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		query, text string
		around      int
		want        string
	}{
		{"pains", "The pain is gone.", 20, "The [pain] is gone."},
		{"walk", english, 24, "…worked for me so far: a [walk] after dinner, even a…"},
		{"metformin", english, 24, "…was 7.4, and 500mg of [metformin] twice a day is easier…"},
		{"follow-up", english, 12, "…My doctor's [follow-up] is on the…"},
		{`"twice a day"`, english, 12, "…metformin [twice a day] is easier…"},
		{"everybody road", english, 16, "…I thought that [everybody] else had it…"},
		{"brother notebook", english, 40, "…dinner, even a short one; telling my [brother], who now asks; keeping the numbers in a [notebook] and not in my head. It gets quieter…"},
		{"nothing", english, 20, "Thank you for writing this down. When I…"},
		{"متفورمین", persian, 24, "…است و روزی ۵۰۰ میلی‌گرم [متفورمین] کافی است."},
		{"پیاده روی", persian, 15, "…کمک کرده: کمی [پیاده]‌روی بعد از شام…"},
		{"می‌شمارند", persian, 18, "…بیدار می‌شوم و [می‌شمارم]. این‌طور نیست.…"},
		{"دفتر", persian, 10, "…عددها در [دفتر]، نه نگه…"},
		{"دفت*", persian, 10, "…عددها در [دفتر]، نه نگه…"},
		{"د", "😀👩🏽‍⚕️ د 👨‍👩‍👧‍👦👨‍👩‍👧‍👦 پایان", 3, "…[د]…"},
		{"血糖", "糖尿病患者です。血糖値は七点二でした。", 4, "…者です。[血糖]値は七点…"},
		{"x", strings.Repeat("x", 1000), 10, "…"},
		{"xxx*", strings.Repeat("x", 1000), 10, "[" + strings.Repeat("x", 60) + "]…"},
		{"x", "", 10, ""},
	} {
		q, err := words.Parse(c.query)
		if err != nil {
			t.Fatal(err)
		}
		if got := marked(words.Snippet(c.text, q, c.around)); got != c.want {
			t.Errorf("%q: %q, want %q", c.query, got, c.want)
		}
	}
}
