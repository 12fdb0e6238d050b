package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/journal"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/search"
	"github.com/hamyar/hamyar/migrations"
)

// setUp makes roles, databases, tables and a development root key on a private stack, where they lack, and returns the
// configuration of a server upon them.
func setUp(ctx context.Context, stack *devstack.Stack, clock func() time.Time, say func(string, ...any)) (config.Config, error) {
	passwords, err := rolePasswords(filepath.Join(stack.Dir, "roles.json"))
	if err != nil {
		return config.Config{}, err
	}
	for kind, admin := range clusters(stack) {
		p := migrations.Passwords{
			Owner: passwords[kind.Owner], App: passwords[kind.App], Worker: passwords[kind.Worker],
			Research: passwords[kind.Research], ReadOnly: passwords[kind.ReadOnly], Keeper: passwords[kind.Keeper],
		}
		if err := install(ctx, kind, admin, p, say); err != nil {
			return config.Config{}, err
		}
	}
	c, err := developmentConfig(stack)
	if err != nil {
		return config.Config{}, err
	}
	return c, firstKeys(ctx, c, clock, say)
}

func clusters(stack *devstack.Stack) map[migrations.Database]string {
	return map[migrations.Database]string{migrations.Forum: stack.Forum.AdminURL, migrations.Keys: stack.Keys.AdminURL}
}

// developmentConfig is that of a server upon a private stack.
func developmentConfig(stack *devstack.Stack) (config.Config, error) {
	passwords, err := rolePasswords(filepath.Join(stack.Dir, "roles.json"))
	if err != nil {
		return config.Config{}, err
	}
	c := config.Config{KratosPublic: stack.KratosPublic, KratosAdmin: stack.KratosAdmin, LoneKeystore: true, ReadsPerMinute: 6000, WritesPerMinute: 600, SearchesPerMinute: 600, SearchMemory: search.DefaultMemory, DecisionLog: journal.Stderr, DecisionSample: journal.DefaultSample}
	for _, way := range []struct {
		kind        migrations.Database
		admin, name string
		into        *config.Secret
	}{
		{migrations.Forum, stack.Forum.AdminURL, migrations.Forum.App, &c.ForumURL},
		{migrations.Forum, stack.Forum.AdminURL, migrations.Forum.Worker, &c.WorkerURL},
		{migrations.Keys, stack.Keys.AdminURL, migrations.Keys.App, &c.KeysURL},
		{migrations.Keys, stack.Keys.AdminURL, migrations.Keys.Keeper, &c.KeeperURL},
	} {
		url, err := migrations.URL(way.admin, way.name, passwords[way.name], way.kind.Name)
		if err != nil {
			return config.Config{}, err
		}
		*way.into = config.NewSecret(url)
	}
	c.Tombstones = filepath.Join(stack.Dir, "tombstones")
	files := filepath.Join(stack.Dir, "attachments")
	for _, folder := range []string{c.Tombstones, files} {
		if err := os.MkdirAll(folder, 0o700); err != nil {
			return config.Config{}, err
		}
	}
	c.Blobs = config.NewSecret("file://" + files)
	if list := filepath.Join(stack.Dir, "witnesses"); exists(list) { // of the audit log, for trying
		c.Witnesses = list
	}
	if c.Policy, err = developmentPolicy(stack.Dir); err != nil {
		return config.Config{}, err
	}
	kms, err := developmentKey(filepath.Join(stack.Dir, "root.key"))
	c.KMSURL = config.NewSecret(kms)
	return c, err
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func install(ctx context.Context, kind migrations.Database, admin string, p migrations.Passwords, say func(string, ...any)) error {
	superuser, err := pgx.Connect(ctx, admin)
	if err != nil {
		return fmt.Errorf("connect to the %s cluster: %w", kind.Name, err)
	}
	err = kind.Install(ctx, superuser, kind.Name, p)
	if err := errors.Join(err, superuser.Close(ctx)); err != nil {
		return err
	}
	url, err := migrations.URL(admin, kind.Owner, p.Owner, kind.Name)
	if err != nil {
		return err
	}
	return forward(ctx, kind, url, say)
}

// forward migrates as the owner.
func forward(ctx context.Context, kind migrations.Database, ownerURL string, say func(string, ...any)) error {
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("connect to the %s database as its owner: %w", kind.Name, err)
	}
	from, to, err := kind.Forward(ctx, owner, func(step int32, name string) { say("  %s database: step %d, %s", kind.Name, step, name) })
	if err := errors.Join(err, owner.Close(ctx)); err != nil {
		return err
	}
	if from == to {
		say("  %s database: up to date at step %d", kind.Name, to)
	}
	return nil
}

// rolePasswords are made once, and kept in the data folder. A role that came later gets its own when it is first asked for.
func rolePasswords(path string) (map[string]string, error) {
	passwords := map[string]string{}
	raw, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err == nil {
		if err := json.Unmarshal(raw, &passwords); err != nil {
			return nil, fmt.Errorf("%s is damaged: it holds the passwords of the database roles", path)
		}
	}
	made := false
	for _, kind := range []migrations.Database{migrations.Forum, migrations.Keys} {
		for _, name := range append(kind.Tasks(), kind.Owner) {
			if passwords[name] != "" {
				continue
			}
			secret := make([]byte, 20)
			if _, err := rand.Read(secret); err != nil {
				return nil, err
			}
			passwords[name], made = hex.EncodeToString(secret), true
		}
	}
	if !made {
		return passwords, nil
	}
	raw, err = json.MarshalIndent(passwords, "", "  ")
	if err != nil {
		return nil, err
	}
	return passwords, writeWhole(path, raw)
}

// developmentKey is a KMS of one file, made once. It is for one machine: whoever has the folder has the key.
func developmentKey(path string) (kmsURL string, err error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		key := make([]byte, 32)
		if _, err := rand.Read(key); err != nil {
			return "", err
		}
		if err := writeWhole(path, []byte(base64.StdEncoding.EncodeToString(key)+"\n")); err != nil {
			return "", err
		}
	}
	return "file://" + path, nil
}

// writeWhole writes a private file so that a crash leaves the whole of it or nothing.
func writeWhole(path string, content []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return os.Rename(f.Name(), path)
}

// firstKeys makes the first epoch and the root keys of a keystore that has none.
func firstKeys(ctx context.Context, c config.Config, clock func() time.Time, say func(string, ...any)) error {
	keys, err := postgres.Open(ctx, c.KeysURL.Reveal())
	if err != nil {
		return err
	}
	defer keys.Close()
	err = keystore.Init(ctx, keys, c.KMSURL.Reveal(), clock)
	if errors.Is(err, fault.New(fault.AlreadyExists)) {
		return nil
	}
	if err == nil {
		say("  keystore: made its first keys")
	}
	return err
}
