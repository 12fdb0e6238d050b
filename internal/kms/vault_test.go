package kms_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/nacl/secretbox"

	"github.com/hamyar/hamyar/internal/kms"
)

const token = "hvs.NotForAnybodyElse"

// transit speaks the part of Vault's transit API that wraps and unwraps.
type transit struct {
	mu    sync.Mutex
	keys  map[string]*[32]byte // by engine and key
	paths []string
	fault func(w http.ResponseWriter) bool
}

func newTransit(t *testing.T, names ...string) (*transit, *httptest.Server) {
	t.Helper()
	v := &transit{keys: map[string]*[32]byte{}}
	for _, name := range names {
		v.keys[name] = new([32]byte)
		_, _ = rand.Read(v.keys[name][:])
	}
	server := httptest.NewServer(v)
	t.Cleanup(server.Close)
	t.Setenv("VAULT_SERVER_URL", server.URL)
	t.Setenv("VAULT_SERVER_TOKEN", token)
	return v, server
}

func (v *transit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.mu.Lock()
	v.paths = append(v.paths, r.URL.Path)
	fault := v.fault
	v.mu.Unlock()
	if fault != nil && fault(w) {
		return
	}
	if r.Header.Get("X-Vault-Token") != token {
		refuse(w, http.StatusForbidden, "permission denied")
		return
	}
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	act := "encrypt"
	engine, key, found := strings.Cut(path, "/encrypt/")
	if !found {
		act = "decrypt"
		engine, key, _ = strings.Cut(path, "/decrypt/")
	}
	secret, known := v.keys[engine+" "+key]
	var in map[string]string
	if err := json.NewDecoder(r.Body).Decode(&in); !known || err != nil {
		refuse(w, http.StatusBadRequest, "encryption key not found")
		return
	}
	if act == "encrypt" {
		plain, _ := base64.StdEncoding.DecodeString(in["plaintext"])
		var nonce [24]byte
		_, _ = rand.Read(nonce[:])
		give(w, "ciphertext", "vault:v1:"+base64.StdEncoding.EncodeToString(secretbox.Seal(nonce[:], plain, &nonce, secret)))
		return
	}
	box, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(in["ciphertext"], "vault:v1:"))
	if len(box) < 24 {
		refuse(w, http.StatusBadRequest, "invalid ciphertext: no prefix")
		return
	}
	plain, ok := secretbox.Open(nil, box[24:], (*[24]byte)(box[:24]), secret)
	if !ok {
		refuse(w, http.StatusBadRequest, "cipher: message authentication failed")
		return
	}
	give(w, "plaintext", base64.StdEncoding.EncodeToString(plain))
}

func give(w http.ResponseWriter, name, value string) {
	_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{name: value}})
}

func refuse(w http.ResponseWriter, status int, why string) {
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"errors": []string{why}})
}

func (v *transit) fails(fault func(w http.ResponseWriter) bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.fault = fault
}

func status(code int, body string) func(http.ResponseWriter) bool {
	return func(w http.ResponseWriter) bool {
		w.WriteHeader(code)
		_, _ = w.Write([]byte(body))
		return true
	}
}

func open(t *testing.T, url string) *kms.Keeper {
	t.Helper()
	k, err := kms.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := k.Close(); err != nil {
			t.Error(err)
		}
	})
	return k
}

