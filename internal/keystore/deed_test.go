package keystore_test

import (
	"bytes"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
)

// deeds takes what is to go into the audit log and forgets it, as the scribe does.
func (s setting) deeds(t *testing.T) map[string]int32 {
	t.Helper()
	taken, err := s.TakeDeeds(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int32{}
	for _, d := range taken {
		counts[d.Action] += d.Times
	}
	if err := s.DropDeeds(t.Context(), taken); err != nil {
		t.Fatal(err)
	}
	return counts
}

func TestWhatIsDoneUponKeysIsNoted(t *testing.T) {
	t.Parallel()
	s, identity, community := setup(t), uuid.New(), uuid.New()
	if n := s.deeds(t)["keys.made"]; n != 1 {
		t.Errorf("keys were made %d times", n)
	}
	p := s.begin(t, identity, community)
	s.complete(t, identity, community, p.ID)
	if len(s.deeds(t)) != 0 {
		t.Error("joining is noted, and marks when somebody came")
	}
	recipient, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, do := range []func() error{
		func() error { _, err := s.Renew(t.Context(), p.ID); return err },
		func() error { return s.Retire(t.Context(), p.ID, 2) },
		func() error { return s.Retire(t.Context(), p.ID, 2) }, // there is nothing left
		func() error { _, _, err := s.RenewMembers(t.Context(), nil, 10); return err },
		func() error { _, err := s.CreateShared(t.Context(), "programme", community); return err },
		func() error { _, err := s.RenewShared(t.Context(), "programme", community); return err },
		func() error { return s.RetireShared(t.Context(), "programme", community, 2) },
		func() error { return s.ExportKit(t.Context(), &bytes.Buffer{}, []age.Recipient{recipient.Recipient()}) },
		func() error { return s.Verify(t.Context(), func(string, int, int) {}) },
		func() error { return s.ErasePersona(t.Context(), p.ID) },
		func() error { return s.ErasePersona(t.Context(), p.ID) }, // is gone
		func() error { _, err := s.EraseMember(t.Context(), identity); return err },
		func() error { _, err := s.EraseMember(t.Context(), identity); return err },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	rows := strings.Join(s.dump(t), "\n")
	for _, id := range []uuid.UUID{identity, p.ID} {
		if strings.Contains(rows, id.String()) {
			t.Error("a note names somebody who is erased")
		}
	}
	counts := s.deeds(t)
	for _, action := range []string{
		"keys.persona_renewed", "keys.persona_retired", "keys.member_renewed", "keys.shared_renewed", "keys.shared_retired",
		"keys.kit_exported", "keys.everything_read", "keys.persona_erased", "keys.member_erased",
	} {
		if counts[action] != 1 {
			t.Errorf("%s is noted %d times", action, counts[action])
		}
	}
}

// What was taken is the same when it is taken again, whatever is done meanwhile.
func TestWhatWasTakenIsCountedNoFurther(t *testing.T) {
	t.Parallel()
	s := setup(t)
	verify := func() {
		t.Helper()
		if err := s.Verify(t.Context(), func(string, int, int) {}); err != nil {
			t.Fatal(err)
		}
	}
	s.deeds(t)
	verify()
	verify()
	first, err := s.TakeDeeds(t.Context())
	if err != nil || len(first) != 1 || first[0].Times != 2 {
		t.Fatalf("%+v, %v", first, err)
	}
	verify()
	again, err := s.TakeDeeds(t.Context())
	if err != nil || len(again) != 2 {
		t.Fatalf("%+v, %v", again, err)
	}
	for _, d := range again {
		if d.ID == first[0].ID && d != first[0] || d.ID != first[0].ID && d.Times != 1 {
			t.Errorf("%+v", d)
		}
	}
	if err := s.DropDeeds(t.Context(), []keystore.Deed{first[0]}); err != nil {
		t.Fatal(err)
	}
	if n := s.deeds(t)["keys.everything_read"]; n != 1 {
		t.Errorf("%d are left, want 1", n)
	}
}
