package rights_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/forum/forumtest"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/rights"
)

func TestAPersonaIsForgotten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	self := p.alma.Persona(p.in)
	for range 2 { // repeating it changes nothing
		if err := p.erasure.Persona(t.Context(), self); err != nil {
			t.Fatal(err)
		}
		p.gone(t, self)
		p.othersStay(t, p.World)
	}
	if _, _, err := p.Board.CreatePost(t.Context(), p.alma, p.in, p.asked.ID, "Still here.", ""); err == nil {
		t.Error("an erased persona posted")
	}
	again := p.Join(p.who, p.in, "Alma")
	if again.Persona(p.in) == self {
		t.Error("who comes again is who was erased")
	}
	if n, err := p.erasure.Replay(t.Context()); err != nil || n != 0 {
		t.Errorf("repeated %d: %v", n, err)
	}
	if _, _, err := p.Board.CreateTopic(t.Context(), again, p.in, forum.NewTopic{Title: "Spring", Text: "Hello again."}, ""); err != nil {
		t.Error(err)
	}
}

func TestAMemberIsForgotten(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	next := p.Found()
	other := p.Join(p.who, next, "Somebody Else").Persona(next)
	if err := p.erasure.Member(t.Context(), p.who); err != nil {
		t.Fatal(err)
	}
	p.gone(t, p.alma.Persona(p.in))
	p.gone(t, other)
	p.othersStay(t, p.World)
	if known, err := p.Store.Member(t.Context(), p.who); err != nil || len(known.Personas) != 0 {
		t.Error("their record is still there", err)
	}
	for _, file := range p.tombstones(t) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), p.who.String()) || strings.Contains(string(text), strings.ReplaceAll(p.who.String(), "-", "")) {
			t.Error("a tombstone names a person")
		}
	}
	if err := p.erasure.Member(t.Context(), p.who); err != nil {
		t.Errorf("repeated: %v", err)
	}
}

func TestABackupBringsNobodyBack(t *testing.T) {
	t.Parallel()
	for name, erase := range map[string]func(*place) error{
		"persona": func(p *place) error { return p.erasure.Persona(t.Context(), p.alma.Persona(p.in)) },
		"member":  func(p *place) error { return p.erasure.Member(t.Context(), p.who) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t)
			restore := p.backup(t)
			if err := erase(p); err != nil {
				t.Fatal(err)
			}
			restore()
			after := forumtest.Enter(t, p.Where)
			if one, err := after.Board.Post(t.Context(), p.boris, p.in, p.almas.ID); err != nil || one.Text.Reveal() != "A fire." {
				t.Fatal("the backup brought nothing back: it proves nothing", err)
			}
			erasure := p.eraser(t, after)
			if n, err := erasure.Replay(t.Context()); err != nil || n == 0 {
				t.Fatalf("repeated %d: %v", n, err)
			}
			p.gone(t, p.alma.Persona(p.in))
			p.othersStay(t, after)
			if n, err := erasure.Replay(t.Context()); err != nil || n != 0 {
				t.Errorf("repeated %d once more: %v", n, err)
			}
		})
	}
}

func TestABackupBringsNoPostBack(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	edited, err := p.Board.EditPost(t.Context(), p.boris, p.in, p.reply.ID, p.reply.Version, "Wool, always.")
	if err != nil {
		t.Fatal(err)
	}
	restore := p.backup(t)
	if err := p.Board.DeletePost(t.Context(), p.alma, p.in, p.almas.ID, forum.AnyVersion); err != nil {
		t.Fatal(err)
	}
	if err := p.Board.DeleteTopic(t.Context(), p.alma, p.in, p.ownedAlone.ID, nil); err != nil {
		t.Fatal(err)
	}
	if err := p.erasure.Version(t.Context(), p.in, p.reply.ID, 1); err != nil { // what it was before the edit
		t.Fatal(err)
	}
	restore()
	if n, err := p.erasure.Replay(t.Context()); err != nil || n != 2 {
		t.Errorf("repeated %d: %v", n, err)
	}
	if n := count(t, p.forum, `SELECT count(*) FROM post WHERE post_id = $1 AND body IS NOT NULL`, p.almas.ID); n != 0 {
		t.Error("a post that its author took back is there again")
	}
	if n := count(t, p.forum, `SELECT count(*) FROM topic WHERE topic_id = $1 AND title IS NOT NULL`, p.ownedAlone.ID); n != 0 {
		t.Error("a topic that its author took back is there again")
	}
	if kept, err := p.Board.Post(t.Context(), p.alma, p.in, edited.ID); err != nil || kept.Text.Reveal() != "Wool, always." {
		t.Errorf("what was written later is gone: %v", err)
	}
	if err := p.erasure.Post(t.Context(), p.in, p.reply.ID); err != nil {
		t.Fatal(err)
	}
	if n := count(t, p.forum, `SELECT count(*) FROM post WHERE post_id = $1 AND body IS NOT NULL`, p.reply.ID); n != 0 {
		t.Error("an erased post is there")
	}
}

