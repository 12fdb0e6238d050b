package scrub_test

import (
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/deid/scrub"
)

// post is what people write, with what must be found now and then.
const post = `I have been on 50 mg for three weeks and the nausea is awful, my doctor said that it would pass by may. Has anyone else
felt like this? I walk every day and it helps a little, but the nights are long and nobody here understands what it does to you.
My husband Peter drives me to the clinic on Mill Road, since the bus from Leeds takes two hours. Call me on 09123456789 or write to
sara@example.com. سلام دوستان، من سه هفته است که این دارو را می‌خورم و حالم خیلی بد است. دکترم گفت که کم کم خوب می‌شود، ولی شب‌ها
خوابم نمی‌برد و نمی‌دانم چه کار کنم. کسی تجربه‌ای دارد؟

`

func BenchmarkScrub(b *testing.B) {
	text := strings.Repeat(post, 100)
	scrubber := scrub.New()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, _, err := scrubber.Scrub(b.Context(), "", text); err != nil {
			b.Fatal(err)
		}
	}
}
