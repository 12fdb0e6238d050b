package search_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/search"
)

var english = strings.Fields(`morning walk tea garden winter coat river bread letter friend quiet window slowly together doctor visit count
	stairs water music tired better worse afternoon patience neighbour kitchen follow-up 12 walking walked breathing`)

var persian = strings.Fields(`صبح پیاده‌روی چای باغ زمستان رودخانه نان نامه دوست آرام پنجره آهسته باهم پزشک دیدار می‌روم میروم پله آب موسیقی خسته
	بهتر بدتر عصر صبر همسایه آشپزخانه ۱۲ راه رفتن نفس کتاب‌ها`)

// text draws some words of both languages.
func text(r *rand.Rand, n int) string {
	from := english
	if r.IntN(2) == 0 {
		from = persian
	}
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		if r.IntN(12) == 0 {
			b.WriteString(persian[r.IntN(len(persian))])
			continue
		}
		b.WriteString(from[r.IntN(len(from))])
	}
	return b.String()
}

var questions = []string{
	"walk", "walking tea", `"river bread"`, "gard*", "morning -tea", "12", "۱۲", "میروم", "می‌روم", `"چای باغ"`, "دوست -نامه", "پیاده*",
	"follow-up", "followup", "quiet صبر", "nobodysaysthis", "کتاب", "the walk", `doctor visit -"slowly together"`,
}

func (p *place) fill(r *rand.Rand, n int) {
	for i := range n {
		if i%40 == 0 {
			p.opens(text(r, 3), text(r, 20))
			continue
		}
		p.replies(p.ada, text(r, 5+r.IntN(25)))
	}
}

func (p *place) askEverything() {
	p.t.Helper()
	for _, words := range questions {
		for _, kind := range []string{"", search.Openings, search.Replies} {
			p.alike(search.Question{Words: words, Kind: kind})
		}
	}
}

func TestSearchFindsWhatReadingFinds(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // draws test cases
	p := newPlace(t)
	p.fill(r, 150)
	p.askEverything() // all of it is read through
	p.fill(r, 150)
	if written := p.keeps(); written != 1 {
		t.Fatalf("%d segments were written", written)
	}
	p.askEverything() // all of it is in a segment
	p.fill(r, 60)
	for range 20 {
		i := r.IntN(len(p.posts))
		p.edits(i, text(r, 20))
		p.deletes(r.IntN(len(p.posts)))
	}
	p.askEverything() // some of it is old
	for round := range 3 {
		p.keeps()
		p.askEverything()
		p.fill(r, 250)
		p.keeps()
		p.askEverything()
		if t.Failed() {
			t.Fatal(fmt.Sprint("round ", round))
		}
	}
	if p.alike(search.Question{Words: "walk", Author: uuid.New()}); t.Failed() {
		t.Fatal("an author who wrote nothing")
	}
}
