package keystore

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"gocloud.dev/secrets"
	"gocloud.dev/secrets/localsecrets"
)

// None of these errors repeats the URL or the file: either may be the key.
var (
	errScheme   = errors.New("keystore: the KMS must be file:///path/to/key or base64key://key")
	errNoKey    = errors.New("keystore: base64key:// without a key would make a new one at each start; give it one")
	errKeyForm  = errors.New("keystore: a KMS key is 32 bytes in base64")
	errKeyOpen  = errors.New("keystore: the KMS key file can be read by others; allow its owner alone (chmod 600)")
	errKeyPlain = errors.New("keystore: the KMS key file is not a plain file")
)

// openKeeper opens the KMS that a URL names. A keeper only wraps and unwraps
// the keys of epochs.
func openKeeper(kmsURL string) (*secrets.Keeper, error) {
	key, err := localKey(kmsURL)
	if err != nil {
		return nil, err
	}
	return localsecrets.NewKeeper(key), nil
}

func localKey(kmsURL string) (key [32]byte, err error) {
	scheme, rest, _ := strings.Cut(kmsURL, "://")
	switch {
	case scheme == "file" && filepath.IsAbs(rest):
		return readKeyFile(rest)
	case scheme == localsecrets.Scheme && rest == "":
		return key, errNoKey
	case scheme == localsecrets.Scheme:
		return parseKey(rest)
	}
	return key, errScheme
}

func parseKey(text string) (key [32]byte, err error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(text))
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || copy(key[:], raw) != len(key) || len(raw) != len(key) || key == [32]byte{} {
		return [32]byte{}, errKeyForm
	}
	return key, nil
}

func readKeyFile(path string) (key [32]byte, err error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return key, fmt.Errorf("keystore: open the KMS key file: %w", err)
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return key, fmt.Errorf("keystore: look at the KMS key file: %w", err)
	case !info.Mode().IsRegular():
		return key, errKeyPlain
	case info.Mode().Perm()&0o077 != 0:
		return key, errKeyOpen
	}
	text, err := io.ReadAll(io.LimitReader(f, 1024))
	if err != nil {
		return key, fmt.Errorf("keystore: read the KMS key file: %w", err)
	}
	return parseKey(string(text))
}

// NewKeyFile makes a random key for the KMS URL file://path, readable by its
// owner alone. It appears whole or not at all, and never replaces a file.
func NewKeyFile(path string) error {
	var key [32]byte
	if _, err := rand.Read(key[:]); err != nil {
		return fmt.Errorf("keystore: make a KMS key: %w", err)
	}
	draft, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return fmt.Errorf("keystore: make a KMS key file: %w", err)
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // a draft, which the link outlives
	_, err = draft.WriteString(base64.StdEncoding.EncodeToString(key[:]) + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("keystore: write a KMS key file: %w", err)
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return fmt.Errorf("keystore: place a KMS key file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("keystore: sync the folder of a KMS key: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}
