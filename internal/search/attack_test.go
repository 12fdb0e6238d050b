package search_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/internal/sealed"
	"github.com/hamyar/hamyar/internal/search"
	"github.com/hamyar/hamyar/internal/search/segment"
	"github.com/hamyar/hamyar/migrations"
)

// admin is the superuser behind the forum database.
func (p *place) admin() *pgx.Conn {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), pgtest.Admin(p.t, migrations.Forum, p.ForumURL))
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(p.t.Context())) })
	return conn
}

func (p *place) number(sql string) (n int) {
	p.t.Helper()
	if err := p.admin().QueryRow(p.t.Context(), sql).Scan(&n); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// box is what a thief has of a segment.
type box struct {
	segment uuid.UUID
	place   sealed.Place
	bytes   []byte
}

// stolen are all boxes of all segments.
func (p *place) stolen() (all []box) {
	p.t.Helper()
	rows, err := p.admin().Query(p.t.Context(), `SELECT segment_id, -1, directory FROM search_segment UNION ALL SELECT segment_id, page, box FROM search_page`)
	if err != nil {
		p.t.Fatal(err)
	}
	var segment uuid.UUID
	var number int32
	var bytes []byte
	_, err = pgx.ForEachRow(rows, []any{&segment, &number, &bytes}, func() error {
		at := sealed.Place{Table: "search_page", Column: "box", Row: segment, Community: p.in, Version: number}
		if number < 0 {
			at = sealed.Place{Table: "search_segment", Column: "directory", Row: segment, Community: p.in}
		}
		all = append(all, box{segment, at, slices.Clone(bytes)})
		return nil
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return all
}

// opening counts the boxes that living keys open.
func (p *place) opening(all []box) (opened int) {
	p.t.Helper()
	for _, b := range all {
		ring, err := p.Store.Shared(p.t.Context(), "segment", b.segment)
		if errors.Is(err, fault.New(fault.NotFound)) {
			continue
		}
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := ring.Open(b.place, b.bytes); err == nil {
			opened++
		}
	}
	return opened
}

func TestWhatIsTakenBackEndsTheKeyOfItsSegment(t *testing.T) {
	t.Parallel()
	for name, takesBack := range map[string]func(p *place){
		"a post is edited":       func(p *place) { p.edits(3, "quiet") },
		"a post is deleted":      func(p *place) { p.deletes(3) },
		"a post is erased":       func(p *place) { p.erases(forum.Piece{Community: p.in, Post: p.posts[3].id, Version: 9}) },
		"a topic is erased":      func(p *place) { p.erases(forum.Piece{Community: p.in, Topic: p.topic, Version: 9}) },
		"a persona is forgotten": func(p *place) { p.forgets() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.opens("Harbour", "garden")
			for range search.Enough {
				p.replies(p.ada, "garden and river")
			}
			p.keeps()
			if _, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "river"}, page.Ask[search.Position]{Limit: 5}); err != nil {
				t.Fatal(err)
			}
			before := p.stolen()
			if opened := p.opening(before); opened != len(before) || opened == 0 {
				t.Fatalf("%d of %d boxes open", opened, len(before))
			}
			takesBack(p)
			p.keeps()
			if opened := p.opening(before); opened > 0 {
				t.Errorf("%d old boxes open", opened)
			}
			after := p.stolen()
			if opened := p.opening(after); opened != len(after) {
				t.Errorf("%d of %d new boxes open", opened, len(after))
			}
			if n := p.number(`SELECT count(*) FROM search_changed`); n > 0 {
				t.Errorf("%d posts are still noted", n)
			}
		})
	}
}

func (p *place) erases(piece forum.Piece) {
	p.t.Helper()
	done, err := p.Board.ErasePiece(p.t.Context(), piece, func(context.Context, uuid.UUID) error { return nil })
	if err != nil || !done {
		p.t.Fatal(done, err)
	}
}

func (p *place) forgets() {
	p.t.Helper()
	who := p.ada.Persona(p.in)
	if err := errors.Join(p.Store.ErasePersona(p.t.Context(), who), p.Directory.Erase(p.t.Context(), p.in, who)); err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.Board.ErasePersona(p.t.Context(), p.in, who); err != nil {
		p.t.Fatal(err)
	}
}

