package keystore_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"pgregory.net/rapid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

func (s setting) begin(t *testing.T, identity, community uuid.UUID) keystore.Persona {
	t.Helper()
	p, err := s.BeginPersona(t.Context(), identity, community)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (s setting) complete(t *testing.T, identity, community, persona uuid.UUID) {
	t.Helper()
	if err := s.CompletePersona(t.Context(), identity, community, persona); err != nil {
		t.Fatal(err)
	}
}

func (s setting) pending(t *testing.T) []keystore.Pending {
	t.Helper()
	all, err := s.PendingPersonas(t.Context(), s.clock.Now().Add(time.Minute), 100)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestJoining(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	if p.State != keystore.PersonaPending || p.ID == uuid.Nil {
		t.Fatalf("%+v", p)
	}
	if _, err := s.Persona(t.Context(), p.ID); err != nil {
		t.Fatalf("a pending persona can't seal: %v", err)
	}
	if _, listed := s.member(t, identity).Persona(community); listed {
		t.Fatal("listed while pending")
	}
	for range 2 { // the second time changes nothing
		s.complete(t, identity, community, p.ID)
		same(t, s.member(t, identity), keystore.Record{Personas: []keystore.PersonaRef{{Community: community, Persona: p.ID}}})
	}
	if len(s.pending(t)) != 0 || s.count(t, "persona WHERE pending_since IS NOT NULL") != 0 {
		t.Fatal("still pending")
	}
	if again := s.begin(t, identity, community); again != (keystore.Persona{ID: p.ID, State: keystore.PersonaActive}) {
		t.Fatalf("%+v", again)
	}
}

func TestOnePersonaForEachMemberAndCommunity(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	var mu sync.Mutex
	var all sync.WaitGroup
	seen := map[uuid.UUID]bool{}
	for i := range 20 {
		store := s.again(t)
		all.Go(func() {
			p, err := store.BeginPersona(t.Context(), identity, community)
			if err == nil && i%2 == 0 {
				err = store.CompletePersona(t.Context(), identity, community, p.ID)
			}
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			seen[p.ID] = true
		})
	}
	all.Wait()
	if len(seen) != 1 || s.count(t, "persona") != 1 || s.count(t, "persona_key") != 1 {
		t.Fatalf("%d personas, %d rows, %d keys", len(seen), s.count(t, "persona"), s.count(t, "persona_key"))
	}
	if n := len(s.member(t, identity).Personas); n != 1 {
		t.Fatalf("listed %d times", n)
	}
}

func TestPersonasOfOneMemberShareNothing(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	a, b := s.begin(t, identity, uuid.New()), s.begin(t, identity, uuid.New())
	if a.ID == b.ID {
		t.Fatal("one persona in two communities")
	}
	rings, err := s.Personas(t.Context(), []uuid.UUID{a.ID, b.ID})
	if err != nil || len(rings) != 2 {
		t.Fatal(err)
	}
	place := sealed.Place{Table: "post", Column: "body", Row: uuid.New()}
	box, err := rings[0].Seal(place, []byte("text"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rings[1].Open(place, box); !errors.Is(err, sealed.ErrOpen) {
		t.Fatal("one persona opens what the other wrote")
	}
}

func TestReconciling(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	left := s.pending(t)
	if len(left) != 1 || left[0].Persona != p.ID || left[0].Community != community || left[0].Identity != identity {
		t.Fatal("the list doesn't tell what was begun")
	}
	if early, err := s.PendingPersonas(t.Context(), s.clock.Now(), 100); err != nil || len(early) != 0 {
		t.Fatalf("what was begun just now is listed: %v", err)
	}
	if none, err := s.PendingPersonas(t.Context(), s.clock.Now().Add(time.Hour), 0); err != nil || len(none) != 0 {
		t.Fatalf("the limit: %v", err)
	}
	for range 2 { // the second time finds nothing to do
		if err := s.AbandonPersona(t.Context(), left[0]); err != nil {
			t.Fatal(err)
		}
	}
	if s.count(t, "persona") != 0 || s.count(t, "persona_key") != 0 || len(s.pending(t)) != 0 {
		t.Fatal("something is left")
	}
	_, err := s.Persona(t.Context(), p.ID)
	mustBe(t, err, fault.New(fault.NotFound))
	mustBe(t, s.CompletePersona(t.Context(), identity, community, p.ID), fault.New(fault.NotFound))
	if fresh := s.begin(t, identity, community); fresh.ID == p.ID {
		t.Fatal("an abandoned persona came back")
	}
}

func TestOnlyWhatWasListedIsAbandoned(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	listed := s.pending(t)[0]
	if again := s.begin(t, identity, community); again != p { // the member tries again, in the same instant of the clock
		t.Fatalf("%+v", again)
	}
	if err := s.AbandonPersona(t.Context(), listed); err != nil || s.count(t, "persona") != 1 {
		t.Fatalf("a renewed persona was abandoned: %v", err)
	}
	listed = s.pending(t)[0]
	s.complete(t, identity, community, p.ID)
	if err := s.AbandonPersona(t.Context(), listed); err != nil || s.count(t, "persona") != 1 || s.count(t, "persona_key") != 1 {
		t.Fatalf("an active persona was abandoned: %v", err)
	}
}

func TestSomebodyElsesPersonaIsNotCompleted(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	for what, err := range map[string]error{
		"another member":    s.CompletePersona(t.Context(), uuid.New(), community, p.ID),
		"another community": s.CompletePersona(t.Context(), identity, uuid.New(), p.ID),
		"another persona":   s.CompletePersona(t.Context(), identity, community, uuid.New()),
	} {
		if !errors.Is(err, fault.New(fault.NotFound)) {
			t.Errorf("%s: %v", what, err)
		}
	}
	s.asOwner(t, "DELETE FROM persona_key")
	mustBe(t, s.CompletePersona(t.Context(), identity, community, p.ID), fault.New(fault.NotFound))
	if len(s.member(t, identity).Personas) != 0 || len(s.pending(t)) != 1 {
		t.Fatal("half of it was written")
	}
}

// TestCompletingIsAllOrNothing breaks the last step and looks at the first.
func TestCompletingIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	p := s.begin(t, identity, community)
	s.alter(t, "ALTER TABLE persona ADD CONSTRAINT broken CHECK (pending_since IS NOT NULL)")
	if err := s.CompletePersona(t.Context(), identity, community, p.ID); err == nil {
		t.Fatal("it completed")
	}
	if len(s.member(t, identity).Personas) != 0 {
		t.Fatal("listed, and still pending")
	}
	s.alter(t, "ALTER TABLE persona DROP CONSTRAINT broken")
	s.complete(t, identity, community, p.ID)
	if len(s.member(t, identity).Personas) != 1 {
		t.Fatal("not listed")
	}
}

func TestBeginningIsAllOrNothing(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	s.alter(t, "ALTER TABLE persona_key ADD CONSTRAINT broken CHECK (false)")
	if _, err := s.BeginPersona(t.Context(), identity, community); err == nil {
		t.Fatal("it began")
	}
	if s.count(t, "persona") != 0 {
		t.Fatal("a person without a key")
	}
	s.alter(t, "ALTER TABLE persona_key DROP CONSTRAINT broken")
	s.begin(t, identity, community)
}

// TestAnyOrderOfStepsEndsWell lets members, a reconciler and crashes take steps
// in any order. At each moment there is one persona and one key for each member
// and community at most; an active persona is listed, and a listed one has its key.
func TestAnyOrderOfStepsEndsWell(t *testing.T) {
	t.Parallel()
	s := setup(t)
	rapid.Check(t, func(r *rapid.T) {
		identity, communities := uuid.New(), []uuid.UUID{uuid.New(), uuid.New()}
		begun, active := map[uuid.UUID]uuid.UUID{}, map[uuid.UUID]uuid.UUID{}
		community := func() uuid.UUID { return rapid.SampledFrom(communities).Draw(r, "community") }
		r.Repeat(map[string]func(*rapid.T){
			"begin": func(*rapid.T) {
				c := community()
				p := s.begin(t, identity, c)
				if was, ok := active[c]; ok != (p.State == keystore.PersonaActive) || ok && was != p.ID {
					r.Fatalf("%+v, but active is %v", p, was)
				}
				if was, ok := begun[c]; ok && was != p.ID {
					r.Fatal("a second persona")
				}
				begun[c] = p.ID
			},
			"complete": func(*rapid.T) {
				c := community()
				err := s.CompletePersona(t.Context(), identity, c, begun[c])
				if (begun[c] != uuid.Nil) != (err == nil) {
					r.Fatalf("begun %v: %v", begun[c], err)
				}
				if err == nil {
					active[c] = begun[c]
				}
			},
			"reconcile": func(*rapid.T) {
				for _, p := range s.pending(t) {
					if err := s.AbandonPersona(t.Context(), p); err != nil {
						r.Fatal(err)
					}
					delete(begun, p.Community)
				}
			},
			"later": func(*rapid.T) { s.clock.Add(time.Minute) },
			"": func(*rapid.T) {
				record := s.member(t, identity)
				if len(record.Personas) != len(active) {
					r.Fatalf("%d listed, %d active", len(record.Personas), len(active))
				}
				for c, id := range active {
					if listed, _ := record.Persona(c); listed != id {
						r.Fatal("an active persona isn't listed")
					}
				}
				for c, id := range begun {
					if _, err := s.Persona(t.Context(), id); err != nil {
						r.Fatalf("the persona in %v has no key: %v", c, err)
					}
				}
			},
		})
	})
}
