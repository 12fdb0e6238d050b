package kms

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// None of these errors repeats what a file holds: it may be the key.
var (
	errKeyForm  = errors.New("kms: a key is 32 bytes in base64")
	errKeyOpen  = errors.New("kms: the key file or its passphrase can be read by others; allow its owner alone (chmod 600)")
	errKeyPlain = errors.New("kms: the key file or its passphrase is not a plain file")
	errKeyQuery = errors.New("kms: after file:///path comes nothing, or ?passphrase_file=/path")
	errLocked   = errors.New("kms: the key file is protected; add ?passphrase_file=/path")
	errUnlocked = errors.New("kms: the key file is not protected; leave passphrase_file out")
)

// openFile reads the key of file:///path, with or without a passphrase.
func openFile(rest string) ([32]byte, error) {
	path, query, asked := strings.Cut(rest, "?")
	text, err := readPrivate(path)
	if err != nil {
		return [32]byte{}, err
	}
	defer clear(text)
	locked := strings.HasPrefix(string(text), protectedPrefix)
	switch {
	case asked && !locked:
		return [32]byte{}, errUnlocked
	case locked && !asked:
		return [32]byte{}, errLocked
	case !locked:
		return parseKey(string(text))
	}
	values, err := url.ParseQuery(query)
	words := values.Get("passphrase_file")
	if err != nil || len(values) != 1 || len(values["passphrase_file"]) != 1 || !filepath.IsAbs(words) {
		return [32]byte{}, errKeyQuery
	}
	passphrase, err := readPrivate(words)
	if err != nil {
		return [32]byte{}, err
	}
	defer clear(passphrase)
	return unlock(string(text), trimLine(passphrase))
}

func trimLine(text []byte) []byte { return []byte(strings.TrimRight(string(text), "\r\n")) }

func parseKey(text string) (key [32]byte, err error) {
	text = strings.NewReplacer("+", "-", "/", "_").Replace(strings.TrimSpace(text))
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err != nil || copy(key[:], raw) != len(key) || len(raw) != len(key) || key == [32]byte{} {
		return [32]byte{}, errKeyForm
	}
	return key, nil
}

// readPrivate reads a short file that nobody but its owner may read.
func readPrivate(path string) ([]byte, error) {
	f, err := os.Open(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("kms: open the key file or its passphrase: %w", plainCause(err))
	}
	defer f.Close() //nolint:errcheck // it was only read
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, fmt.Errorf("kms: look at the key file: %w", plainCause(err))
	case !info.Mode().IsRegular():
		return nil, errKeyPlain
	case info.Mode().Perm()&0o077 != 0:
		return nil, errKeyOpen
	}
	text, err := io.ReadAll(io.LimitReader(f, 1024))
	if err != nil {
		return nil, fmt.Errorf("kms: read the key file: %w", plainCause(err))
	}
	return text, nil
}

// plainCause is an error without the path, which is part of the URL.
func plainCause(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}

// NewKeyFile makes a random key for the URL file://path, readable by its owner
// alone. It appears whole or not at all, and never replaces a file.
func NewKeyFile(path string) error {
	key, err := newKey()
	if err != nil {
		return err
	}
	return place(path, base64.StdEncoding.EncodeToString(key[:]))
}

func newKey() (key [32]byte, err error) {
	if _, err = rand.Read(key[:]); err != nil {
		return key, fmt.Errorf("kms: make a key: %w", err)
	}
	return key, nil
}

func place(path, line string) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return fmt.Errorf("kms: make a key file: %w", err)
	}
	defer os.Remove(draft.Name()) //nolint:errcheck // a draft, which the link outlives
	_, err = draft.WriteString(line + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("kms: write a key file: %w", err)
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return fmt.Errorf("kms: place a key file: %w", err)
	}
	return syncFolder(filepath.Dir(path))
}

func syncFolder(path string) error {
	folder, err := os.Open(filepath.Clean(path))
	if err != nil {
		return fmt.Errorf("kms: sync the folder of a key: %w", err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}
