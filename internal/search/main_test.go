package search_test

import (
	"cmp"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/search"
	"github.com/hamyar/hamyar/internal/search/words"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// place is a community whose posts are searched.
type place struct {
	*forumtest.World
	t     testing.TB
	index *search.Index
	in    uuid.UUID
	ada   member.Actor
	topic uuid.UUID
	posts []post // as they are, the opening first
}

type post struct {
	id      uuid.UUID
	version int32
	title   string
	text    string
	day     time.Time
	by      uuid.UUID
	number  int
}

func newPlace(t testing.TB) *place {
	t.Helper()
	p := &place{World: forumtest.New(t), t: t}
	p.index = search.New(p.Forum, p.Store, p.Board, p.Policy, search.DefaultMemory, p.Clock.Now)
	p.in = p.Found()
	p.ada = p.Join(uuid.New(), p.in, "Ada Hill")
	return p
}

func (p *place) opens(title, text string) {
	p.t.Helper()
	topic, _, err := p.Board.CreateTopic(p.t.Context(), p.ada, p.in, forum.NewTopic{Title: title, Text: text}, "")
	if err != nil {
		p.t.Fatal(err)
	}
	p.topic = topic.ID
	p.posts = append(p.posts, post{topic.Opening.ID, 1, title, text, topic.Opening.At.Truncate(24 * time.Hour), p.ada.Persona(p.in), 1})
}

func (p *place) replies(by member.Actor, text string) {
	p.t.Helper()
	made, _, err := p.Board.CreatePost(p.t.Context(), by, p.in, p.topic, text, "")
	if err != nil {
		p.t.Fatal(err)
	}
	p.posts = append(p.posts, post{made.ID, 1, "", text, made.At.Truncate(24 * time.Hour), by.Persona(p.in), made.Number})
}

func (p *place) edits(i int, text string) {
	p.t.Helper()
	edited, err := p.Board.EditPost(p.t.Context(), p.ada, p.in, p.posts[i].id, p.posts[i].version, text)
	if err != nil {
		p.t.Fatal(err)
	}
	p.posts[i].text, p.posts[i].version = text, edited.Version
}

func (p *place) deletes(i int) {
	p.t.Helper()
	if err := p.Board.DeletePost(p.t.Context(), p.ada, p.in, p.posts[i].id, p.posts[i].version); err != nil {
		p.t.Fatal(err)
	}
	p.posts = slices.Delete(p.posts, i, i+1)
}

// keeps lets the keeper go around, and says how many segments it wrote.
func (p *place) keeps() int {
	p.t.Helper()
	written, err := p.index.Keep(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	return written
}

// finds asks, page by page, and returns the posts in the order of the answer.
func (p *place) finds(by member.Actor, q search.Question, limit int) []uuid.UUID {
	p.t.Helper()
	var all []uuid.UUID
	ask := page.Ask[search.Position]{Limit: limit}
	for {
		answer, err := p.index.Search(p.t.Context(), by, p.in, q, ask)
		if err != nil {
			p.t.Fatalf("%q: %v", q.Words, err)
		}
		if !answer.Complete {
			p.t.Fatalf("%q: incomplete", q.Words)
		}
		for _, hit := range answer.Items {
			all = append(all, hit.ID)
		}
		if answer.Next == nil {
			return all
		}
		ask.From = answer.Next
	}
}

// reads is what reading every post would find, in no order.
func (p *place) reads(q search.Question) []uuid.UUID {
	p.t.Helper()
	query, err := words.Parse(q.Words)
	if err != nil {
		p.t.Fatal(err)
	}
	var all []uuid.UUID
	for _, one := range p.posts {
		if query.Match(one.title, one.text) && (q.Author == uuid.Nil || q.Author == one.by) &&
			(q.Kind == "" || (q.Kind == search.Openings) == (one.number == 1)) {
			all = append(all, one.id)
		}
	}
	return sorted(all)
}

func sorted(ids []uuid.UUID) []uuid.UUID {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return cmp.Compare(a.String(), b.String()) })
	return ids
}

// alike holds that search finds what reading finds.
func (p *place) alike(q search.Question) {
	p.t.Helper()
	found, read := p.finds(p.ada, q, 40), p.reads(q)
	if !slices.Equal(sorted(found), read) {
		p.t.Errorf("%q: search finds %d posts and reading %d", q.Words, len(found), len(read))
	}
}
