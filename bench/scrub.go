package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/deid/scrub"
)

// letters are what members write, in English and Persian; each holds two things that must never stay.
var letters = []struct {
	text    string
	secrets []string
}{
	{`I have been on 50 mg for three weeks and the nausea is awful. My doctor said that it would pass by now. Has anyone else felt like
this? I walk every day and it helps a little, but the nights are long and nobody here understands what it does to you. My husband
drives me to the clinic, since the bus takes two hours. Call me on 09123456789 or write to sara@example.com if you like.
`, []string{"09123456789", "sara@example.com"}},
	{`سلام دوستان، من سه هفته است که این دارو را می‌خورم و حالم خیلی بد است. دکترم گفت که کم کم خوب می‌شود، ولی شب‌ها خوابم
نمی‌برد و نمی‌دانم چه کار کنم. کسی تجربه‌ای دارد؟ شماره‌ام ۰۹۱۲۳۴۵۶۷۸۹ است و کد ملی‌ام ۰۴۹۹۳۷۰۸۹۹.
`, []string{"۰۹۱۲۳۴۵۶۷۸۹", "۰۴۹۹۳۷۰۸۹۹"}},
}

// scrubbing measures how many megabytes of members' words a core reads in a second, as posts and as one long text.
func scrubbing(ctx context.Context, p plan, out, _ io.Writer) error {
	var posts []string
	size := 0
	for size < 4_000_000 {
		text := letters[len(posts)%len(letters)].text
		posts, size = append(posts, text), size+len(text)
	}
	long := strings.Join(posts, "\n")
	scrubber := scrub.New()
	hidden := func(text string) error {
		scrubbed, _, err := scrubber.Scrub(ctx, "", text)
		if err != nil {
			return err
		}
		for _, letter := range letters {
			for _, secret := range letter.secrets {
				if strings.Contains(scrubbed, secret) {
					return fmt.Errorf("%d bytes were scrubbed and hold a secret", len(text))
				}
			}
		}
		return nil
	}
	if err := hidden(letters[0].text); err != nil { // lists are read once
		return err
	}
	var short, whole []float64
	for range p.rounds {
		begun := used()
		for _, text := range posts {
			if err := hidden(text); err != nil {
				return err
			}
		}
		short = append(short, pace(size, used()-begun))
		begun = used()
		if err := hidden(long); err != nil {
			return err
		}
		whole = append(whole, pace(size, used()-begun))
	}
	fmt.Fprintf(out, "scrub_mb_per_s %.2f MB/s\n", middle(short))
	fmt.Fprintf(out, "scrub_long_mb_per_s %.2f MB/s\n", middle(whole))
	return nil
}

// pace is megabytes a second.
func pace(size int, took time.Duration) float64 { return float64(size) / 1e6 / took.Seconds() }
