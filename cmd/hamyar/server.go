package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/hamyar/hamyar/internal/api"
	"github.com/hamyar/hamyar/internal/attachment"
	"github.com/hamyar/hamyar/internal/audit"
	"github.com/hamyar/hamyar/internal/authz"
	"github.com/hamyar/hamyar/internal/authz/bundle"
	"github.com/hamyar/hamyar/internal/blobs"
	"github.com/hamyar/hamyar/internal/community"
	"github.com/hamyar/hamyar/internal/config"
	"github.com/hamyar/hamyar/internal/fault"
	"github.com/hamyar/hamyar/internal/forum"
	"github.com/hamyar/hamyar/internal/identity"
	"github.com/hamyar/hamyar/internal/journal"
	"github.com/hamyar/hamyar/internal/keystore"
	"github.com/hamyar/hamyar/internal/member"
	"github.com/hamyar/hamyar/internal/page"
	"github.com/hamyar/hamyar/internal/postgres"
	"github.com/hamyar/hamyar/internal/rights"
	"github.com/hamyar/hamyar/internal/search"
)

// server is Hamyar, wired. Everything that it stands on is made here, in order, and nowhere else.
type server struct {
	config    config.Config
	logger    *slog.Logger
	forum     *postgres.DB
	keys      *postgres.DB
	store     *keystore.Store
	policy    *authz.Engine
	additions *bundle.Folder // to the policy, nil for none
	journal   *journal.Journal
	kratos    *identity.Kratos
	members   *member.Desk
	directory *community.Directory
	board     *forum.Board
	blobs     *blobs.Store
	shelf     *attachment.Shelf
	index     *search.Index
	erasure   *rights.Erasure
	scribe    *audit.Scribe
	book      *audit.Book
	witnesses []audit.Witness
	public    http.Handler
	metrics   http.Handler
}

func newServer(ctx context.Context, c config.Config, logger *slog.Logger, clock func() time.Time) (*server, error) {
	s := &server{config: c, logger: logger}
	if err := s.stand(ctx, clock); err != nil {
		s.close()
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), s.policyMetrics())
	s.metrics = promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
	var err error
	s.journal, err = journal.Open(ctx, journal.Options{Log: c.DecisionLog, Sample: c.DecisionSample, Logger: logger, Metrics: registry, Clock: clock})
	if err != nil {
		s.close()
		return nil, err
	}
	s.public = api.New(api.Options{
		Identity: s.kratos, Members: s.members, Policy: s.policy, Journal: s.journal, Directory: s.directory, Board: s.board, Index: s.index, Book: s.book, Attachments: s.shelf,
		Cursors: page.NewCursors(s.store.CursorKey()), Logger: logger, Metrics: registry, Clock: clock, RateKey: s.store.RateKey,
		Limits: api.Limits{Reads: c.ReadsPerMinute, Writes: c.WritesPerMinute, Searches: c.SearchesPerMinute}, Ready: s.missing,
	})
	return s, nil
}

func (s *server) stand(ctx context.Context, clock func() time.Time) (err error) {
	if s.forum, err = postgres.Open(ctx, s.config.ForumURL.Reveal()); err != nil {
		return err
	}
	if s.keys, err = postgres.Open(ctx, s.config.KeysURL.Reveal()); err != nil {
		return err
	}
	if s.store, err = keystore.Open(ctx, s.keys, s.config.KMSURL.Reveal(), clock); err != nil {
		return err
	}
	if err := bindDeployment(ctx, s.forum, s.store.Deployment()); err != nil {
		return err
	}
	if s.policy, err = authz.New(ctx); err != nil {
		return err
	}
	if s.additions, err = additions(ctx, s.config.Policy, s.policy, s.logger, clock); err != nil {
		return err
	}
	s.kratos, err = identity.New(identity.Options{
		KratosPublic: s.config.KratosPublic, KratosAdmin: s.config.KratosAdmin, Origin: s.config.Origin,
		Clock: clock, RateKey: s.store.RateKey, Problem: api.WriteProblem, TrustedProxies: s.config.TrustedProxies,
		Key: member.Holder(s.store),
		Redeem: func(ctx context.Context, username, secret string) (identity.RecoveryCode, error) {
			return s.members.Recover(ctx, username, secret, identity.ForBrowser)
		},
		PrintSecrets: func(ctx context.Context, by identity.Actor) ([]string, error) {
			actor, err := s.members.Actor(ctx, by)
			if err != nil {
				return nil, err
			}
			return s.members.NewRecoverySecrets(ctx, actor)
		},
	})
	if err != nil {
		return err
	}
	log := audit.NewLog(s.store.AuditRing(), clock)
	if s.scribe, err = audit.NewScribe(s.forum, s.store, clock); err != nil {
		return err
	}
	s.book = audit.NewBook(s.forum, s.policy, s.scribe.Key())
	if s.witnesses, err = witnessesOf(s.config); err != nil {
		return err
	}
	s.members = member.NewDesk(s.store, s.kratos, s.policy, clock)
	s.directory = community.NewDirectory(s.forum, s.store, s.policy, log, clock)
	s.members.Moderating(s.directory.Moderating)
	s.board = forum.NewBoard(s.forum, s.store, s.directory, s.policy, log, clock)
	if s.blobs, err = blobs.Open(ctx, s.config.Blobs.Reveal(), s.store.Deployment()); err != nil {
		return err
	}
	s.shelf = attachment.NewShelf(s.forum, s.store, s.policy, log, s.blobs, clock)
	s.board.Keep(s.shelf)
	s.index = search.New(s.forum, s.store, s.board, s.policy, s.config.SearchMemory, clock)
	s.index.OnDamage(func(segments int) {
		s.logger.Error("segments of the index are damaged and are made anew: see who writes into the forum database", "component", "search", "count", segments)
	})
	graves, err := rights.OpenGraveyard(s.config.Tombstones)
	if err != nil {
		return err
	}
	s.erasure = rights.NewErasure(graves, s.store, s.directory, s.board, s.kratos.DeleteIdentity, clock)
	return nil
}

