package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/migrations"
)

const (
	personasToWrap = 4000
	wrapsAtOnce    = 500
)

// rollingOver tells how many keys a second a rollover wraps anew, on a database that flushes.
func rollingOver(ctx context.Context, p plan, out, progress io.Writer) error {
	return alone(ctx, "rollover", 0, devstack.Options{NoKratos: true}, progress, func(in *installation) error { return rollingOverIn(ctx, p, in, out) })
}

func rollingOverIn(ctx context.Context, p plan, in *installation, out io.Writer) error {
	app, err := postgres.Open(ctx, in.keysURL)
	if err != nil {
		return err
	}
	defer app.Close()
	store, err := keystore.Open(ctx, app, in.kmsURL, now)
	if err != nil {
		return err
	}
	for range personasToWrap {
		if _, err := store.BeginPersona(ctx, uuid.New(), uuid.New()); err != nil {
			return err
		}
	}
	if err := in.settle(ctx); err != nil {
		return err
	}
	address, err := migrations.URL(in.keysURL, migrations.Keys.Keeper, password, "keys_0")
	if err != nil {
		return err
	}
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return err
	}
	defer db.Close()
	keeper, err := keystore.Open(ctx, db, in.kmsURL, now)
	if err != nil {
		return err
	}
	var rates []float64
	for range p.rounds {
		rate, err := rollOver(ctx, keeper)
		if err != nil {
			return err
		}
		rates = append(rates, rate)
	}
	fmt.Fprintf(out, "rollover_keys_per_s %.0f keys/s\n", middle(rates))
	return nil
}

func rollOver(ctx context.Context, keeper *keystore.Store) (rate float64, err error) {
	begun, all := time.Now(), 0
	if _, err := keeper.NewEpoch(ctx, ""); err != nil {
		return 0, err
	}
	for {
		done, err := keeper.Rewrap(ctx, wrapsAtOnce)
		if err != nil {
			return 0, err
		}
		if all += done; done == 0 {
			break
		}
	}
	destroyed, err := keeper.DestroyEpochs(ctx)
	if err == nil && (all < personasToWrap || len(destroyed) != 1) {
		err = fmt.Errorf("%d keys were wrapped and %d epochs ended", all, len(destroyed))
	}
	return float64(all) / time.Since(begun).Seconds(), err
}
