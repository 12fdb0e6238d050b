package kms_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hamyar/hamyar/internal/kms"
)

const phrase = "correct horse battery staple, ای یار"

func protected(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "root.key")
	if err := kms.NewCheapKeyFile(path, []byte(phrase)); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAProtectedKeyFileOpensWithItsPassphraseAlone(t *testing.T) {
	t.Parallel()
	path := protected(t)
	box := wrap(t, open(t, "file://"+path+"?passphrase_file="+write(t, phrase+"\n", 0o600)), words)
	plain, err := open(t, "file://"+path+"?passphrase_file="+write(t, phrase, 0o600)).Unwrap(t.Context(), box)
	if err != nil || !bytes.Equal(plain, words) {
		t.Fatalf("%q, %v", plain, err)
	}
	for what, file := range map[string]string{
		"another": write(t, phrase+"!", 0o600), "shorter": write(t, phrase[:20], 0o600), "empty": write(t, "", 0o600),
	} {
		if _, err := kms.Open(t.Context(), "file://"+path+"?passphrase_file="+file); !errors.Is(err, kms.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, query := range map[string]string{
		"none": "", "empty": "?", "no file": "?passphrase_file=", "relative": "?passphrase_file=words", "missing": "?passphrase_file=" + path + ".none",
		"the words themselves": "?passphrase=" + phrase, "for others": "?passphrase_file=" + write(t, phrase, 0o644),
		"twice": "?passphrase_file=" + path + "&passphrase_file=" + path, "and more": "?passphrase_file=" + path + "&a=b",
	} {
		_, err := kms.Open(t.Context(), "file://"+path+query)
		if err == nil || errors.Is(err, kms.ErrRefused) {
			t.Errorf("%s: %v", what, err)
		} else if strings.Contains(err.Error(), "horse") {
			t.Errorf("%s: repeated", what)
		}
	}
}

func TestAnAlteredProtectedKeyFileOpensNothing(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(protected(t))
	if err != nil {
		t.Fatal(err)
	}
	line, words := strings.TrimSpace(string(text)), write(t, phrase, 0o600)
	for what, altered := range map[string]string{
		"more work": strings.Replace(line, "t=1", "t=2", 1), "other threads": strings.Replace(line, "p=4", "p=3", 1),
		"too much memory": strings.Replace(line, "m=65536", "m=4194304", 1), "too little": strings.Replace(line, "m=65536", "m=8", 1),
		"no time": strings.Replace(line, "t=1", "t=0", 1), "a signed number": strings.Replace(line, "t=1", "t=+1", 1),
		"other version": strings.Replace(line, "v=19", "v=16", 1), "other kind": strings.Replace(line, "argon2id", "argon2i", 1),
		"a salt": line[:50] + flip(line[50]) + line[51:], "the box": line[:len(line)-10] + flip(line[len(line)-10]) + line[len(line)-9:],
		"shorter": line[:len(line)-4], "longer": line + "AAAA", "no box": line[:strings.LastIndexByte(line, '$')+1], "only the prefix": "hamyar-key-v1$",
	} {
		if altered == line {
			t.Fatalf("%s: nothing altered", what)
		}
		if k, err := kms.Open(t.Context(), "file://"+write(t, altered, 0o600)+"?passphrase_file="+words); err == nil || k != nil {
			t.Errorf("%s: opened", what)
		}
	}
}

func flip(b byte) string {
	if b == 'A' {
		return "B"
	}
	return "A"
}

func TestProtectedKeyFilesTakeRealWork(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "root.key")
	if err := kms.NewProtectedKeyFile(path, []byte("short")); err == nil {
		t.Error("a short passphrase")
	}
	if err := kms.NewProtectedKeyFile(path, []byte(phrase)); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "hamyar-key-v1$argon2id$v=19$m=262144,t=3,p=4$") {
		t.Errorf("%.40s, %v", text, err)
	}
	wrap(t, open(t, "file://"+path+"?passphrase_file="+write(t, phrase, 0o600)), words)
	if err := kms.NewProtectedKeyFile(path, []byte(phrase)); !errors.Is(err, os.ErrExist) {
		t.Errorf("a second: %v", err)
	}
}

func FuzzProtectedKeyFile(f *testing.F) {
	salt, box := strings.Repeat("A", 22), strings.Repeat("A", 96)
	f.Add("hamyar-key-v1$argon2id$v=19$m=65536,t=1,p=4$" + salt + "$" + box)
	f.Add("hamyar-key-v1$argon2id$v=19$m=4294967295,t=1,p=255$" + salt + "$" + box)
	f.Add("hamyar-key-v1$$$$$")
	f.Add("hamyar-key-v1$argon2id$v=19$m=65536,t=1,p=4$" + salt + "$" + box[:9] + "\n" + box[9:])
	f.Fuzz(func(t *testing.T, line string) {
		memory, again, ok := kms.ReadProtected(line)
		if ok && (again != line || memory > 1<<20) {
			t.Fatalf("%q was read as %q", line, again)
		}
	})
}
