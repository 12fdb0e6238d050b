package keystore_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

func ringOf(t *testing.T, store *keystore.Store, persona uuid.UUID) *sealed.Ring {
	t.Helper()
	ring, err := store.Persona(t.Context(), persona)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func mustNotOpen(t *testing.T, ring *sealed.Ring, box []byte) {
	t.Helper()
	if _, err := ring.Open(somewhere, box); !errors.Is(err, sealed.ErrOpen) {
		t.Fatalf("it opens: %v", err)
	}
}

func (s setting) keysOf(t *testing.T, persona uuid.UUID) keystore.PersonaKeys {
	t.Helper()
	all, err := s.PersonaKeys(t.Context(), uuid.Nil, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range all {
		if k.Persona == persona {
			return k
		}
	}
	t.Fatal("the persona is not listed")
	return keystore.PersonaKeys{}
}

func TestAKeyIsRenewedAndTheOldOneRetired(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.begin(t, uuid.New(), uuid.New()).ID
	old := mustSeal(t, ringOf(t, s.Store, id))
	if generation, err := s.Renew(t.Context(), id); err != nil || generation != 2 {
		t.Fatalf("generation %d, %v", generation, err)
	}
	fresh := mustSeal(t, ringOf(t, s.Store, id))
	for _, store := range []*keystore.Store{s.Store, s.again(t)} {
		mustOpen(t, ringOf(t, store, id), old)
		mustOpen(t, ringOf(t, store, id), fresh)
	}
	if k := s.keysOf(t, id); k != (keystore.PersonaKeys{Persona: id, Oldest: 1, Newest: 2}) {
		t.Fatalf("%+v", k)
	}
	for range 2 { // the second time there is nothing to do
		if err := s.Retire(t.Context(), id, 2); err != nil {
			t.Fatal(err)
		}
	}
	for _, store := range []*keystore.Store{s.Store, s.again(t)} {
		mustNotOpen(t, ringOf(t, store, id), old)
		mustOpen(t, ringOf(t, store, id), fresh)
	}
}

func TestTheLastGenerationIsNeverRetired(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.begin(t, uuid.New(), uuid.New()).ID
	box := mustSeal(t, ringOf(t, s.Store, id))
	if err := s.Retire(t.Context(), id, 2); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, ringOf(t, s.Store, id), box)
	community := uuid.New()
	ring, err := s.CreateShared(t.Context(), "community", community)
	if err != nil {
		t.Fatal(err)
	}
	box = mustSeal(t, ring)
	if err := s.RetireShared(t.Context(), "community", community, 9); err != nil {
		t.Fatal(err)
	}
	if ring, err = s.again(t).Shared(t.Context(), "community", community); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, ring, box)
}

func TestSharedKeysAreRenewed(t *testing.T) {
	t.Parallel()
	s, id := setup(t), uuid.New()
	if _, err := s.RenewShared(t.Context(), "community", id); !errors.Is(err, fault.New(fault.NotFound)) {
		t.Fatalf("what isn't there was renewed: %v", err)
	}
	ring, err := s.CreateShared(t.Context(), "community", id)
	if err != nil {
		t.Fatal(err)
	}
	old := mustSeal(t, ring)
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if _, err := s.RenewShared(t.Context(), "community", id); err != nil && !errors.Is(err, fault.New(fault.Unavailable)) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	keys, err := s.SharedKeys(t.Context(), "community", uuid.Nil, 10)
	if err != nil || len(keys) != 1 || keys[0].Owner != id || keys[0].Oldest != 1 || keys[0].Newest < 2 {
		t.Fatalf("%+v, %v", keys, err)
	}
	if ring, err = s.Shared(t.Context(), "community", id); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, ring, old)
	if err := s.RetireShared(t.Context(), "community", id, keys[0].Newest); err != nil {
		t.Fatal(err)
	}
	if ring, err = s.Shared(t.Context(), "community", id); err != nil {
		t.Fatal(err)
	}
	mustNotOpen(t, ring, old)
}