// missing names what is not ready, for /readyz.
func (s *server) missing(r *http.Request) []string {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	var missing []string
	for _, check := range []struct {
		name string
		test func(context.Context) error
	}{{"forum database", s.forum.Ping}, {"keys database", s.keys.Ping}, {"identity server", s.kratos.Health}} {
		if check.test(ctx) != nil {
			missing = append(missing, check.name)
		}
	}
	return missing
}

// listen answers on both addresses until ctx ends, then lets those who are being answered finish. Before it answers, what
// was erased is erased again where a backup brought it back, and what other instances change is heard of.
func (s *server) listen(ctx context.Context, public, metrics net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go s.store.Watch(ctx) //nolint:errcheck // it ends with ctx and in no other way
	again, err := s.erasure.Replay(ctx)
	if err != nil {
		return fmt.Errorf("erase again what tombstones name: %w", err)
	}
	if again > 0 {
		s.logger.Warn("a backup brought back what was erased; it was erased again", "count", again)
	}
	servers := []*http.Server{
		{
			Handler: s.public, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: 60 * time.Second, IdleTimeout: 2 * time.Minute,
			MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(discreet{s.logger.Handler()}, slog.LevelWarn),
		},
		{Handler: s.metrics, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second},
	}
	ended := make(chan error, len(servers))
	for i, listener := range []net.Listener{public, metrics} {
		go func() { ended <- servers[i].Serve(listener) }()
	}
	if s.additions != nil {
		go s.keep(ctx, bundle.Every, "following the policy's folder", s.additions.Look)
	}
	go s.keep(ctx, sealEvery, "sealing the audit log", s.sealLog)
	go s.keep(ctx, time.Minute, "checking the audit log", s.checkLog)
	go s.keep(ctx, time.Hour, "erasing old records", s.eraseRecords)
	go s.keep(ctx, indexEvery, "keeping the index", unhurried(func(ctx context.Context) error { _, err := s.index.Keep(ctx); return err }))
	go s.keep(ctx, time.Minute, "reconciling", func(ctx context.Context) error { _, _, err := s.directory.Reconcile(ctx); return err })
	go s.keep(ctx, time.Hour, "clearing the shelf", func(ctx context.Context) error { _, err := s.shelf.Tidy(ctx); return err })
	go s.keep(ctx, time.Hour, "tidying", func(ctx context.Context) error { _, err := s.board.Tidy(ctx); return err })
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	finish, done := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer done()
	for _, server := range servers {
		if e := server.Shutdown(finish); e != nil {
			err = errors.Join(err, server.Close())
		}
	}
	if errors.Is(err, http.ErrServerClosed) {
		err = nil
	}
	return err
}

// indexEvery and, on a busy server, longestRest are how long words that were taken back may stay in a sealed segment,
// where nobody finds them any more.
const (
	indexEvery  = 10 * time.Second
	longestRest = 2 * time.Minute
)

// keep does a chore now and then until ctx ends.
func (s *server) keep(ctx context.Context, every time.Duration, chore string, do func(context.Context) error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			s.logger.Error("a chore failed", "component", chore, "code", string(fault.CodeOf(err)))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// unhurried lets a chore rest twenty times as long as it worked, within reason. Who writes doesn't wait for the house to be
// tidied: when posts pour in, it comes later and takes in more at once.
func unhurried(do func(context.Context) error) func(context.Context) error {
	var rested time.Time
	return func(ctx context.Context) error {
		begun := time.Now()
		if begun.Before(rested) {
			return nil
		}
		err := do(ctx)
		ended := time.Now()
		rested = ended.Add(min(20*ended.Sub(begun), longestRest))
		return err
	}
}

func (s *server) close() {
	for _, db := range []*postgres.DB{s.forum, s.keys} {
		if db != nil {
			db.Close()
		}
	}
	if s.journal != nil {
		s.journal.Close()
	}
	if s.blobs != nil {
		_ = s.blobs.Close() // nothing is on its way any more
	}
}

// discreet drops the words of net/http's own log lines: they hold addresses.
type discreet struct{ slog.Handler }

func (d discreet) Handle(ctx context.Context, r slog.Record) error {
	return d.Handler.Handle(ctx, slog.NewRecord(r.Time, r.Level, "a connection failed", 0))
}

func utc() time.Time { return time.Now().UTC() }

func listenOn(ctx context.Context, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("%s is taken or can't be listened on", address)
	}
	return listener, nil
}
