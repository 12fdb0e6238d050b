package main

import (
	"context"
	"flag"
	"fmt"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/migrations"
)

func (p program) migrate(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("migrate", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	first := flags.Bool("first", false, "make the first keys of a new installation as well")
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