// A crash after any step leaves something to go on from.
func TestAnErasureThatWasStoppedIsFinished(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	self := p.alma.Persona(p.in)
	graves, err := rights.OpenGraveyard(p.folder)
	if err != nil {
		t.Fatal(err)
	}
	if err := graves.Set(rights.Tombstone{Kind: "persona", Personas: []uuid.UUID{self}}, p.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	if err := p.Store.ErasePersona(t.Context(), self); err != nil { // and then the power failed
		t.Fatal(err)
	}
	if n, err := p.erasure.Replay(t.Context()); err != nil || n != 1 {
		t.Errorf("repeated %d: %v", n, err)
	}
	p.gone(t, self)
	p.othersStay(t, p.World)
}

// Whoever reads and writes while somebody is forgotten brings nothing of them back.
func TestErasingRacesWithEverybody(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	self := p.alma.Persona(p.in)
	ctx, stop := context.WithCancel(t.Context())
	var others sync.WaitGroup
	for _, w := range []*forumtest.World{p.World, forumtest.Enter(t, p.Where)} {
		if w != p.World {
			listen(t, w.Store)
		}
		others.Go(func() { // reads, and keeps what it may in its caches
			for ctx.Err() == nil {
				if _, err := w.Board.Posts(t.Context(), p.boris, p.in, p.asked.ID, page.Ask[int]{Limit: 100}); err != nil {
					t.Error(err)
				}
			}
		})
		others.Go(func() { // writes until it is refused for good
			for ctx.Err() == nil {
				_, _, _ = w.Board.CreatePost(t.Context(), p.alma, p.in, p.asked.ID, "Still here.", "")
			}
		})
		others.Go(func() { // edits what is being taken away
			for ctx.Err() == nil {
				_, _ = w.Board.EditPost(t.Context(), p.alma, p.in, p.almas.ID, p.almas.Version, "A great fire.")
			}
		})
	}
	err := p.erasure.Persona(t.Context(), self)
	if err == nil {
		p.gone(t, self)
	}
	stop()
	others.Wait()
	if err != nil {
		t.Fatal(err)
	}
	p.gone(t, self)
	p.othersStay(t, p.World)
}

func TestATombstoneThatDoesNotReadStopsTheServer(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := p.erasure.Post(t.Context(), p.in, uuid.New()); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "{", `{"form":2,"kind":"post"}`, `{"form":1,"kind":"planet"}`, `{"form":1,"kind":"post","more":1}`, `{"form":1,"kind":"member","locator":"00"}`} {
		file := filepath.Join(p.folder, "post-0.json")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := p.erasure.Replay(t.Context()); !errors.Is(err, rights.ErrTombstone) {
			t.Errorf("%q: %v", text, err)
		}
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := p.erasure.Replay(t.Context()); err != nil {
		t.Error(err)
	}
	if _, err := rights.OpenGraveyard("tombstones"); err == nil {
		t.Error("a folder somewhere")
	}
}

// Where it can't be written down that something goes, it stays.
func TestNothingGoesWithoutATombstone(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	if err := os.RemoveAll(p.folder); err != nil {
		t.Fatal(err)
	}
	if err := p.Board.DeletePost(t.Context(), p.boris, p.in, p.reply.ID, forum.AnyVersion); err == nil {
		t.Error("a post went without a tombstone")
	}
	if err := p.erasure.Persona(t.Context(), p.boris.Persona(p.in)); err == nil {
		t.Error("a persona went without a tombstone")
	}
	if kept, err := p.Board.Post(t.Context(), p.alma, p.in, p.reply.ID); err != nil || kept.Text.Reveal() != "Wool." {
		t.Errorf("it is gone: %v", err)
	}
}
