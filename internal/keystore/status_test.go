package keystore_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
)

// verified opens everything; failed says how many of a table must not open.
func verified(t *testing.T, store *keystore.Store, failed map[string]int) (opened map[string]int) {
	t.Helper()
	opened = map[string]int{}
	wrong := map[string]int{}
	err := store.Verify(t.Context(), func(table string, open, fail int) { opened[table], wrong[table] = open, fail })
	if err != nil {
		t.Fatal(err)
	}
	for table := range opened {
		if wrong[table] != failed[table] {
			t.Errorf("%s: %d failed, want %d", table, wrong[table], failed[table])
		}
	}
	return opened
}

func TestStatusCounts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.inhabit(t) // three personas of one member, the first pending
	dirty, renewing := s.begin(t, uuid.New(), uuid.New()).ID, s.begin(t, uuid.New(), uuid.New()).ID
	if err := s.MarkDirty(t.Context(), dirty); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Renew(t.Context(), renewing); err != nil {
		t.Fatal(err)
	}
	s.clock.Add(40 * 24 * time.Hour)
	keeper := s.asKeeper(t)
	newEpoch(t, keeper, "")
	s.clock.Add(3 * 24 * time.Hour)
	want := keystore.Status{
		Epochs:  []keystore.Epoch{{Number: 1, Keys: 5 + 1 + 6 + 1, Days: 43}, {Number: 2, Keys: 0, Days: 3}},
		Members: 1, Personas: 5, Pending: 3, Dirty: 1, Renewing: 1, Generations: 6,
	}
	for _, store := range []*keystore.Store{s.Store, keeper} {
		got, err := store.Status(t.Context())
		if err != nil || !slices.Equal(got.Epochs, want.Epochs) {
			t.Fatalf("%+v, %v", got, err)
		}
		got.Epochs, want.Epochs = nil, nil
		if a, b := got, want; a.Members != b.Members || a.Personas != b.Personas || a.Pending != b.Pending || a.Dirty != b.Dirty || a.Renewing != b.Renewing || a.Generations != b.Generations {
			t.Fatalf("%+v, want %+v", got, want)
		}
		want.Epochs = []keystore.Epoch{{Number: 1, Keys: 13, Days: 43}, {Number: 2, Keys: 0, Days: 3}}
	}
}

func TestVerifyOpensEverything(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.inhabit(t)
	for range 600 { // more than a page
		s.begin(t, uuid.New(), uuid.New())
	}
	if _, err := s.AskUnmasking(t.Context(), s.begin(t, uuid.New(), uuid.New()).ID, uuid.New(), "they are in danger, and we must find them"); err != nil {
		t.Fatal(err)
	}
	if err := s.AskGrant(t.Context(), uuid.New(), uuid.New(), uuid.New(), wish); err != nil {
		t.Fatal(err)
	}
	opened := verified(t, s.again(t), map[string]int{})
	for table, want := range map[string]int{"epoch": 1, "root_key": 5, "member": 1, "persona": 604, "persona_key": 604, "shared_key": 1, "unmasking": 1, "break_glass": 1} {
		if opened[table] != want {
			t.Errorf("%s: %d opened, want %d", table, opened[table], want)
		}
	}
	s.asOwner(t, `UPDATE persona_key SET secret = set_byte(secret, 90, get_byte(secret, 90) # 1) WHERE persona_id IN (SELECT persona_id FROM persona_key LIMIT 2)`)
	s.asOwner(t, `UPDATE persona SET account = '' WHERE persona_id IN (SELECT persona_id FROM persona LIMIT 3)`)
	s.asOwner(t, `UPDATE member SET record = set_byte(record, 90, get_byte(record, 90) # 1)`)
	s.asOwner(t, `UPDATE shared_key SET kind = 'case'`)
	s.asOwner(t, `UPDATE unmasking SET reason = 'broken'`)
	s.asOwner(t, `UPDATE break_glass SET wish = 'broken'`)
	verified(t, s.again(t), map[string]int{"persona_key": 2, "persona": 3, "member": 1, "shared_key": 1, "unmasking": 1, "break_glass": 1})
}
