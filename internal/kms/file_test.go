package kms_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

func write(t *testing.T, content string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func newFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.key")
	if err := kms.NewKeyFile(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAKeyFileOpensItsBoxesAlone(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	box := wrap(t, open(t, "file://"+path), words)
	if again := wrap(t, open(t, "file://"+path), words); bytes.Equal(box, again) {
		t.Error("two boxes are the same")
	}
	for _, url := range []string{"file://" + path, "base64key://" + strings.TrimSpace(string(text))} {
		if plain, err := open(t, url).Unwrap(t.Context(), box); err != nil || !bytes.Equal(plain, words) {
			t.Errorf("%q, %v", plain, err)
		}
	}
	other := open(t, "file://"+newFile(t))
	for i := range box {
		altered := bytes.Clone(box)
		altered[i] ^= 1
		if _, err := open(t, "file://"+path).Unwrap(t.Context(), altered); !errors.Is(err, kms.ErrRefused) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
	}
	for n := range box {
		if _, err := open(t, "file://"+path).Unwrap(t.Context(), box[:n]); !errors.Is(err, kms.ErrRefused) {
			t.Fatalf("cut at %d: %v", n, err)
		}
	}
	if _, err := other.Unwrap(t.Context(), box); !errors.Is(err, kms.ErrRefused) {
		t.Errorf("another key: %v", err)
	}
	if _, err := other.Wrap(t.Context(), nil); err == nil {
		t.Error("nothing was wrapped")
	}
}

func TestAddressesThatAreRefused(t *testing.T) {
	t.Parallel()
	key := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	good := write(t, key, 0o600)
	for what, url := range map[string]string{
		"a random key by omission": "base64key://", "short": "base64key://" + key[:20], "zeros": "base64key://" + base64.URLEncoding.EncodeToString(make([]byte, 32)),
		"with a query": "base64key://" + key + "?a=b", "nothing": "", "no scheme": key, "unknown": "smtp://" + key, "relative": "file://root.key",
		"missing": "file://" + good + ".none", "folder": "file://" + filepath.Dir(good), "for others": "file://" + write(t, key, 0o604),
		"for the group": "file://" + write(t, key, 0o640), "noise": "file://" + write(t, key+key, 0o600), "an unknown query": "file://" + good + "?a=b",
		"a passphrase for a plain key": "file://" + good + "?passphrase_file=" + good,
	} {
		k, err := kms.Open(t.Context(), url)
		if err == nil || k != nil {
			t.Errorf("%s: accepted", what)
			continue
		}
		if strings.Contains(err.Error(), key[:12]) || strings.Contains(err.Error(), filepath.Dir(good)) {
			t.Errorf("%s: the error repeats the URL: %v", what, err)
		}
	}
}

func TestKeepersAreNotPrinted(t *testing.T) {
	t.Parallel()
	k := open(t, "base64key://"+base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32))))
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, k); got != "[kms]" {
			t.Errorf("%s: %s", verb, got)
		}
	}
	if got := k.LogValue().String(); got != "[kms]" {
		t.Error(got)
	}
}

func TestACancelledCallIsUnavailable(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	k := open(t, "file://"+newFile(t))
	for range 50 { // the answer may be there first
		if _, err := k.Wrap(ctx, words); err != nil && !errors.Is(err, kms.ErrUnavailable) {
			t.Fatal(err)
		}
	}
}

func TestKeyFilesAreMadeOnceAndForTheOwner(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := kms.NewKeyFile(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second key: %v", err)
	}
	after, _ := os.ReadFile(path)
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 || !bytes.Equal(before, after) {
		t.Errorf("%v, %v", info, err)
	}
	rest, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(rest) != 1 {
		t.Errorf("drafts were left: %v", rest)
	}
}
