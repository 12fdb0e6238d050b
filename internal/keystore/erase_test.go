package keystore_test

import (
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
)

func TestAnErasedPersonaIsGone(t *testing.T) {
	t.Parallel()
	s, identity, community, elsewhere := setup(t), uuid.New(), uuid.New(), uuid.New()
	p, stays := s.begin(t, identity, community).ID, s.begin(t, identity, elsewhere).ID
	s.complete(t, identity, community, p)
	s.complete(t, identity, elsewhere, stays)
	box := mustSeal(t, ringOf(t, s.Store, p))
	for range 2 { // the second time finds nothing to do
		if err := s.ErasePersona(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		for _, store := range []*keystore.Store{s.Store, s.again(t)} {
			if !gone(t, store, p)() {
				t.Fatal("the key is still there")
			}
			ringOf(t, store, stays)
		}
		same(t, s.member(t, identity), keystore.Record{Personas: []keystore.PersonaRef{{Community: elsewhere, Persona: stays}}})
	}
	mustBe(t, s.CompletePersona(t.Context(), identity, community, p), fault.New(fault.NotFound))
	again := s.begin(t, identity, community)
	s.complete(t, identity, community, again.ID)
	if found, _ := s.member(t, identity).Persona(community); again.ID == p || found != again.ID {
		t.Fatal("they can't come again")
	}
	mustNotOpen(t, ringOf(t, s.Store, again.ID), box)
}

func TestAPersonaOfAnUnreadableAccountIsErased(t *testing.T) {
	t.Parallel()
	s := setup(t)
	p := s.begin(t, uuid.New(), uuid.New()).ID
	s.asOwner(t, `UPDATE persona SET account = 'broken'`)
	if err := s.ErasePersona(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if s.count(t, "persona") != 0 {
		t.Fatal("still there")
	}
}

func TestAPersonaOfAnUnreadableMemberIsErased(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community).ID
	s.complete(t, identity, community, p)
	s.asOwner(t, `UPDATE member SET record = 'broken'`)
	if err := s.ErasePersona(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if s.count(t, "persona") != 0 {
		t.Fatal("still there")
	}
}

func TestAnErasedMemberIsGone(t *testing.T) {
	t.Parallel()
	for what, erase := range map[string]func(s setting, identity uuid.UUID) ([]keystore.PersonaRef, error){
		"by identity": func(s setting, identity uuid.UUID) ([]keystore.PersonaRef, error) {
			return s.EraseMember(t.Context(), identity)
		},
		"by reference": func(s setting, identity uuid.UUID) ([]keystore.PersonaRef, error) {
			return s.EraseMemberRef(t.Context(), s.MemberRef(identity))
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s, identity, other, community := setup(t), uuid.New(), uuid.New(), uuid.New()
			listed := s.begin(t, identity, community).ID
			s.complete(t, identity, community, listed)
			s.secrets(t, identity)
			pending := s.begin(t, identity, uuid.New()).ID
			stays := s.begin(t, other, community).ID
			s.complete(t, other, community, stays)

			erased, err := erase(s, identity)
			if err != nil || !slices.Contains(erased, keystore.PersonaRef{Community: community, Persona: listed}) {
				t.Fatalf("%d erased, %v", len(erased), err)
			}
			if !gone(t, s.Store, listed)() || what == "by identity" && !gone(t, s.Store, pending)() {
				t.Fatal("a persona of theirs is still there")
			}
			if s.count(t, "member") != 1 || s.count(t, "recovery_secret") != 0 {
				t.Fatal("something of theirs is still there")
			}
			ringOf(t, s.Store, stays)
			if erased, err = erase(s, identity); err != nil || len(erased) != 0 {
				t.Fatalf("the second time: %d, %v", len(erased), err)
			}
			same(t, s.member(t, identity), keystore.Record{}) // somebody new
			if again := s.begin(t, identity, community); again.ID == listed || again.State != keystore.PersonaPending {
				t.Fatal("who they were came back")
			}
		})
	}
}

// TestAttack12NothingErasedComesBack: readers on three processes, renewal, a
// rollover and the caches race with an erasure; from the moment at which a process
// finds the persona gone, it stays gone there, and in the end it is gone everywhere.
func TestAttack12NothingErasedComesBack(t *testing.T) {
	t.Parallel()
	s := setup(t)
	keeper, stores := s.asKeeper(t), []*keystore.Store{s.watching(t), s.watching(t), s.watching(t)}
	for range 4 {
		identity, community := uuid.New(), uuid.New()
		p := s.begin(t, identity, community).ID
		s.complete(t, identity, community, p)
		var racing sync.WaitGroup
		stop := make(chan struct{})
		run := func(do func()) {
			racing.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						do()
					}
				}
			})
		}
		for _, store := range stores {
			var missed atomic.Bool
			for range 2 {
				run(func() {
					before := missed.Load()
					switch rings, err := store.Personas(t.Context(), []uuid.UUID{p}); {
					case err != nil:
						t.Error(err)
					case rings[0] == nil:
						missed.Store(true)
					case before:
						t.Error("an erased persona came back")
					}
				})
			}
			run(func() { _, _ = store.Renew(t.Context(), p) })
			run(func() { _ = store.Retire(t.Context(), p, 2) })
			run(func() { _ = store.MarkDirty(t.Context(), p) })
		}
		run(func() { _, _ = keeper.Rewrap(t.Context(), 5) })
		newEpoch(t, keeper, "")
		erased, err := stores[0].EraseMember(t.Context(), identity)
		for err != nil && fault.CodeOf(err) == fault.Unavailable { // two that waited for each other
			erased, err = stores[0].EraseMember(t.Context(), identity)
		}
		if err != nil || len(erased) != 1 {
			t.Errorf("%d erased, %v", len(erased), err)
		}
		if !gone(t, stores[0], p)() {
			t.Error("there where it was erased")
		}
		for _, store := range stores {
			soon(t, "an erased persona is gone", gone(t, store, p))
		}
		close(stop)
		racing.Wait()
		if s.count(t, "persona_key WHERE persona_id = $1", p) != 0 {
			t.Error("a key came back")
		}
	}
}
