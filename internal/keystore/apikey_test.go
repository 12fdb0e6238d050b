package keystore_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/sealed"
)

// wanted is a key of somebody for the next thirty days.
func (s setting) wanted(owner uuid.UUID, name string) keystore.APIKey {
	return keystore.APIKey{
		Owner: owner, Name: sealed.NewText(name), Scopes: []string{"post:read", "topic:read"}, Purpose: "support", AAL: 1,
		LastDay: s.clock.Now().Truncate(24*time.Hour).AddDate(0, 0, 30),
	}
}

func (s setting) newKey(t *testing.T, owner uuid.UUID, name string) (keystore.APIKey, string) {
	t.Helper()
	k, text, err := s.NewAPIKey(t.Context(), s.wanted(owner, name))
	if err != nil {
		t.Fatal(err)
	}
	return k, text
}

func (s setting) keys(t *testing.T, owner uuid.UUID) []keystore.APIKey {
	t.Helper()
	all, err := s.APIKeys(t.Context(), owner)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAKeyIsItsOwnersAndSaysSo(t *testing.T) {
	t.Parallel()
	s, ada, ben := setup(t), uuid.New(), uuid.New()
	made, text := s.newKey(t, ada, "counting thanks")
	s.newKey(t, ben, "another")
	got, err := s.again(t).APIKey(t.Context(), text)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != made.ID || got.Owner != ada || got.Name.Reveal() != "counting thanks" || got.Purpose != "support" || got.AAL != 1 ||
		!slices.Equal(got.Scopes, made.Scopes) || !got.LastDay.Equal(made.LastDay) {
		t.Fatal("another key came back")
	}
	if all := s.keys(t, ada); len(all) != 1 || all[0].ID != made.ID {
		t.Fatalf("%d keys are listed", len(all))
	}
}

func TestWhatIsNoKeyOpensNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	k, text := s.newKey(t, uuid.New(), "a key")
	other, _ := s.newKey(t, uuid.New(), "another")
	flipped := []byte(text)
	flipped[40] ^= 1
	for name, wrong := range map[string]string{
		"nothing": "", "a word": "hamyar_key_", "one letter fewer": text[:len(text)-1], "one more": text + "0", "one other": string(flipped),
		"another secret": keystore.KeyText(k.ID, 7), "the secret of another": keystore.KeyText(other.ID, 7), "unknown": keystore.KeyText(uuid.New(), 7),
		"upper case": strings.ToUpper(text), "a number too large": keystore.Checked("hamyar_key_" + strings.Repeat("Z", 22) + "_" + strings.Repeat("0", 43)),
		"a sign": keystore.Checked("hamyar_key_-" + strings.Repeat("0", 21) + "_" + strings.Repeat("0", 43)),
	} {
		got, err := s.APIKey(t.Context(), wrong)
		if !errors.Is(err, fault.New(fault.KeyInvalid)) || got.Owner != uuid.Nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.APIKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

func TestAKeyEndsAfterItsLastDay(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	k, text := s.newKey(t, ada, "a month")
	s.clock.Add(k.LastDay.Add(24*time.Hour - time.Second).Sub(s.clock.Now()))
	if _, err := s.APIKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	s.clock.Add(time.Second)
	_, err := s.APIKey(t.Context(), text)
	mustBe(t, err, fault.New(fault.KeyInvalid))
	s.newKey(t, ada, "the next")
	if all := s.keys(t, ada); len(all) != 1 || all[0].Name.Reveal() != "the next" {
		t.Fatalf("%d keys: what is over stays", len(all))
	}
}

func TestARevokedKeyIsOverEverywhereAtOnce(t *testing.T) {
	t.Parallel()
	s, ada, ben := setup(t), uuid.New(), uuid.New()
	k, text := s.newKey(t, ada, "lost")
	elsewhere := s.again(t)
	if _, err := elsewhere.APIKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	mustBe(t, s.RevokeAPIKey(t.Context(), ben, k.ID), fault.New(fault.NotFound))
	if _, err := elsewhere.APIKey(t.Context(), text); err != nil {
		t.Fatal("revoked by another:", err)
	}
	if err := s.RevokeAPIKey(t.Context(), ada, k.ID); err != nil {
		t.Fatal(err)
	}
	_, err := elsewhere.APIKey(t.Context(), text)
	mustBe(t, err, fault.New(fault.KeyInvalid))
	mustBe(t, s.RevokeAPIKey(t.Context(), ada, k.ID), fault.New(fault.NotFound))
	if deeds := s.deeds(t); deeds["keys.api_key_made"] != 1 || deeds["keys.api_key_revoked"] != 1 {
		t.Errorf("%v", deeds)
	}
}

func TestAnErasedMemberHasNoKeys(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	_, text := s.newKey(t, ada, "mine")
	_, kept := s.newKey(t, uuid.New(), "another's")
	if _, err := s.EraseMember(t.Context(), ada); err != nil {
		t.Fatal(err)
	}
	_, err := s.APIKey(t.Context(), text)
	mustBe(t, err, fault.New(fault.KeyInvalid))
	if n := s.count(t, "api_key"); n != 1 {
		t.Fatalf("%d keys are left", n)
	}
	if _, err := s.APIKey(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
}

func TestAMemberHasTwentyKeysAtTheMost(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	var all sync.WaitGroup
	for i := range keystore.MaxAPIKeys + 5 {
		all.Go(func() {
			_, _, err := s.NewAPIKey(t.Context(), s.wanted(ada, fmt.Sprint("key ", i)))
			if err != nil && !errors.Is(err, fault.New(fault.TooManyKeys)) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	listed := s.keys(t, ada)
	if len(listed) != keystore.MaxAPIKeys {
		t.Fatalf("%d keys", len(listed))
	}
	if err := s.RevokeAPIKey(t.Context(), ada, listed[0].ID); err != nil {
		t.Fatal(err)
	}
	s.newKey(t, ada, "in its place")
	s.newKey(t, uuid.New(), "of another")
}

func TestUseIsNotedByTheDayOnce(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	_, text := s.newKey(t, ada, "daily")
	if used := s.keys(t, ada)[0].UsedOn; !used.IsZero() {
		t.Fatalf("used on %s before it was", used)
	}
	box := func() (box []byte) {
		if err := s.db.QueryRow(t.Context(), `SELECT card FROM api_key`).Scan(&box); err != nil {
			t.Fatal(err)
		}
		return box
	}
	var written [][]byte
	for range 3 {
		for range 2 {
			if _, err := s.APIKey(t.Context(), text); err != nil {
				t.Fatal(err)
			}
			written = append(written, box())
		}
		if used, today := s.keys(t, ada)[0].UsedOn, s.clock.Now().Truncate(24*time.Hour); !used.Equal(today) {
			t.Fatalf("used on %s instead of %s", used, today)
		}
		s.clock.Add(24 * time.Hour)
	}
	for i := range written {
		if same := i > 0 && bytes.Equal(written[i], written[i-1]); same != (i%2 == 1) {
			t.Errorf("use %d: written again: %v", i, !same)
		}
		if len(written[i]) != len(written[0]) {
			t.Error("the size of a box tells something")
		}
	}
}

// A key is sealed anew with its owner's record, also while it is being used.
func TestKeysOutliveANewSecretOfTheirOwner(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	_, text := s.newKey(t, ada, "lasting")
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 10 {
				if _, err := s.APIKey(t.Context(), text); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 5 {
		if _, _, err := s.RenewMembers(t.Context(), nil, 10); err != nil {
			t.Error(err)
		}
		s.clock.Add(24 * time.Hour)
	}
	all.Wait()
	if _, err := s.again(t).APIKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	failed := -1
	err := s.Verify(t.Context(), func(table string, opened, wrong int) {
		if table == "api_key" {
			failed = wrong + 1 - opened
		}
	})
	if err != nil || failed != 0 {
		t.Fatalf("%d, %v", failed, err)
	}
}

// Whoever writes into the database can't give a key to another member, or its scopes to another key.
func TestASwappedKeyOpensNothing(t *testing.T) {
	t.Parallel()
	s, ada, ben := setup(t), uuid.New(), uuid.New()
	a, mine := s.newKey(t, ada, "mine")
	b, another := s.newKey(t, ada, "another of mine")
	s.newKey(t, ben, "his")
	s.asOwner(t, `UPDATE api_key SET card = (SELECT card FROM api_key WHERE key_id = $2) WHERE key_id = $1`, a.ID, b.ID)
	if k, err := s.APIKey(t.Context(), mine); err == nil || k.Owner != uuid.Nil {
		t.Error("a card of another key opened")
	}
	s.asOwner(t, `UPDATE api_key SET locator = (SELECT locator FROM member WHERE locator <> api_key.locator) WHERE key_id = $1`, b.ID)
	if k, err := s.APIKey(t.Context(), another); err == nil || k.Owner != uuid.Nil {
		t.Error("a key that was given away opened")
	}
}

func TestAKeyIsNeverPrinted(t *testing.T) {
	t.Parallel()
	k := setup(t).wanted(uuid.New(), "insulin log")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x"} {
		if out := fmt.Sprintf(verb, k); out != "[keystore]" {
			t.Errorf("%s: %s", verb, out)
		}
	}
	if out, err := json.Marshal(k); err == nil {
		t.Errorf("encoded as %s", out)
	}
}

func TestADumpTellsNothingOfAKey(t *testing.T) {
	t.Parallel()
	s, ada := setup(t), uuid.New()
	_, text := s.newKey(t, ada, "insulin log")
	if _, err := s.APIKey(t.Context(), text); err != nil {
		t.Fatal(err)
	}
	rows := strings.Join(s.dump(t), "\n")
	for _, word := range []string{"insulin", text, text[len(text)-49:], "post:read", "support", s.clock.Now().Format(time.DateOnly), ada.String()} {
		if strings.Contains(strings.ReplaceAll(rows, "2026-03-21)", ""), word) { // the day on which the epoch was opened
			t.Errorf("%q shows", word)
		}
	}
	if !strings.Contains(rows, "api_key") {
		t.Fatal("the dump has no keys")
	}
}

func FuzzReadAPIKey(f *testing.F) {
	f.Add(keystore.KeyText(uuid.New(), 3))
	f.Add("hamyar_key_")
	f.Fuzz(func(t *testing.T, text string) {
		id, ok := keystore.ReadKeyText(text)
		if ok && (len(text) != 83 || !strings.HasPrefix(text, keystore.APIKeyPrefix) || keystore.Checked(text[:77]) != text) {
			t.Errorf("%q is taken for the key %s", text, id)
		}
	})
}

// Who tries ids learns nothing by the clock: a key that exists and one that doesn't take the same work.
func TestAWrongSecretTakesAsLongAsAnUnknownKey(t *testing.T) {
	t.Parallel()
	s := setup(t)
	k, _ := s.newKey(t, uuid.New(), "a key")
	quickest := map[string]time.Duration{}
	for range 300 {
		for name, text := range map[string]string{"wrong": keystore.KeyText(k.ID, 7), "unknown": keystore.KeyText(uuid.New(), 7)} {
			began := time.Now()
			if _, err := s.APIKey(t.Context(), text); !errors.Is(err, fault.New(fault.KeyInvalid)) {
				t.Fatal(err)
			}
			if took := time.Since(began); quickest[name] == 0 || took < quickest[name] {
				quickest[name] = took
			}
		}
	}
	if apart := (quickest["wrong"] - quickest["unknown"]).Abs(); apart > max(quickest["unknown"]/2, 100*time.Microsecond) {
		t.Errorf("%v", quickest)
	}
}