// A segment that was begun before something was taken back never holds it.
func TestWhatIsTakenBackWhileASegmentIsMadeIsNotInIt(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.opens("Harbour", "garden")
	for range search.Enough {
		p.replies(p.ada, "garden and river")
	}
	changes := 0
	p.index.At(func(step string) error {
		if step != "before the commit" {
			return nil
		}
		switch changes++; changes {
		case 1:
			p.deletes(5)
		case 2:
			p.edits(5, "tea")
		case 3:
			p.replies(p.ada, "garden again") // which changes nothing that was read
		}
		return nil
	})
	if written := p.keeps(); written != 1 || changes != 3 {
		t.Fatalf("%d segments after %d changes", written, changes)
	}
	if n := p.number(`SELECT docs FROM search_segment`); n != search.Enough {
		t.Errorf("%d posts are indexed", n)
	}
	if keys, err := p.Store.SharedKeys(t.Context(), "segment", uuid.Nil, 10); err != nil || len(keys) != 1 {
		t.Errorf("%d keys are left, %v", len(keys), err)
	}
	p.alike(search.Question{Words: "garden"})
	p.alike(search.Question{Words: "tea"})
}

var errCrash = errors.New("crash")

func TestACrashWhileASegmentIsMadeLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"before the commit", "after the commit"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			p.opens("Harbour", "garden")
			for range search.Enough {
				p.replies(p.ada, "garden and river")
			}
			p.keeps()
			old := p.stolen()
			p.deletes(7)
			p.index.At(func(step string) error {
				if step == at {
					return errCrash
				}
				return nil
			})
			if _, err := p.index.Keep(t.Context()); !errors.Is(err, errCrash) {
				t.Fatal(err)
			}
			// Another process goes on.
			p.index = search.New(p.Forum, p.Store, p.Board, p.Policy, 0, p.Clock.Now)
			p.alike(search.Question{Words: "river"})
			p.keeps()
			p.alike(search.Question{Words: "river"})
			if opened := p.opening(old); opened > 0 {
				t.Errorf("%d boxes open of a segment that is gone", opened)
			}
			if keys, err := p.Store.SharedKeys(t.Context(), "segment", uuid.Nil, 10); err != nil || len(keys) != 1 {
				t.Errorf("%d keys are left, %v", len(keys), err)
			}
		})
	}
}

// An older keystore was put back: the key of a segment is not in it.
func TestASegmentWithoutItsKeyIsMadeAnew(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.opens("Harbour", "garden")
	for range search.Enough {
		p.replies(p.ada, "garden and river")
	}
	p.keeps()
	keys, err := p.Store.SharedKeys(t.Context(), "segment", uuid.Nil, 10)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Store.EraseShared(t.Context(), "segment", keys[0].Owner); err != nil {
		t.Fatal(err)
	}
	answer, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "river"}, page.Ask[search.Position]{Limit: 5})
	if err != nil || answer.Complete || len(answer.Items) > 0 {
		t.Fatalf("%+v, %v", answer, err)
	}
	p.keeps()
	p.alike(search.Question{Words: "river"})
}

func TestSegmentsOfAnotherAnalysisAreReadThroughAndMadeAnew(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // draws test cases
	p.fill(r, search.Enough)
	p.keeps()
	if _, err := p.admin().Exec(t.Context(), `UPDATE search_segment SET analysis = 0`); err != nil {
		t.Fatal(err)
	}
	p.edits(9, text(r, 20))
	p.askEverything()
	if written := p.keeps(); written != 1 {
		t.Errorf("%d segments were made anew", written)
	}
	if n := p.number(`SELECT count(*) FROM search_segment WHERE analysis = 0`); n > 0 {
		t.Errorf("%d segments of another analysis are left", n)
	}
	p.askEverything()
}