func wrap(t *testing.T, k *kms.Keeper, b []byte) []byte {
	t.Helper()
	box, err := k.Wrap(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(box, b) {
		t.Fatal("the box holds what it hides")
	}
	return box
}

var words = []byte("the key of an epoch, thirty-two.")

func TestVaultOpensWhatItWrapped(t *testing.T) {
	newTransit(t, "transit root", "transit other")
	box := wrap(t, open(t, "hashivault://root"), words)
	if plain, err := open(t, "hashivault://root?engine=transit").Unwrap(t.Context(), box); err != nil || !bytes.Equal(plain, words) {
		t.Fatalf("%q, %v", plain, err)
	}
	for what, k := range map[string]*kms.Keeper{"another key": open(t, "hashivault://other"), "no such key": open(t, "hashivault://none")} {
		if plain, err := k.Unwrap(t.Context(), box); !errors.Is(err, kms.ErrRefused) || plain != nil {
			t.Errorf("%s: %q, %v", what, plain, err)
		}
	}
	swapped := bytes.Clone(box)
	swapped[len(swapped)-6] ^= 1
	for what, b := range map[string][]byte{"altered": swapped, "not a box": []byte("nothing of the kind"), "empty": nil} {
		if plain, err := open(t, "hashivault://root").Unwrap(t.Context(), b); !errors.Is(err, kms.ErrRefused) || plain != nil {
			t.Errorf("%s: %q, %v", what, plain, err)
		}
	}
}

// The driver opens URLs with one client and one set of options for all: the engine of the first becomes that of the
// second, and the first server's token goes on being used.
func TestVaultKeepersShareNothing(t *testing.T) {
	first, _ := newTransit(t, "alt root", "transit root")
	a, b := open(t, "hashivault://root?engine=alt"), open(t, "hashivault://root")
	box := wrap(t, a, words)
	if _, err := b.Unwrap(t.Context(), box); !errors.Is(err, kms.ErrRefused) {
		t.Errorf("another engine's box: %v", err)
	}
	if first.paths[0] != "/v1/alt/encrypt/root" || first.paths[1] != "/v1/transit/decrypt/root" {
		t.Errorf("asked %v", first.paths)
	}
	second, _ := newTransit(t, "transit root")
	wrap(t, open(t, "hashivault://root"), words)
	if len(first.paths) != 2 || len(second.paths) != 1 {
		t.Errorf("the first server was asked %d times, the second %d", len(first.paths), len(second.paths))
	}
	if _, err := a.Unwrap(t.Context(), box); err != nil {
		t.Errorf("the first keeper forgot its server: %v", err)
	}
}

func TestVaultThatDoesNotAnswerIsToldFromOneThatRefuses(t *testing.T) {
	v, _ := newTransit(t, "transit root")
	k := open(t, "hashivault://root")
	box := wrap(t, k, words)
	for what, c := range map[string]struct {
		fault func(http.ResponseWriter) bool
		want  error
	}{
		"403":                 {status(403, `{"errors":["permission denied"]}`), kms.ErrRefused},
		"401":                 {status(401, ``), kms.ErrRefused},
		"404":                 {status(404, `{"errors":["no handler for route"]}`), kms.ErrRefused},
		"400":                 {status(400, `{"errors":["invalid"]}`), kms.ErrRefused},
		"204":                 {status(204, ``), kms.ErrUnavailable},
		"200 with nothing":    {status(200, ``), kms.ErrUnavailable},
		"no data":             {status(200, `{}`), kms.ErrUnavailable},
		"data without answer": {status(200, `{"data":{"other":"x"}}`), kms.ErrUnavailable},
		"a number":            {status(200, `{"data":{"plaintext":7,"ciphertext":7}}`), kms.ErrUnavailable},
		"an empty answer":     {status(200, `{"data":{"plaintext":"","ciphertext":""}}`), kms.ErrUnavailable},
		"null":                {status(200, `{"data":{"plaintext":null,"ciphertext":null}}`), kms.ErrUnavailable},
		"not JSON":            {status(200, `<html>`), kms.ErrUnavailable},
		"sealed":              {status(503, `{"errors":["Vault is sealed"]}`), kms.ErrUnavailable},
		"500":                 {status(500, ``), kms.ErrUnavailable},
		"throttled":           {status(429, ``), kms.ErrUnavailable},
		"standby":             {status(473, ``), kms.ErrUnavailable},
	} {
		v.fails(c.fault)
		if plain, err := k.Unwrap(t.Context(), box); !errors.Is(err, c.want) || plain != nil {
			t.Errorf("%s: unwrapped %q, %v", what, plain, err)
		}
		if b, err := k.Wrap(t.Context(), words); !errors.Is(err, c.want) || b != nil {
			t.Errorf("%s: wrapped %q, %v", what, b, err)
		}
	}
	v.fails(nil)
	if plain, err := k.Unwrap(t.Context(), box); err != nil || !bytes.Equal(plain, words) {
		t.Errorf("afterwards: %v", err)
	}
}

func TestASlowVaultIsNotWaitedFor(t *testing.T) {
	v, _ := newTransit(t, "transit root")
	k := open(t, "hashivault://root")
	box := wrap(t, k, words)
	release := make(chan struct{})
	defer close(release)
	v.fails(func(http.ResponseWriter) bool { <-release; return false })
	kms.Hasten(k, 50*time.Millisecond)
	begun := time.Now()
	if _, err := k.Unwrap(t.Context(), box); !errors.Is(err, kms.ErrUnavailable) {
		t.Errorf("slow: %v", err)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it waited %v", took)
	}
}

func TestAVaultThatIsDownIsUnavailable(t *testing.T) {
	_, server := newTransit(t, "transit root")
	k := open(t, "hashivault://root")
	box := wrap(t, k, words)
	server.Close()
	if _, err := k.Unwrap(t.Context(), box); !errors.Is(err, kms.ErrUnavailable) {
		t.Error(err)
	} else if strings.Contains(err.Error(), "127.0.0.1") || strings.Contains(err.Error(), "root") {
		t.Errorf("the error tells where: %v", err)
	}
}

func TestVaultsTokenGoesNowhereElse(t *testing.T) {
	var elsewhere bool
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		elsewhere = elsewhere || r.Header.Get("X-Vault-Token") != ""
	}))
	defer thief.Close()
	v, _ := newTransit(t, "transit root")
	v.fails(func(w http.ResponseWriter) bool {
		w.Header().Set("Location", thief.URL)
		w.WriteHeader(http.StatusTemporaryRedirect)
		return true
	})
	t.Setenv("HTTP_PROXY", thief.URL)
	t.Setenv("VAULT_ADDR", thief.URL)
	t.Setenv("VAULT_AGENT_ADDR", thief.URL)
	t.Setenv("VAULT_TOKEN", "another")
	if _, err := open(t, "hashivault://root").Wrap(t.Context(), words); !errors.Is(err, kms.ErrUnavailable) {
		t.Errorf("a redirect: %v", err)
	}
	v.fails(nil)
	wrap(t, open(t, "hashivault://root"), words)
	if elsewhere {
		t.Error("it followed")
	}
}

