package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/kms"
	"github.com/hamyar/hamyar/internal/postgres"
)

const exportUsage = `-to FILE -recipient age1… | -to FILE -shares N -needed M -shares-to FOLDER
writes a recovery kit: the keys of all epochs, encrypted, for the day on which the KMS is lost. Either each recipient opens
it alone (-recipient may be given several times), or any M of N people together, whose shares are written to a folder, a file
each: give every share to its person and destroy the files. Make a new kit after each rollover, and destroy the old one.`

const restoreUsage = `-kit FILE -identity FILE | -kit FILE -share FILE -share FILE …
wraps the keys of a recovery kit with the KMS that HAMYAR_KMS_URL_FILE names now. The kit must be of this keystore and have
every epoch that stands in it; nothing is changed otherwise.`

// several is a flag that may be given more than once.
type several []string

func (s *several) String() string { return strings.Join(*s, ", ") }

// Set adds one.
func (s *several) Set(value string) error {
	*s = append(*s, value)
	return nil
}

// keysExport writes a recovery kit.
func (p program) keysExport(ctx context.Context, args []string) error {
	var to, folder string
	var names several
	var shares, needed int
	if _, err := p.keyFlags("export-recovery", exportUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&to, "to", "", "file to write, which must not be there")
		f.Var(&names, "recipient", "an age recipient, such as age1…")
		f.IntVar(&shares, "shares", 0, "how many people get a share")
		f.IntVar(&needed, "needed", 0, "how many of them open the kit together")
		f.StringVar(&folder, "shares-to", "", "folder for the shares, which its owner alone enters")
	}); err != nil {
		return said(err)
	}
	if to == "" || (len(names) > 0) == (shares > 0) || (shares > 0) != (folder != "") {
		return errors.New("hamyar keys export-recovery " + strings.Split(exportUsage, "\n")[0])
	}
	recipients, several, err := forWhom(names, shares, needed)
	if err != nil {
		return err
	}
	store, done, err := p.keystore(ctx)
	if err != nil {
		return err
	}
	defer done()
	var kit bytes.Buffer
	if err := store.ExportKit(ctx, &kit, recipients); err != nil {
		return err
	}
	if several != nil {
		if err := p.writeShares(folder, several.Texts()); err != nil {
			return err
		}
	}
	if err := writeNew(to, kit.Bytes()); err != nil {
		return err
	}
	p.say("the recovery kit is in %s: keep it apart from the databases and from the KMS", to)
	return nil
}

func forWhom(names []string, shares, needed int) ([]age.Recipient, *kms.Shares, error) {
	if shares > 0 {
		together, err := kms.SplitKit(shares, needed)
		return []age.Recipient{together}, together, err
	}
	var all []age.Recipient
	for _, name := range names {
		found, err := age.ParseRecipients(strings.NewReader(name))
		if err != nil {
			return nil, nil, errors.New("an age recipient looks like age1… (age-keygen makes one)")
		}
		all = append(all, found...)
	}
	return all, nil, nil
}

func (p program) writeShares(folder string, texts []string) error {
	info, err := os.Stat(folder)
	if err != nil || !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s must be a folder that its owner alone enters (chmod 700)", folder)
	}
	for i, text := range texts {
		path := filepath.Join(folder, fmt.Sprintf("share-%d.txt", i+1))
		if err := writeNew(path, []byte(text+"\n")); err != nil {
			return err
		}
		p.say("  share %d of %d: %s", i+1, len(texts), path)
	}
	return nil
}

// writeNew writes a private file that was not there.
func writeNew(path string, content []byte) error {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("%s is there already, or can't be written", path)
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Sync(), f.Close())
}

// keystore opens the keystore as the server does.
func (p program) keystore(ctx context.Context) (*keystore.Store, func(), error) {
	c, err := p.patient("")
	if err != nil {
		return nil, nil, err
	}
	db, err := postgres.Open(ctx, c.KeysURL.Reveal())
	if err != nil {
		return nil, nil, err
	}
	store, err := keystore.Open(ctx, db, c.KMSURL.Reveal(), utc)
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return store, db.Close, nil
}

// keysRestore puts the keys of a kit under another KMS.
func (p program) keysRestore(ctx context.Context, args []string) error {
	var kit, who string
	var shares several
	if _, err := p.keyFlags("restore-recovery", restoreUsage, args, func(f *flag.FlagSet) {
		f.StringVar(&kit, "kit", "", "the recovery kit")
		f.StringVar(&who, "identity", "", "file with the age identity of a recipient")
		f.Var(&shares, "share", "file with a share; give as many as are needed")
	}); err != nil {
		return said(err)
	}
	if kit == "" || (who != "") == (len(shares) > 0) {
		return errors.New("hamyar keys restore-recovery " + strings.Split(restoreUsage, "\n")[0])
	}
	c, err := p.patient("")
	if err != nil {
		return err
	}
	if c.KeeperURL == (config.Secret{}) {
		return errNoKeeper
	}
	identities, err := byWhom(who, shares)
	if err != nil {
		return err
	}
	file, err := os.Open(filepath.Clean(kit))
	if err != nil {
		return fmt.Errorf("%s can't be read", kit)
	}
	defer file.Close() //nolint:errcheck // it was only read
	db, err := postgres.Open(ctx, c.KeeperURL.Reveal())
	if err != nil {
		return err
	}
	defer db.Close()
	if err := keystore.RestoreKit(ctx, db, file, identities, c.KMSURL.Reveal()); err != nil {
		return err
	}
	p.say("the keys of all epochs are under the KMS of HAMYAR_KMS_URL_FILE. Check with hamyar keys verify, restart every server,\nthen end the epoch with hamyar keys rollover, and make a new kit.")
	return nil
}

func byWhom(identity string, shares []string) ([]age.Identity, error) {
	if identity != "" {
		text, err := readOwn(identity)
		if err != nil {
			return nil, err
		}
		defer clear(text)
		found, err := age.ParseIdentities(bytes.NewReader(text))
		if err != nil {
			return nil, errors.New("the identity file is not one of age's")
		}
		return found, nil
	}
	var texts []string
	for _, path := range shares {
		text, err := readOwn(path)
		if err != nil {
			return nil, err
		}
		texts = append(texts, strings.TrimSpace(string(text)))
	}
	together, err := kms.JoinKit(texts)
	return []age.Identity{together}, err
}
