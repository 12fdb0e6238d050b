package search_test

import (
	"testing"

	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search"
)

// Whoever can write into the database can take a segment away from questions, for as long as it takes to make it anew.
func TestADamagedSegmentIsMadeAnew(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"a directory is altered":   `UPDATE search_segment SET directory = set_byte(directory, 40, 255 - get_byte(directory, 40)) WHERE segment_id = $1`,
		"a directory is cut":       `UPDATE search_segment SET directory = '' WHERE segment_id = $1`,
		"pages are altered":        `UPDATE search_page SET box = set_byte(box, 40, 255 - get_byte(box, 40)) WHERE segment_id = $1`,
		"pages are taken away":     `DELETE FROM search_page WHERE segment_id = $1`,
		"pages come from another":  `UPDATE search_page p SET box = q.box FROM search_page q WHERE q.page = p.page AND q.segment_id <> p.segment_id AND p.segment_id = $1`,
		"a directory is another's": `UPDATE search_segment SET directory = (SELECT directory FROM search_segment WHERE segment_id <> $1 LIMIT 1) WHERE segment_id = $1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.opens("Harbour", "garden")
			for range 2 {
				for range search.Enough {
					p.replies(p.ada, "garden and river")
				}
				p.keeps()
			}
			keys, err := p.Store.SharedKeys(t.Context(), "segment", [16]byte{}, 10)
			if err != nil || len(keys) != 2 {
				t.Fatal(len(keys), err)
			}
			// Nothing of it is in memory.
			p.index = search.New(p.Forum, p.Store, p.Board, p.Policy, search.DefaultMemory, p.Clock.Now)
			told := 0
			p.index.OnDamage(func(segments int) { told += segments })
			if _, err := p.admin().Exec(t.Context(), sql, keys[0].Owner); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				answer, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "river"}, page.Ask[search.Position]{Limit: 300})
				if err != nil || answer.Complete || len(answer.Items) < search.Enough-1 || len(answer.Items) > search.Enough+1 {
					t.Fatalf("%d found, complete: %v, %v", len(answer.Items), answer.Complete, err)
				}
			}
			p.keeps()
			if told != 1 {
				t.Errorf("told of %d segments", told)
			}
			p.alike(search.Question{Words: "river"})
			all := p.stolen()
			if opened := p.opening(all); opened != len(all) {
				t.Errorf("%d of %d boxes open", opened, len(all))
			}
			if p.keeps(); told != 1 {
				t.Error("it is told again")
			}
		})
	}
}

func TestWhatStandsBesideATagMayBeAnything(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.searchedBy("tags")
	p.opens("Harbour", "garden")
	for range search.Enough {
		p.replies(p.ada, "garden and river")
	}
	p.keeps()
	if _, err := p.admin().Exec(t.Context(), `UPDATE search_tag SET docs = docs || ARRAY[-1, -2147483648, 2147483647, 5, 5]`); err != nil {
		t.Fatal(err)
	}
	p.alike(search.Question{Words: "river"})
}
