package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/renewal"
	"github.com/hamyar/hamyar/migrations"
)

// small is a world of which every field is sealed anew: few people who write much.
var small = size{communities: 2, members: 40, topics: 40, posts: 50, rotation: 1, readers: 1}

// renewing tells how many rows a second a whole renewal seals anew, in the worker's role, on databases that flush: reading,
// opening, sealing and writing each, and a new key for everybody.
func renewing(ctx context.Context, p plan, out, progress io.Writer) error {
	return alone(ctx, "renewal", small.communities, devstack.Options{}, progress, func(in *installation) error {
		g, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer g.close()
		return renewingIn(ctx, p, in, g, out, progress)
	})
}

func renewingIn(ctx context.Context, p plan, in *installation, g *ground, out, progress io.Writer) error {
	if _, err := plant(ctx, g, newWorld(small), progress); err != nil {
		return err
	}
	if err := in.settle(ctx); err != nil {
		return err
	}
	renew, done, err := in.worker(ctx, g)
	if err != nil {
		return err
	}
	defer done()
	var rates []float64
	for range p.rounds {
		rows, begun := 0, time.Now()
		if err := renew.Everything(ctx, func(p renewal.Progress) { rows = p.Rows }); err != nil {
			return err
		}
		if rows < small.topics*(small.posts+1) {
			return fmt.Errorf("%d rows were sealed anew", rows)
		}
		rates = append(rates, float64(rows)/time.Since(begun).Seconds())
	}
	fmt.Fprintf(out, "reseal_rows_per_s %.0f rows/s\n", middle(rates))
	return nil
}

// worker renews the keys of an installation in the role for that; done ends it.
func (in *installation) worker(ctx context.Context, g *ground) (*renewal.Renewal, func(), error) {
	address, err := migrations.URL(in.forumURL, migrations.Forum.Worker, password, fmt.Sprintf("forum_%d", small.communities))
	if err != nil {
		return nil, nil, err
	}
	db, err := postgres.Open(ctx, address)
	if err != nil {
		return nil, nil, err
	}
	log := audit.NewLog(g.store.AuditRing(), now)
	directory := community.NewDirectory(db, g.store, g.policy, log, now)
	board := forum.NewBoard(db, g.store, directory, g.policy, log, now)
	return renewal.New(g.store, directory, board, 0), db.Close, nil
}