// TestARingThatIsBehindIsReadAgain: another process renewed a key and sealed with
// it before its news came here.
func TestARingThatIsBehindIsReadAgain(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id, community, other := s.begin(t, uuid.New(), uuid.New()).ID, uuid.New(), s.again(t)
	if _, err := s.CreateShared(t.Context(), "community", community); err != nil {
		t.Fatal(err)
	}
	before := mustSeal(t, ringOf(t, other, id))
	if _, err := other.Shared(t.Context(), "community", community); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Renew(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.RenewShared(t.Context(), "community", community); err != nil {
		t.Fatal(err)
	}
	box := mustSeal(t, ringOf(t, s.Store, id))
	mustNotOpen(t, ringOf(t, other, id), box) // it is behind
	rings, err := other.PersonasFor(t.Context(), []uuid.UUID{id, uuid.New()}, [][]byte{box, box})
	if err != nil || rings[1] != nil {
		t.Fatal(err)
	}
	mustOpen(t, rings[0], box)
	mustOpen(t, rings[0], before)
	ring, err := s.Shared(t.Context(), "community", community)
	if err != nil {
		t.Fatal(err)
	}
	box = mustSeal(t, ring)
	if ring, err = other.SharedFor(t.Context(), "community", community, box); err != nil {
		t.Fatal(err)
	}
	mustOpen(t, ring, box)
}

func TestRenewingTakesTheMarkAway(t *testing.T) {
	t.Parallel()
	s := setup(t)
	id := s.begin(t, uuid.New(), uuid.New()).ID
	if s.keysOf(t, id).Dirty {
		t.Fatal("dirty from the start")
	}
	for range 2 {
		if err := s.MarkDirty(t.Context(), id); err != nil {
			t.Fatal(err)
		}
	}
	if !s.keysOf(t, id).Dirty {
		t.Fatal("not marked")
	}
	if _, err := s.Renew(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if s.keysOf(t, id).Dirty {
		t.Fatal("still marked")
	}
	if err := s.MarkDirty(t.Context(), id); err != nil { // while its rows are sealed anew
		t.Fatal(err)
	}
	if err := s.Retire(t.Context(), id, 2); err != nil {
		t.Fatal(err)
	}
	if !s.keysOf(t, id).Dirty {
		t.Fatal("a mark was lost")
	}
	if err := s.MarkDirty(t.Context(), uuid.New()); err != nil {
		t.Fatalf("of nobody: %v", err)
	}
}

func TestWhoIsGoneIsNotRenewed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	_, err := s.Renew(t.Context(), uuid.New())
	mustBe(t, err, fault.New(fault.NotFound))
	if s.count(t, "persona_key") != 0 {
		t.Fatal("a key for nobody")
	}
}

func TestPersonaKeysComeInPages(t *testing.T) {
	t.Parallel()
	s, want := setup(t), map[uuid.UUID]bool{}
	for range 7 {
		want[s.begin(t, uuid.New(), uuid.New()).ID] = true
	}
	var after uuid.UUID
	for {
		page, err := s.PersonaKeys(t.Context(), after, 3)
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range page {
			if !want[k.Persona] || k.Oldest != 1 || k.Newest != 1 {
				t.Fatalf("%+v", k)
			}
			delete(want, k.Persona)
			after = k.Persona
		}
		if len(page) < 3 {
			break
		}
	}
	if len(want) != 0 {
		t.Fatalf("%d were passed over", len(want))
	}
}

func TestMembersAreRenewed(t *testing.T) {
	t.Parallel()
	s := setup(t)
	var identities []uuid.UUID
	records := map[uuid.UUID]keystore.Record{}
	for range 5 {
		identity, community := uuid.New(), uuid.New()
		s.complete(t, identity, community, s.begin(t, identity, community).ID)
		identities, records[identity] = append(identities, identity), s.member(t, identity)
	}
	s.secrets(t, identities[0])
	boxes := s.count(t, "member")
	mac, err := s.MemberMAC(t.Context(), identities[0], "request")
	if err != nil {
		t.Fatal(err)
	}
	total := 0
	var after []byte
	for {
		done, last, err := s.RenewMembers(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		if total += done; last == nil {
			break
		}
		after = last
	}
	if total != boxes || s.count(t, "member WHERE generation = 2") != boxes {
		t.Fatalf("%d of %d", total, boxes)
	}
	for _, store := range []*keystore.Store{s.Store, s.again(t)} {
		for _, identity := range identities {
			r, err := store.Member(t.Context(), identity)
			if err != nil {
				t.Fatal(err)
			}
			same(t, r, records[identity])
		}
		again, err := store.MemberMAC(t.Context(), identities[0], "request")
		if err != nil || again == mac {
			t.Fatalf("the old secret lives on: %v", err)
		}
	}
	if s.left(t, identities[0]) != 10 {
		t.Fatal("recovery secrets went")
	}
}

func TestNoChangeOfAMemberIsLostWhileTheyAreRenewed(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			_, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error {
				r.Roles = append(r.Roles, keystore.Role{Name: "researcher", Programme: uuid.New()})
				return nil
			})
			if err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, _, err := s.RenewMembers(t.Context(), nil, 10); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	r, err := s.again(t).Member(t.Context(), identity)
	if err != nil || len(r.Roles) != 20 {
		t.Fatalf("%d of 20 changes: %v", len(r.Roles), err)
	}
}
