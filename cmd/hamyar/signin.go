package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/seed"
)

// signin signs a demonstration account in, as its owner would: by the identity server, with a second factor for staff.
func (p program) signin(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("signin", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	dir := flags.String("dir", p.getenv("HAMYAR_DIR"), "data folder of the running `hamyar up`")
	if err := flags.Parse(args); err != nil {
		return said(err)
	}
	if flags.NArg() != 1 {
		return errors.New("hamyar signin USERNAME, for an account that `hamyar up` named")
	}
	where, err := devstack.Locate(*dir)
	if err != nil {
		return err
	}
	accounts, err := seed.ReadAccounts(where)
	if err != nil {
		return fmt.Errorf("no demonstration accounts in %s: is `hamyar up` running?", filepath.Clean(where))
	}
	account, known := accounts.Of(flags.Arg(0))
	if !known {
		return errors.New("there is no demonstration account of this name; `hamyar up` printed them")
	}
	public := accounts.Origin + strings.TrimSuffix(identity.Prefix, "/") // as anybody would: by the public side alone
	kratos, err := identity.New(identity.Options{
		KratosPublic: public, KratosAdmin: public, Origin: accounts.Origin, Clock: utc,
		RateKey: func(time.Time) [32]byte { return [32]byte{} }, Problem: api.WriteProblem,
	})
	if err != nil {
		return err
	}
	token, err := kratos.SignIn(ctx, account.Username, account.Password, account.TOTP)
	if err != nil {
		return fmt.Errorf("sign in: %w", err)
	}
	p.say("%s", token)
	return nil
}
