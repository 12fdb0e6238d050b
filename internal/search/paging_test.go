package search_test

import (
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search"
)

// Somebody pages through posts that answer equally well, while the post at which a page ended is taken back or says
// something else: what was not touched comes once each, in both directions.
func TestPagesGoOnWhereTheyWere(t *testing.T) {
	t.Parallel()
	for name, changes := range map[string]func(p *place, i int){
		"deleted":    func(p *place, i int) { p.deletes(i) },
		"edited":     func(p *place, i int) { p.edits(i, "river river river") }, // and answers better than all
		"other word": func(p *place, i int) { p.edits(i, "tea") },
	} {
		for _, how := range []string{"segments", "tags"} {
			for _, kept := range []bool{false, true} {
				t.Run(name+", by "+how, func(t *testing.T) {
					t.Parallel()
					p := newPlace(t)
					p.searchedBy(how)
					p.opens("Harbour", "garden")
					for range search.Enough {
						p.replies(p.ada, "garden and river")
					}
					if kept {
						p.keeps()
					}
					p.pages(changes)
				})
			}
		}
	}
}

func (p *place) pages(changes func(p *place, i int)) {
	p.t.Helper()
	const limit, change = 7, 4
	var there, back []uuid.UUID
	touched := map[uuid.UUID]bool{}
	ask := page.Ask[search.Position]{Limit: limit}
	for n := 0; ; n++ {
		answer := p.page(ask)
		for _, hit := range answer.Items {
			there = append(there, hit.ID)
		}
		if answer.Next == nil {
			ask.From, ask.Backward = answer.Prev, true
			break
		}
		if n == change {
			last := there[len(there)-1]
			touched[last] = true
			changes(p, slices.IndexFunc(p.posts, func(one post) bool { return one.id == last }))
		}
		ask.From = answer.Next
	}
	for n := 0; ask.From != nil; n++ {
		answer := p.page(ask)
		for _, hit := range slices.Backward(answer.Items) {
			back = append(back, hit.ID)
		}
		if n == change && answer.Prev != nil {
			last := answer.Items[0].ID
			touched[last] = true
			changes(p, slices.IndexFunc(p.posts, func(one post) bool { return one.id == last }))
		}
		ask.From = answer.Prev
	}
	untouched := func(ids []uuid.UUID) []uuid.UUID {
		return slices.DeleteFunc(slices.Clone(ids), func(id uuid.UUID) bool { return touched[id] })
	}
	for _, ids := range [][]uuid.UUID{there, back} {
		if ids = sorted(untouched(ids)); len(slices.Compact(slices.Clone(ids))) < len(ids) {
			p.t.Errorf("some come twice among %d", len(ids))
		}
	}
	if n := len(untouched(there)); n < search.Enough-2 {
		p.t.Errorf("there: %d posts", n)
	}
	if n := len(untouched(back)); n < search.Enough-2-limit {
		p.t.Errorf("back: %d posts", n)
	}
}

func (p *place) page(ask page.Ask[search.Position]) search.Answer {
	p.t.Helper()
	answer, err := p.index.Search(p.t.Context(), p.ada, p.in, search.Question{Words: "river"}, ask)
	if err != nil {
		p.t.Fatal(err)
	}
	return answer
}