func TestVaultsToken(t *testing.T) {
	newTransit(t, "transit root")
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(token+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("VAULT_SERVER_TOKEN_FILE", path)
	if _, err := kms.Open(t.Context(), "hashivault://root"); err == nil {
		t.Error("a token and a file of one")
	}
	t.Setenv("VAULT_SERVER_TOKEN", "")
	wrap(t, open(t, "hashivault://root"), words)
	if err := os.Chmod(path, 0o644); err != nil { //nolint:gosec // that is what must be refused
		t.Fatal(err)
	}
	if _, err := kms.Open(t.Context(), "hashivault://root"); err == nil {
		t.Error("a token that all may read")
	}
	t.Setenv("VAULT_SERVER_TOKEN_FILE", "")
	if _, err := kms.Open(t.Context(), "hashivault://root"); err == nil {
		t.Error("no token")
	}
	t.Setenv("VAULT_SERVER_TOKEN", "wrong")
	if _, err := open(t, "hashivault://root").Wrap(t.Context(), words); !errors.Is(err, kms.ErrRefused) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("a wrong token: %v", err)
	}
}

func TestVaultAddressesThatAreRefused(t *testing.T) {
	newTransit(t, "transit root")
	for _, url := range []string{
		"hashivault://", "hashivault:///root", "hashivault://root/x", "hashivault://..", "hashivault://root?engine=", "hashivault://root?engine=a&engine=b",
		"hashivault://root?engine=../sys", "hashivault://root?engine=a//b", "hashivault://root?motor=a", "hashivault://root?engine=%zz", "hashivault://user@root",
	} {
		if _, err := kms.Open(t.Context(), url); err == nil {
			t.Errorf("%s: accepted", url)
		}
	}
	for _, server := range []string{"", "vault.example", "http://vault.example", "ftp://127.0.0.1", "https://", "https://me:word@vault.example", "unix:///tmp/x"} {
		t.Setenv("VAULT_SERVER_URL", server)
		if _, err := kms.Open(t.Context(), "hashivault://root"); err == nil {
			t.Errorf("%s: accepted", server)
		} else if strings.Contains(err.Error(), "word") {
			t.Errorf("%s: repeated", server)
		}
	}
}
