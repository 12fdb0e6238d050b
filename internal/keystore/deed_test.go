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

// An older keys database that is put back may hold what the log has, and counts further upon it. The log must not take what
// is new for what it knows.
func TestWhatABackupBringsBackIsNamedAnew(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.alter(t, `CREATE TABLE backup AS SELECT * FROM audit_outbox`)
	first, err := s.TakeDeeds(t.Context())
	if err != nil || len(first) != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	if err := s.DropDeeds(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	s.alter(t, `INSERT INTO audit_outbox SELECT * FROM backup`)
	again, err := s.TakeDeeds(t.Context())
	if err != nil || len(again) != 1 || again[0].ID == first[0].ID {
		t.Errorf("%+v after %+v, %v", again, first, err)
	}
}

func TestWhoIsStaffIsNoted(t *testing.T) {
	t.Parallel()
	s, identity := setup(t), uuid.New()
	s.deeds(t)
	for _, c := range []struct {
		change func(*keystore.Record)
		noted  int32
	}{
		{func(r *keystore.Record) { r.Roles = []keystore.Role{{Name: "operator"}} }, 1},
		{func(r *keystore.Record) { r.Roles = []keystore.Role{{Name: "operator"}} }, 0},
		{func(r *keystore.Record) { r.Language = "fa" }, 0},
		{func(r *keystore.Record) { r.Roles = nil }, 1},
	} {
		if _, err := s.UpdateMember(t.Context(), identity, func(r *keystore.Record) error { c.change(r); return nil }); err != nil {
			t.Fatal(err)
		}
		if counts := s.deeds(t); counts["staff.changed"] != c.noted || len(counts) > 1 {
			t.Errorf("%v is noted, want %d", counts, c.noted)
		}
	}
}

// The index erases keys soon after somebody took words back. In a log whose growth everybody sees, that would mark when.
func TestErasedSegmentsMarkNoMoment(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.deeds(t)
	for range 2 {
		if err := s.EraseShared(t.Context(), "segment", uuid.New()); err != nil {
			t.Fatal(err)
		}
		if counts := s.deeds(t); len(counts) != 0 {
			t.Errorf("%v is taken by itself", counts)
		}
	}
	if err := s.Verify(t.Context(), func(string, int, int) {}); err != nil {
		t.Fatal(err)
	}
	if counts := s.deeds(t); counts["keys.shared_erased"] != 2 || counts["keys.everything_read"] != 1 {
		t.Errorf("%v, want two with another", counts)
	}
}
