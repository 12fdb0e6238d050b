package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/renewal"
)

const rolloverUsage = `[flags]
ends the epoch: renews the keys of personas who took words back, opens a new epoch under the KMS, wraps every living key
under it, and destroys the keys of older epochs. Servers go on meanwhile. When it has ended well, nothing that was erased
before it began can be opened with what the databases hold; backups of the keys database from before end with their own
retention, or with the key of the KMS that opened them. Run again, it goes on where it was left.`

// keyring is the keystore in the role that wraps keys again.
type keyring struct {
	*keystore.Store
	db *postgres.DB
}

// keysRollover ends an epoch.
func (p program) keysRollover(ctx context.Context, args []string) error {
	var moved string
	if _, err := p.keyFlags("rollover", rolloverUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&moved, "kms-url-file", "", "file with the URL of another KMS, to move there")
	}); err != nil {
		return said(err)
	}
	target, err := elsewhere(moved)
	if err != nil {
		return err
	}
	s, err := p.workshop(ctx)
	if err != nil {
		return err
	}
	defer s.close()
	ring, err := s.keyring(ctx)
	if err != nil {
		return err
	}
	defer ring.db.Close()
	if err := p.finishEpochs(ctx, ring); err != nil { // of a run that was stopped
		return err
	}
	if err := p.told(ctx, renewal.New(s.store, s.directory, s.board, keystore.Settled).Dirty); err != nil {
		return err
	}
	if err := s.index.Settle(ctx); err != nil { // no segment is left with what was taken back
		return err
	}
	number, err := ring.NewEpoch(ctx, target)
	if err != nil {
		return err
	}
	p.say("  epoch %d begins", number)
	if target != "" {
		p.say("moved to the other KMS. Now name it in HAMYAR_KMS_URL_FILE, restart every server, and run hamyar keys rollover\nonce more; then the old KMS can forget its key.")
		return nil
	}
	return p.finishEpochs(ctx, ring)
}

// elsewhere reads the URL of a KMS to move to.
func elsewhere(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	const name = "KMS_URL_FILE"
	secret, err := config.ReadSecret(name, func(asked string) string { return map[string]string{name: path}[asked] })
	return secret.Reveal(), err
}

func (s *server) keyring(ctx context.Context) (keyring, error) {
	if s.config.KeeperURL == (config.Secret{}) {
		return keyring{}, errNoKeeper
	}
	db, err := postgres.Open(ctx, s.config.KeeperURL.Reveal())
	if err != nil {
		return keyring{}, err
	}
	store, err := keystore.Open(ctx, db, s.config.KMSURL.Reveal(), utc)
	if err != nil {
		db.Close()
		return keyring{}, err
	}
	return keyring{store, db}, nil
}

const (
	wrapsAtOnce = 500
	patience    = 10 // rounds: a server may just be writing under an epoch that it doesn't know to be over
)

var errEpochsLeft = errors.New("an older epoch still wraps keys, because servers write under it: do they hear of changes (see their log)? Run hamyar keys rollover again")

// finishEpochs wraps everything under the newest epoch and destroys the others.
func (p program) finishEpochs(ctx context.Context, ring keyring) error {
	shown := newProgress(p.out, utc)
	defer shown.end()
	all := 0
	for range patience {
		left, err := ring.left(ctx)
		if err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
		for {
			done, err := ring.Rewrap(ctx, wrapsAtOnce)
			if err != nil {
				return err
			}
			if done == 0 {
				break
			}
			all += done
			shown.at("wrapping keys anew", all, 0)
		}
		destroyed, err := ring.DestroyEpochs(ctx)
		if err != nil {
			return err
		}
		shown.end()
		for _, number := range destroyed {
			p.say("  epoch %d ended: its key is destroyed", number)
		}
	}
	return errEpochsLeft
}

// left counts the epochs that are not the newest.
func (k keyring) left(ctx context.Context) (left int, err error) {
	if err := k.db.QueryRow(ctx, `SELECT count(*) - 1 FROM epoch`).Scan(&left); err != nil {
		return 0, fmt.Errorf("count the epochs: %w", err)
	}
	return left, nil
}
