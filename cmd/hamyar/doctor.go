package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/devstack"
)

// finding is what one check saw. A mend tells what to do about it; without one, all is well.
type finding struct{ about, saw, mend string }

func (p program) doctor(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("doctor", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	dir := flags.String("dir", "", "data folder of a running `hamyar up`, to check that instead of HAMYAR_*")
	if err := flags.Parse(args); err != nil {
		return said(err)
	}
	c, err := p.patient(*dir)
	if err != nil {
		p.say("MEND  configuration: %v", err)
		return errSaid
	}
	p.say("ok    configuration")
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	bad := 0
	for _, f := range append(examineMemory(p.getenv), examine(ctx, c, utc)...) {
		if f.mend == "" {
			p.say("ok    %s: %s", f.about, f.saw)
			continue
		}
		bad++
		p.say("MEND  %s: %s\n      → %s", f.about, f.saw, f.mend)
	}
	if bad > 0 {
		p.say("\n%d to mend.", bad)
		return errSaid
	}
	p.say("\nAll is well.")
	return nil
}

// patient is the installation of HAMYAR_*, or the private stack that runs here: in HAMYAR_DIR, unless dir says where.
func (p program) patient(dir string) (config.Config, error) {
	if dir == "" && p.getenv("HAMYAR_FORUM_URL_FILE") != "" {
		return config.Load(p.getenv)
	}
	where, err := devstack.Locate(cmp.Or(dir, p.getenv("HAMYAR_DIR")))
	if err != nil {
		return config.Config{}, err
	}
	stack, err := devstack.Load(filepath.Join(where, "stack.json"))
	if err != nil {
		return config.Config{}, errors.New("there is no HAMYAR_FORUM_URL_FILE, and no `hamyar up` has run here: set one or run the other")
	}
	c, err := developmentConfig(stack)
	if err != nil {
		return config.Config{}, fmt.Errorf("the data folder: %w", err)
	}
	c.Origin = "http://localhost"
	return c, nil
}
