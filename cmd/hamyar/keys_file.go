package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hamyar/hamyar/internal/kms"
)

// keysNewFile makes the root key of an installation whose KMS is a file.
func (p program) keysNewFile(_ context.Context, args []string) error {
	var words string
	flags, err := p.keyFlags("new-file", `[flags] /path/to/root.key
makes a random root key that its owner alone may read, and prints its URL for HAMYAR_KMS_URL_FILE.
It never replaces a file.`, args, func(f *flag.FlagSet) {
		f.StringVar(&words, "passphrase-file", "", "protect it by the passphrase in this file, which then has to be there whenever Hamyar starts")
	})
	if err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar keys new-file /path/to/root.key")
	}
	path, err := filepath.Abs(flags.Arg(0))
	if err != nil {
		return err
	}
	if words == "" {
		if err := kms.NewKeyFile(path); err != nil {
			return err
		}
		p.say("file://%s", path)
		return nil
	}
	if words, err = filepath.Abs(words); err != nil {
		return err
	}
	passphrase, err := readOwn(words)
	if err != nil {
		return err
	}
	defer clear(passphrase)
	if err := kms.NewProtectedKeyFile(path, bytes.TrimRight(passphrase, "\r\n")); err != nil {
		return err
	}
	p.say("file://%s?passphrase_file=%s", path, words)
	return nil
}

// readOwn reads a file that others on this machine can't read.
func readOwn(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a file that can be read", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("others on this machine may read %s; allow its owner alone (chmod 600)", path)
	}
	return os.ReadFile(filepath.Clean(path))
}
