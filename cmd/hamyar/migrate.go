package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/migrations"
)

func (p program) migrate(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	first := flags.Bool("first", false, "make the first keys of a new installation as well")
	shuffle := flags.Bool("shuffle", false, "lay all rows in the order of their random ids, so that a dump doesn't tell the order of writing; locks each table meanwhile")
	flags.Usage = func() {
		fmt.Fprintln(p.errOut, `hamyar migrate brings both databases forward, as their owners:
  HAMYAR_FORUM_OWNER_URL_FILE, HAMYAR_KEYS_OWNER_URL_FILE   files with the owners' URLs
With -first it also makes the keys of a new installation, and needs what serve needs.`)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return said(err)
	}
	for _, d := range []struct {
		kind migrations.Database
		name string
	}{{migrations.Forum, "HAMYAR_FORUM_OWNER_URL_FILE"}, {migrations.Keys, "HAMYAR_KEYS_OWNER_URL_FILE"}} {
		url, err := config.ReadSecret(d.name, p.getenv)
		if err != nil {
			return err
		}
		if err := forward(ctx, d.kind, url.Reveal(), p.say); err != nil {
			return err
		}
		if !*shuffle {
			continue
		}
		if err := p.shuffle(ctx, d.kind, url.Reveal()); err != nil {
			return err
		}
	}
	if !*first {
		return nil
	}
	c, err := config.Load(p.getenv)
	if err != nil {
		return err
	}
	return firstKeys(ctx, c, utc, p.say)
}

func (p program) shuffle(ctx context.Context, kind migrations.Database, ownerURL string) error {
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("connect to the %s database as its owner: %w", kind.Name, err)
	}
	if err := errors.Join(kind.Shuffle(ctx, owner), owner.Close(ctx)); err != nil {
		return err
	}
	p.say("  %s database: shuffled", kind.Name)
	return nil
}
