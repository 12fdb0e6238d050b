package search_test

import (
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/search"
	"github.com/hamyar/hamyar/internal/search/words"
)

// While some write, edit, take back and are forgotten, and the index is kept, an answer holds every post that answered all
// the while, and no post that did at no time.
func TestAnswersHoldWhileOthersWrite(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	for i := range 2 * search.Enough {
		if i == 0 {
			p.opens("Harbour", "garden")
		} else {
			p.replies(p.ada, "river and garden "+text(rand.New(rand.NewPCG(9, uint64(i))), 5)) //nolint:gosec // draws test cases
		}
	}
	p.keeps()
	steady := make([]uuid.UUID, 0, 100) // nobody touches these
	for _, one := range p.posts[1:101] {
		steady = append(steady, one.id)
	}
	var ended atomic.Bool
	var work, keeping sync.WaitGroup
	work.Go(func() {
		r := rand.New(rand.NewPCG(10, 11)) //nolint:gosec // draws test cases
		for range 150 {
			i := 101 + r.IntN(len(p.posts)-101)
			switch r.IntN(3) {
			case 0:
				p.edits(i, []string{"river and tea", "tea alone", "kestrel"}[r.IntN(3)])
			case 1:
				p.deletes(i)
			default:
				p.replies(p.ada, "river once more")
			}
		}
	})
	work.Go(func() {
		for range 8 {
			bo := p.Join(uuid.New(), p.in, p.suggested())
			for range 3 {
				if _, _, err := p.Board.CreatePost(t.Context(), bo, p.in, p.topic, "river by somebody who goes", ""); err != nil {
					t.Error(err)
					return
				}
			}
			who := bo.Persona(p.in)
			if err := errors.Join(p.Store.ErasePersona(t.Context(), who), p.Directory.Erase(t.Context(), p.in, who)); err != nil {
				t.Error(err)
				return
			}
			if _, err := p.Board.ErasePersona(t.Context(), p.in, who); err != nil {
				t.Error(err)
				return
			}
		}
	})
	keeping.Go(func() {
		for !ended.Load() {
			if _, err := p.index.Keep(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 2 {
		keeping.Go(func() {
			for !ended.Load() {
				p.looks(steady)
			}
		})
	}
	work.Wait()
	ended.Store(true)
	keeping.Wait()
	for range 2 {
		for _, words := range []string{"river", "garden", "kestrel", "tea -river", `"river and"`, "goes"} {
			p.alike(search.Question{Words: words})
		}
		p.keeps()
	}
}

var names atomic.Int32

// suggested is a name that nobody has.
func (p *place) suggested() string {
	n := names.Add(1)
	return "Guest " + string('A'+n/20) + string('a'+n%20)
}

// looks asks once.
func (p *place) looks(steady []uuid.UUID) {
	query, err := words.Parse("river")
	if err != nil {
		p.t.Error(err)
		return
	}
	answer, err := p.index.Search(p.t.Context(), p.ada, p.in, search.Question{Words: "river"}, page.Ask[search.Position]{Limit: 1000})
	if fault.CodeOf(err) == fault.Unavailable {
		return
	}
	if err != nil || !answer.Complete {
		p.t.Error(answer.Complete, err)
		return
	}
	seen := map[uuid.UUID]bool{}
	for _, hit := range answer.Items {
		if seen[hit.ID] || !query.Match(hit.Text.Reveal()) {
			p.t.Error("a post twice, or one that does not answer")
		}
		seen[hit.ID] = true
	}
	if slices.ContainsFunc(steady, func(id uuid.UUID) bool { return !seen[id] }) {
		p.t.Errorf("of %d posts that answer some are not among the %d found", len(steady), len(seen))
	}
}
