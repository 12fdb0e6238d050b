// Package kms opens what wraps the keys of epochs: a key file, Vault or OpenBao,
// or the KMS of a cloud.
//
// It protects the root of an installation. What it wraps are keys of epochs and
// nothing else, a few each year; whoever unwraps one compares what is inside with
// what was expected, because a KMS has no portable way to bind a box to its place.
//
//	file:///path                            a key of 32 bytes in base64, for its owner alone
//	file:///path?passphrase_file=/path      a key file that a passphrase protects
//	base64key://KEY                         the key itself
//	hashivault://KEY?engine=transit         VAULT_SERVER_URL, VAULT_SERVER_TOKEN_FILE
//	awskms: gcpkms: azurekeyvault:          in programs built with the tag of that name
//
// A KMS that is down and one that refuses are told apart, since one is waited
// for and the other isn't. The package must never repeat a URL, a key or a token
// in an error, wait without end, make a key where one is missing, or share
// anything between two keepers.
package kms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"gocloud.dev/secrets"
	"gocloud.dev/secrets/localsecrets"
)

// What becomes of a call. Neither repeats what the KMS said: that may hold its
// address, the name of the key or more.
var (
	// ErrUnavailable: it is down, too slow, or answers what is no answer. Later it may do better.
	ErrUnavailable = errors.New("kms: it does not answer")
	// ErrRefused: another key, not a box of this key, or not allowed. Asking again changes nothing.
	ErrRefused = errors.New("kms: it refuses: another key, or not allowed")
)

var (
	errScheme = errors.New("kms: the URL must begin with file:///, base64key://, hashivault://, awskms://, gcpkms:// or azurekeyvault://")
	errNoKey  = errors.New("kms: base64key:// without a key would make a new one at each start; give it one")
	errEmpty  = errors.New("kms: there is nothing to wrap")
)

const patience = 10 * time.Second

// Keeper wraps and unwraps with one key of one KMS. It is safe for concurrent
// use and can't be printed.
type Keeper struct {
	keeper   *secrets.Keeper
	judge    func(error) error // into ErrUnavailable or ErrRefused
	close    func()
	patience time.Duration
}

// Open opens the KMS that a URL names. A key in a file is read now; a KMS across
// the network is first asked by Wrap and Unwrap.
func Open(ctx context.Context, kmsURL string) (*Keeper, error) {
	return within(ctx, patience, func(ctx context.Context) (*Keeper, error) { return open(ctx, kmsURL) })
}

func open(ctx context.Context, kmsURL string) (*Keeper, error) {
	scheme, rest, _ := strings.Cut(kmsURL, "://")
	switch scheme {
	case "file":
		if !filepath.IsAbs(rest) {
			return nil, errScheme
		}
		return local(openFile(rest))
	case localsecrets.Scheme:
		if rest == "" {
			return nil, errNoKey
		}
		return local(parseKey(rest))
	case "hashivault":
		return openVault(rest)
	case "awskms":
		return openAWS(ctx, kmsURL)
	case "gcpkms":
		return openGCP(ctx, kmsURL)
	case "azurekeyvault":
		return openAzure(ctx, kmsURL)
	}
	return nil, errScheme
}

func local(key [32]byte, err error) (*Keeper, error) {
	if err != nil {
		return nil, err
	}
	return newKeeper(localsecrets.NewKeeper(key), func(error) error { return ErrRefused }, nil), nil
}

func newKeeper(keeper *secrets.Keeper, judge func(error) error, closing func()) *Keeper {
	return &Keeper{keeper: keeper, judge: judge, close: closing, patience: patience}
}

// Wrap returns a box that only this key of this KMS opens.
func (k *Keeper) Wrap(ctx context.Context, b []byte) ([]byte, error) {
	if len(b) == 0 {
		return nil, errEmpty
	}
	return k.ask(ctx, b, k.keeper.Encrypt)
}

// Unwrap returns what is in a box.
func (k *Keeper) Unwrap(ctx context.Context, box []byte) ([]byte, error) {
	if len(box) == 0 {
		return nil, ErrRefused
	}
	return k.ask(ctx, box, k.keeper.Decrypt)
}

func (k *Keeper) ask(ctx context.Context, what []byte, act func(context.Context, []byte) ([]byte, error)) ([]byte, error) {
	return within(ctx, k.patience, func(ctx context.Context) ([]byte, error) {
		answer, err := act(ctx, what)
		switch {
		case err != nil:
			return nil, k.judge(err)
		case len(answer) == 0:
			return nil, ErrUnavailable // nothing is no box and no key
		}
		return answer, nil
	})
}

// within gives an act so long, and no longer even if it doesn't listen: the
// drivers for Vault pass no context on. What panics in them has no answer either.
func within[T any](ctx context.Context, patience time.Duration, act func(context.Context) (T, error)) (answer T, err error) {
	type outcome struct {
		answer T
		err    error
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if recover() != nil {
				o = outcome{err: ErrUnavailable}
			}
			done <- o
		}()
		o.answer, o.err = act(ctx)
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return answer, fmt.Errorf("%w: %w", ErrUnavailable, ctx.Err())
	}
}

// Close lets go of connections. A keeper isn't used after it.
func (k *Keeper) Close() error {
	if k.close != nil {
		k.close()
	}
	if err := k.keeper.Close(); err != nil {
		return errors.New("kms: it does not close")
	}
	return nil
}

const masked = "[kms]"

// Format masks, whatever the verb.
func (*Keeper) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, masked) }

// LogValue masks.
func (*Keeper) LogValue() slog.Value { return slog.StringValue(masked) }
