package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/audit/tree"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/postgres"
)

const (
	appended = 500     // records of one transaction
	verified = 100_000 // leaves of the archive that is verified
)

// recording tells what one record costs whoever acts, inside their transaction, and how many leaves a second go into the
// tree, on databases that flush.
func recording(ctx context.Context, p plan, out, progress io.Writer) error {
	return alone(ctx, "audit", small.communities, devstack.Options{}, progress, func(in *installation) error {
		g, err := in.open(ctx)
		if err != nil {
			return err
		}
		defer g.close()
		return recordingIn(ctx, p, g, out)
	})
}

func recordingIn(ctx context.Context, p plan, g *ground, out io.Writer) error {
	log := audit.NewLog(g.store.AuditRing(), now)
	scribe, err := audit.NewScribe(g.forum, g.store, now)
	if err != nil {
		return err
	}
	var costs, rates []float64
	for range 5 * p.rounds {
		took, err := appendMany(ctx, g.forum, log)
		if err != nil {
			return err
		}
		begun := time.Now()
		n, err := scribe.Seal(ctx)
		if err != nil {
			return err
		}
		if n < appended {
			return fmt.Errorf("%d leaves went into the tree", n)
		}
		costs, rates = append(costs, took), append(rates, float64(n)/time.Since(begun).Seconds())
	}
	fmt.Fprintf(out, "audit_append_us %.0f us\n", middle(costs))
	fmt.Fprintf(out, "audit_seal_leaves_per_s %.0f leaves/s\n", middle(rates))
	return scribe.Check(ctx)
}

// appendMany records in one transaction and returns the microseconds that a record took of it.
func appendMany(ctx context.Context, db *postgres.DB, log *audit.Log) (float64, error) {
	decision := authz.Decision{Allow: true, Obligations: []authz.Obligation{authz.Audit}, Revision: "0123456789abcdef", Purpose: "moderation", Role: "moderator"}
	return postgres.InTx(ctx, db, postgres.Unscoped, func(tx pgx.Tx) (float64, error) {
		begun := time.Now()
		for range appended {
			e := audit.Event{Action: authz.PostRemove, Community: uuid.New(), Identity: uuid.New(), Subject: uuid.New()}
			if err := log.Append(ctx, tx, decision, e); err != nil {
				return 0, err
			}
		}
		return float64(time.Since(begun).Microseconds()) / appended, nil
	})
}

// verifying tells how many leaves a second the offline verifier judges, from files.
func verifying(ctx context.Context, p plan, out, _ io.Writer) (err error) {
	dir, err := os.MkdirTemp("", "bench-audit-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	folder := filepath.Join(dir, "log")
	key, err := archived(folder)
	if err != nil {
		return err
	}
	var rates []float64
	for range p.rounds {
		begun := time.Now()
		report, err := tree.VerifyArchive(os.DirFS(folder), tree.Trust{Key: key, Now: begun})
		if err = errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		if !report.Good() || report.Entries != verified {
			return fmt.Errorf("a whole log was found wanting: %+v", report)
		}
		rates = append(rates, verified/time.Since(begun).Seconds())
	}
	fmt.Fprintf(out, "audit_verify_leaves_per_s %.0f leaves/s\n", middle(rates))
	return nil
}

// archived writes a log of many leaves to a folder and returns its key.
func archived(folder string) (key string, err error) {
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		return "", err
	}
	const origin = "hamyar/audit/bench"
	signer, key, err := tree.NewSigner(seed, origin)
	if err != nil {
		return "", err
	}
	entries, frontier := make([]tree.Entry, verified), &tree.Frontier{}
	for i := range entries {
		e := tree.Event{
			ID: uuid.New(), Day: epoch, Action: authz.PostRemove, Revision: "0123456789abcdef", Purpose: "moderation", Role: "moderator",
			Community: uuid.New(), Persona: uuid.New(), Subject: uuid.New(),
		}
		entries[i] = tree.Entry{Index: int64(i), Salt: tree.Salt(seed), Event: e, Leaf: tree.Leaf(tree.Salt(seed), e)}
		frontier.Add(entries[i].Leaf)
	}
	signed, err := tree.Checkpoint{Origin: origin, Size: frontier.Size(), Root: frontier.Root()}.Sign(signer)
	if err != nil {
		return "", err
	}
	return key, tree.WriteArchive(folder, tree.Archive{Key: key, Checkpoint: signed, Checkpoints: each([][]byte{signed}), Entries: each(entries)})
}

func each[T any](all []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, one := range all {
			if !yield(one, nil) {
				return
			}
		}
	}
}