// Somebody probes communities for a word, by all that an answer can differ in.
func TestAnOracleAcrossCommunitiesFindsNothing(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.opens("Harbour", "kestrels over the garden")
	p.keeps()
	eve := p.Member(uuid.New())
	hidden := p.Found(func(f *community.Founding) { f.Visibility, f.Sensitivity, f.Search = "hidden", 3, "segments" })
	elsewhere := p.Found()
	eve = p.Join(eve.Identity, elsewhere, "Eve")
	for _, words := range []string{"kestrels", "nobodysaysthis", "kest*", `"`, "-x"} {
		for in, want := range map[uuid.UUID]fault.Code{p.in: fault.MembersOnly, hidden: fault.NotFound, uuid.New(): fault.NotFound} {
			_, err := p.index.Search(t.Context(), eve, in, search.Question{Words: words}, page.Ask[search.Position]{Limit: 5})
			if fault.CodeOf(err) != want {
				t.Errorf("%q: %v, want %s", words, err, want)
			}
		}
	}
	for _, q := range []search.Question{{Words: "kestrels"}, {Words: "kestrels", Author: p.ada.Persona(p.in)}, {Words: "garden"}} {
		answer, err := p.index.Search(t.Context(), eve, elsewhere, q, page.Ask[search.Position]{Limit: 5})
		if err != nil || len(answer.Items) > 0 {
			t.Errorf("%+v, %v", answer, err)
		}
	}
	// A position in one answer is no key to another.
	answer, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "garden"}, page.Ask[search.Position]{Limit: 5})
	if err != nil || len(answer.Items) != 1 {
		t.Fatalf("%+v, %v", answer, err)
	}
	from := search.Position{Post: answer.Items[0].ID, Score: 9}
	answer, err = p.index.Search(t.Context(), eve, elsewhere, search.Question{Words: "garden"}, page.Ask[search.Position]{Limit: 5, From: &from})
	if err != nil || len(answer.Items) > 0 {
		t.Errorf("%+v, %v", answer, err)
	}
}

func TestACommunityThatSwitchesSearchOffHasNoIndex(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	p.fill(rand.New(rand.NewPCG(5, 6)), search.Enough) //nolint:gosec // draws test cases
	p.keeps()
	old := p.stolen()
	p.searchedBy("off")
	if _, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "garden"}, page.Ask[search.Position]{Limit: 5}); fault.CodeOf(err) != fault.SearchOff {
		t.Errorf("searched all the same: %v", err)
	}
	p.keeps()
	for _, table := range []string{"search_segment", "search_page", "search_tag", "search_place", "search_changed"} {
		if n := p.number(`SELECT count(*) FROM ` + table); n > 0 {
			t.Errorf("%d rows are left in %s", n, table)
		}
	}
	if opened := p.opening(old); opened > 0 {
		t.Errorf("%d boxes open", opened)
	}
	p.searchedBy("segments")
	p.keeps()
	p.askEverything()
}

// searchedBy changes how the community is searched.
func (p *place) searchedBy(how string) {
	p.t.Helper()
	by := p.Staff("operator")
	now, err := p.Directory.Read(p.t.Context(), by, p.in, "")
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := p.Directory.Edit(p.t.Context(), by, p.in, now.Version, community.Change{Search: &how}); err != nil {
		p.t.Fatal(err)
	}
}

func TestTagsFindWhatReadingFinds(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	r := rand.New(rand.NewPCG(7, 8)) //nolint:gosec // draws test cases
	p.fill(r, 3*search.Enough)
	p.keeps()
	p.searchedBy("tags")
	p.askTags() // while there are segments
	p.keeps()
	if pages, tags := p.number(`SELECT count(*) FROM search_page`), p.number(`SELECT count(*) FROM search_tag`); pages > 0 || tags == 0 {
		t.Errorf("%d pages and %d tags", pages, tags)
	}
	if most, all := p.number(`SELECT max(docs) FROM search_segment`), p.number(`SELECT sum(docs) FROM search_segment`); most > segment.MostTagged || all < 2*search.Enough {
		t.Errorf("%d of %d posts are tagged under one key", most, all)
	}
	p.fill(r, 50)
	for range 10 {
		p.edits(r.IntN(len(p.posts)), text(r, 20))
		p.deletes(r.IntN(len(p.posts)))
	}
	p.askTags()
	p.keeps()
	p.askTags()
	_, err := p.index.Search(t.Context(), p.ada, p.in, search.Question{Words: "gard*"}, page.Ask[search.Position]{Limit: 5})
	if fields := fault.Of(err).Fields(); len(fields) != 1 || fields[0].Code != fault.SearchWholeWords {
		t.Errorf("%v", err)
	}
}

func (p *place) askTags() {
	p.t.Helper()
	for _, words := range questions {
		if words != "gard*" && words != "پیاده*" {
			p.alike(search.Question{Words: words})
			p.alike(search.Question{Words: words, Kind: search.Replies})
		}
	}
}
