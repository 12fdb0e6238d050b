package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/postgres"
)

func (p program) serve(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	flags.Usage = func() {
		fmt.Fprintln(p.errOut, "hamyar serve: set by HAMYAR_* in the environment; docs/operating.md explains each.")
	}
	if err := flags.Parse(args); err != nil {
		return said(err)
	}
	c, err := config.Load(p.getenv)
	if err != nil {
		return err
	}
	p.collectLess()
	logger := p.logger()
	s, err := newServer(ctx, c, logger, utc)
	if err != nil {
		return err
	}
	defer s.close()
	if err := s.guarded(ctx); err != nil {
		return err
	}
	public, err := listenOn(ctx, c.Listen)
	if err != nil {
		return err
	}
	metrics, err := listenOn(ctx, c.MetricsListen)
	if err != nil {
		return err
	}
	s.rotate(ctx)
	logger.Info("serving", "listen", public.Addr().String(), "metrics", metrics.Addr().String(), "policy", s.policy.Revision())
	return s.listen(ctx, public, metrics)
}

// rotate opens the file of the decision log anew at each SIGHUP, as tools that rotate logs send it. Where there is no such
// file the signal ends the program, as ever.
func (s *server) rotate(ctx context.Context) {
	if !filepath.IsAbs(s.config.DecisionLog) {
		return
	}
	rotated := make(chan os.Signal, 1)
	signal.Notify(rotated, syscall.SIGHUP)
	go func() {
		defer signal.Stop(rotated)
		for {
			select {
			case <-rotated:
				s.journal.Reopen()
			case <-ctx.Done():
				return
			}
		}
	}()
}

// collectLess lets the heap grow fivefold before garbage is collected, unless the operator has set GOGC: what lives is
// small (keys and sessions), and nearly everything else is pages, which are garbage as soon as they are sent.
func (p program) collectLess() {
	if p.getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
}

var errLone = errors.New("the keystore has no synchronous standby: a lost keystore is every voice lost. Set one up (synchronous_standby_names), or say HAMYAR_LONE_KEYSTORE=acknowledged")

// guarded refuses to serve from a keystore that stands alone, unless its operator says that they know.
func (s *server) guarded(ctx context.Context) error {
	if s.config.LoneKeystore {
		return nil
	}
	var standbys string
	if err := s.keys.QueryRow(ctx, "SHOW synchronous_standby_names").Scan(&standbys); err != nil {
		return fmt.Errorf("ask the keystore for its standby: %w", err)
	}
	if standbys == "" {
		return errLone
	}
	return nil
}

var errOtherDeployment = errors.New("this forum database belongs to another keystore: nothing in it would open. Check HAMYAR_KEYS_URL_FILE and HAMYAR_FORUM_URL_FILE")

// bindDeployment writes down, once, to which keystore a forum database belongs, and refuses any other.
func bindDeployment(ctx context.Context, forum *postgres.DB, deployment uuid.UUID) error {
	bound, err := postgres.InTx(ctx, forum, postgres.Unscoped, func(tx pgx.Tx) (bound uuid.UUID, err error) {
		const read = `SELECT deployment FROM installation`
		if err = tx.QueryRow(ctx, read).Scan(&bound); !errors.Is(err, pgx.ErrNoRows) {
			return bound, err
		}
		if _, err := tx.Exec(ctx, `INSERT INTO installation (deployment) VALUES ($1) ON CONFLICT DO NOTHING`, deployment); err != nil {
			return bound, fmt.Errorf("bind the forum database to its keystore: %w", err)
		}
		err = tx.QueryRow(ctx, read).Scan(&bound)
		return bound, err
	})
	if err == nil && bound != deployment {
		err = errOtherDeployment
	}
	return err
}

// said is for errors that the flag package has printed already.
func said(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	return errSaid
}
