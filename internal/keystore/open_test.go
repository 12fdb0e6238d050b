package keystore_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
)

func TestInitHappensOnce(t *testing.T) {
	t.Parallel()
	s := setup(t)
	mustBe(t, keystore.Init(t.Context(), s.db, s.kms, s.clock.Now), fault.New(fault.AlreadyExists))
	mustBe(t, keystore.Init(t.Context(), s.db, base64Key(3), s.clock.Now), fault.New(fault.AlreadyExists))
	if s.count(t, "epoch") != 1 || s.count(t, "root_key") != 5 {
		t.Fatal("the second attempt left something")
	}
	if again := s.again(t); again.Deployment() != s.Deployment() || again.Deployment() == uuid.Nil {
		t.Fatal("another deployment")
	}
}

func TestOfManyInitsOneWins(t *testing.T) {
	t.Parallel()
	db, kms, clock := pgtest.Keys(t), newKMS(t), newClock()
	var won atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if err := keystore.Init(t.Context(), db, kms, clock.Now); err == nil {
				won.Add(1)
			}
		})
	}
	all.Wait()
	if won.Load() != 1 {
		t.Fatalf("%d won", won.Load())
	}
	if _, err := keystore.Open(t.Context(), db, kms, clock.Now); err != nil {
		t.Fatal(err)
	}
}

func TestNothingOpensWithoutKeys(t *testing.T) {
	t.Parallel()
	_, err := keystore.Open(t.Context(), pgtest.Keys(t), base64Key(1), newClock().Now)
	mustBe(t, err, keystore.ErrEmpty)
}

func TestAWrongKMSOpensNothing(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, kms := range []string{base64Key(1), newKMS(t)} {
		store, err := keystore.Open(t.Context(), s.db, kms, s.clock.Now)
		mustBe(t, err, keystore.ErrKMS)
		if store != nil {
			t.Fatal("a store came with the error")
		}
	}
}

func TestTamperedRootsOpenNothing(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]string{
		"another deployment":   `UPDATE deployment SET deployment_id = gen_random_uuid()`,
		"another key id":       `UPDATE epoch SET key_id = gen_random_uuid()`,
		"another fingerprint":  `UPDATE epoch SET fingerprint = set_byte(fingerprint, 3, get_byte(fingerprint, 3) # 1)`,
		"a shorter print":      `UPDATE epoch SET fingerprint = ''`,
		"a broken blob":        `UPDATE epoch SET kek = set_byte(kek, 60, get_byte(kek, 60) # 1)`,
		"an empty blob":        `UPDATE epoch SET kek = ''`,
		"another epoch's name": `INSERT INTO epoch SELECT 2, gen_random_uuid(), fingerprint, kek, opened_on FROM epoch`,
		"an epoch's second name": `ALTER TABLE epoch DROP CONSTRAINT epoch_key_once;
			INSERT INTO epoch SELECT 2, key_id, fingerprint, kek, opened_on FROM epoch`,
		"a broken root": `UPDATE root_key SET secret = set_byte(secret, 70, get_byte(secret, 70) # 1) WHERE purpose = 'ban'`,
		"swapped roots": `UPDATE root_key a SET secret = b.secret FROM root_key b
			WHERE (a.purpose, b.purpose) IN (('rate', 'audit'), ('audit', 'rate'))`,
		"another generation": `UPDATE root_key SET generation = 2 WHERE purpose = 'route'`,
		"a missing root":     `DELETE FROM root_key WHERE purpose = 'locate'`,
		"no roots":           `DELETE FROM root_key`,
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			s.asOwner(t, change)
			store, err := keystore.Open(t.Context(), s.db, s.kms, s.clock.Now)
			if err == nil || store != nil {
				t.Fatal("it opens")
			}
		})
	}
}

func TestAnEpochOfAnotherKeystoreIsRefused(t *testing.T) {
	t.Parallel()
	a, b := setup(t), setup(t)
	if err := keystore.Init(t.Context(), pgtest.Keys(t), a.kms, a.clock.Now); err != nil {
		t.Fatal(err)
	}
	var id uuid.UUID
	var kek, print []byte
	if err := b.db.QueryRow(t.Context(), `SELECT key_id, kek, fingerprint FROM epoch`).Scan(&id, &kek, &print); err != nil {
		t.Fatal(err)
	}
	a.asOwner(t, `UPDATE epoch SET key_id = $1, kek = $2, fingerprint = $3`, id, kek, print)
	_, err := keystore.Open(t.Context(), a.db, b.kms, a.clock.Now) // b's KMS does open the blob
	mustBe(t, err, keystore.ErrKMS)
}

func TestKMSAddresses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		return "file://" + path
	}
	good := file("good", key+"\n", 0o600)
	db := pgtest.Keys(t)
	if err := keystore.Init(t.Context(), db, good, newClock().Now); err != nil {
		t.Fatal(err)
	}
	if _, err := keystore.Open(t.Context(), db, "base64key://"+strings.TrimRight(key, "="), newClock().Now); err != nil {
		t.Errorf("the same key in the URL: %v", err)
	}
	for what, url := range map[string]string{
		"no key, which would be a random one": "base64key://", "short key": "base64key://" + key[:20], "not base64": "base64key://" + strings.Repeat("!", 44),
		"a key and more": "base64key://" + key + key, "zero key": base64Key(0), "no scheme": key, "nothing": "", "unknown scheme": "awskms:///" + key,
		"no file": "file://" + dir + "/none", "a folder": "file://" + dir, "relative file": "file://good", "empty file": file("empty", "", 0o600),
		"file for others": file("open", key, 0o644), "file for the group": file("group", key, 0o640), "file of noise": file("noise", "key: "+key, 0o600),
	} {
		err := keystore.Init(t.Context(), db, url, newClock().Now)
		if err == nil || errors.Is(err, fault.New(fault.AlreadyExists)) {
			t.Errorf("%s: accepted, %v", what, err)
			continue
		}
		if strings.Contains(err.Error(), key[:20]) {
			t.Errorf("%s: the error holds the key", what)
		}
	}
}

func TestRateKeysChangeAtMidnightUTC(t *testing.T) {
	t.Parallel()
	s := setup(t)
	tehran := time.FixedZone("Tehran", 12600)
	day := time.Date(2026, 3, 21, 0, 30, 0, 0, time.UTC)
	if s.RateKey(day) != s.RateKey(day.Add(23*time.Hour).In(tehran)) {
		t.Error("one day has two keys")
	}
	if s.RateKey(day) == s.RateKey(day.Add(-time.Hour)) || s.RateKey(day) == s.RateKey(day.Add(24*time.Hour)) {
		t.Error("two days share a key")
	}
	if s.RateKey(day) != s.again(t).RateKey(day) {
		t.Error("two processes have two keys")
	}
	if s.RateKey(day) == setup(t).RateKey(day) {
		t.Error("two keystores share a key")
	}
}
