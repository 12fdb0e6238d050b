package keystore_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/postgres/pgtest"
	"github.com/hamyar/hamyar/migrations"
)

func someone(t *testing.T) *age.X25519Identity {
	t.Helper()
	who, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	return who
}

func (s setting) kit(t *testing.T, recipients ...age.Recipient) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := s.ExportKit(t.Context(), &out, recipients); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// keeper is the database as the role that wraps keys reaches it.
func (s setting) keeper(t *testing.T) *postgres.DB {
	t.Helper()
	db, err := postgres.Open(t.Context(), pgtest.As(t, migrations.Keys, migrations.Keys.Keeper, s.url))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

func (s setting) restore(t *testing.T, kit []byte, kmsURL string, who ...age.Identity) error {
	t.Helper()
	return keystore.RestoreKit(t.Context(), s.keeper(t), bytes.NewReader(kit), who, kmsURL)
}

// keks are the wrapped keys of the epochs, as they stand.
func (s setting) keks(t *testing.T) (all string) {
	t.Helper()
	if err := s.db.QueryRow(t.Context(), `SELECT string_agg(number || ' ' || encode(kek, 'hex'), ' ' ORDER BY number) FROM epoch`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAKitReplacesALostKMS(t *testing.T) {
	t.Parallel()
	s := setup(t)
	before := s.CursorKey()
	a, b := someone(t), someone(t)
	kit := s.kit(t, a.Recipient(), b.Recipient())
	fresh := newKMS(t)
	if err := s.restore(t, kit, fresh, b); err != nil {
		t.Fatal(err)
	}
	_, err := keystore.Open(t.Context(), s.db, s.kms, s.clock.Now)
	mustBe(t, err, keystore.ErrKMS)
	s.kms = fresh
	if again := s.again(t); again.CursorKey() != before || again.Deployment() != s.Deployment() {
		t.Error("another keystore opened")
	}
	if err := s.restore(t, kit, newKMS(t), a); err != nil {
		t.Errorf("the other one may alone, too, and again: %v", err)
	}
}

func TestAKitHoldsEveryEpoch(t *testing.T) {
	t.Parallel()
	s, who := setup(t), someone(t)
	older := s.kit(t, who.Recipient())
	store, err := keystore.Open(t.Context(), s.keeper(t), s.kms, s.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.NewEpoch(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	before := s.keks(t)
	mustBe(t, s.restore(t, older, newKMS(t), who), keystore.ErrKit)
	if s.keks(t) != before {
		t.Fatal("some of it was restored")
	}
	fresh := newKMS(t)
	if err := s.restore(t, s.kit(t, who.Recipient()), fresh, who); err != nil {
		t.Fatal(err)
	}
	s.kms = fresh
	s.again(t)
	for _, old := range strings.Fields(before) {
		if len(old) > 5 && strings.Contains(s.keks(t), old) {
			t.Error("an epoch kept the lost KMS's box")
		}
	}
}

func TestAKitOpensForNobodyElse(t *testing.T) {
	t.Parallel()
	s, who := setup(t), someone(t)
	kit, before := s.kit(t, who.Recipient()), s.keks(t)
	shares, err := kms.SplitKit(3, 2)
	if err != nil {
		t.Fatal(err)
	}
	together := s.kit(t, shares)
	for what, c := range map[string]struct {
		kit []byte
		who []age.Identity
	}{
		"somebody else": {kit, []age.Identity{someone(t)}}, "nobody": {kit, nil}, "cut": {kit[:len(kit)-1], []age.Identity{who}},
		"altered": {flipped(kit, len(kit)-5), []age.Identity{who}}, "empty": {nil, []age.Identity{who}}, "noise": {[]byte("kit"), []age.Identity{who}},
		"one who has no share": {together, []age.Identity{who}},
	} {
		if err := s.restore(t, c.kit, newKMS(t), c.who...); err == nil {
			t.Errorf("%s: restored", what)
		}
	}
	if s.keks(t) != before {
		t.Fatal("something was restored")
	}
	if err := s.ExportKit(t.Context(), io.Discard, nil); err == nil {
		t.Error("a kit for nobody")
	}
	pair, err := kms.JoinKit([]string{shares.Texts()[2], shares.Texts()[0]})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.restore(t, together, newKMS(t), pair); err != nil {
		t.Errorf("two of three together: %v", err)
	}
}

func flipped(b []byte, at int) []byte {
	c := bytes.Clone(b)
	c[at] ^= 1
	return c
}

// open reads a kit as somebody with the identity could, to forge others.
func openKit(t *testing.T, kit []byte, who age.Identity) map[string]any {
	t.Helper()
	r, err := age.Decrypt(bytes.NewReader(kit), who)
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.NewDecoder(r).Decode(&all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAKitThatDoesNotFitChangesNothing(t *testing.T) {
	t.Parallel()
	s, who := setup(t), someone(t)
	kit, before := s.kit(t, who.Recipient()), s.keks(t)
	for what, change := range map[string]func(all, epoch map[string]any){
		"another deployment":        func(all, _ map[string]any) { all["Deployment"] = uuid.NewString() },
		"another format":            func(all, _ map[string]any) { all["Format"] = "hamyar/kit/v2" },
		"another number":            func(_, e map[string]any) { e["Number"] = 2 },
		"another key id":            func(_, e map[string]any) { e["KeyID"] = uuid.NewString() },
		"another fingerprint":       func(_, e map[string]any) { e["Fingerprint"] = base64.StdEncoding.EncodeToString(make([]byte, 16)) },
		"another key":               func(_, e map[string]any) { e["Key"] = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32)) },
		"a short key":               func(_, e map[string]any) { e["Key"] = "AAAA" },
		"no epochs":                 func(all, _ map[string]any) { all["Epochs"] = nil },
		"a field that nobody knows": func(all, _ map[string]any) { all["More"] = 1 },
	} {
		all := openKit(t, kit, who)
		change(all, all["Epochs"].([]any)[0].(map[string]any))
		text, err := json.Marshal(all)
		if err != nil {
			t.Fatal(err)
		}
		var forged bytes.Buffer
		w, err := age.Encrypt(&forged, who.Recipient())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := s.restore(t, forged.Bytes(), newKMS(t), who); err == nil {
			t.Errorf("%s: restored", what)
		}
		if s.keks(t) != before {
			t.Fatalf("%s: something changed", what)
		}
	}
	other := setup(t)
	mustBe(t, other.restore(t, kit, newKMS(t), who), keystore.ErrKit)
	mustBe(t, setting{url: pgtest.KeysURL(t)}.restore(t, kit, newKMS(t), who), keystore.ErrEmpty)
	if err := s.restore(t, kit, "base64key://", who); err == nil {
		t.Error("restored with a random key")
	}
	if err := keystore.RestoreKit(t.Context(), s.db, bytes.NewReader(kit), []age.Identity{who}, newKMS(t)); err == nil {
		t.Error("the application's role may restore")
	}
}

func TestAKitHidesItsKeysFromWhoeverFindsIt(t *testing.T) {
	t.Parallel()
	s, who := setup(t), someone(t)
	kit := s.kit(t, who.Recipient())
	key := openKit(t, kit, who)["Epochs"].([]any)[0].(map[string]any)["Key"].(string)
	raw, err := base64.StdEncoding.DecodeString(key)
	if err != nil || len(raw) != 32 {
		t.Fatalf("%d bytes, %v", len(raw), err)
	}
	if bytes.Contains(kit, raw) || bytes.Contains(kit, []byte(key)) || bytes.Contains(kit, []byte(s.Deployment().String())) {
		t.Error("the kit tells")
	}
}

// TestAKMSInTrouble opens a keystore through a Vault that is down, refuses, or says nothing.
func TestAKMSInTrouble(t *testing.T) {
	answer := http.StatusOK
	vault := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var in map[string]string
		if answer != http.StatusOK || json.NewDecoder(r.Body).Decode(&in) != nil {
			w.WriteHeader(answer)
			return
		}
		out := map[string]string{"ciphertext": "vault:v1:" + in["plaintext"]} // the shape of transit, without its secrecy
		if strings.Contains(r.URL.Path, "/decrypt/") {
			out = map[string]string{"plaintext": strings.TrimPrefix(in["ciphertext"], "vault:v1:")}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": out})
	}))
	defer vault.Close()
	t.Setenv("VAULT_SERVER_URL", vault.URL)
	t.Setenv("VAULT_SERVER_TOKEN", "token")
	db, clock := pgtest.Keys(t), newClock()
	const url = "hashivault://root"
	answer = http.StatusServiceUnavailable
	mustBe(t, keystore.Init(t.Context(), db, url, clock.Now), kms.ErrUnavailable)
	answer = http.StatusOK
	if err := keystore.Init(t.Context(), db, url, clock.Now); err != nil {
		t.Fatal(err)
	}
	for status, want := range map[int]error{
		http.StatusForbidden: keystore.ErrKMS, http.StatusBadRequest: keystore.ErrKMS, http.StatusNoContent: kms.ErrUnavailable,
		http.StatusServiceUnavailable: kms.ErrUnavailable, http.StatusInternalServerError: kms.ErrUnavailable,
	} {
		answer = status
		store, err := keystore.Open(t.Context(), db, url, clock.Now)
		mustBe(t, err, want)
		if store != nil || errors.Is(want, kms.ErrUnavailable) && errors.Is(err, keystore.ErrKMS) {
			t.Errorf("%d: %v", status, err)
		}
	}
	answer = http.StatusOK
	if _, err := keystore.Open(t.Context(), db, url, clock.Now); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	vault.Close()
	_, err := keystore.Open(t.Context(), db, url, clock.Now)
	mustBe(t, err, kms.ErrUnavailable)
}
