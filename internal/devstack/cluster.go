package devstack

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"
)

const superuser = "postgres"

// cluster is one PostgreSQL in the making.
type cluster struct {
	name     string
	port     int // names its socket; no port is opened
	dir      string
	password string
	folder   *folder
	programs binaries
	opts     Options
}

func (c *cluster) data() string         { return filepath.Join(c.dir, "data") }
func (c *cluster) log() string          { return filepath.Join(c.dir, "log") }
func (c *cluster) passwordFile() string { return filepath.Join(c.dir, "password") }

// url is the address of a database for a role.
func (c *cluster) url(role, password, database string) string {
	query := url.Values{"host": {c.folder.sockets}, "port": {strconv.Itoa(c.port)}, "sslmode": {"disable"}}
	address := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database, RawQuery: query.Encode()}
	return address.String()
}

func (c *cluster) adminURL() string { return c.url(superuser, c.password, "postgres") }

func (s *Stack) startClusters(ctx context.Context, opts Options, say *progress) error {
	names := map[string]*Cluster{"forum": &s.Forum, "keys": &s.Keys}
	if !opts.NoKratos {
		names["identity"] = &s.Identity
	}
	programs, err := ensureBinaries(ctx, madeWith(s.folder.path), say)
	if err != nil {
		return err
	}
	s.Binaries = programs.dir
	say.update("databases: starting PostgreSQL %d …", programs.major)
	begun := time.Now()
	group, ctx := errgroup.WithContext(ctx)
	for i, name := range []string{"forum", "keys", "identity"} {
		shown := names[name]
		if shown == nil {
			continue
		}
		c := &cluster{name: name, port: 5432 + i, dir: filepath.Join(s.folder.path, name), folder: s.folder, programs: programs, opts: opts}
		group.Go(func() error {
			if err := c.start(ctx, s, say); err != nil {
				return fmt.Errorf("%s cluster: %w", c.name, err)
			}
			*shown = Cluster{AdminURL: c.adminURL(), DataDir: c.data(), LogFile: c.log()}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	say.say("databases: PostgreSQL %d, %d private clusters in %s (%.1fs)", programs.major, len(names), s.folder.path, time.Since(begun).Seconds())
	return nil
}

// madeWith is the version of PostgreSQL whose data the folder holds, 0 for none.
func madeWith(dir string) int {
	text, err := os.ReadFile(filepath.Join(dir, "forum", "data", "PG_VERSION"))
	if err != nil {
		return 0
	}
	major, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return major
}

func (c *cluster) start(ctx context.Context, s *Stack, say *progress) error {
	if err := c.folder.private(c.dir); err != nil {
		return err
	}
	leftover := home{"postgres", c.data(), filepath.Join(c.data(), "postmaster.pid")}
	if err := leftover.clear(syscall.SIGINT, 20*time.Second, say); err != nil {
		return err
	}
	if err := c.init(ctx); err != nil {
		return err
	}
	if err := c.configure(); err != nil {
		return err
	}
	return c.serve(ctx, s)
}

// init makes the data directory, all of it or none, or finds it made.
func (c *cluster) init(ctx context.Context) error {
	if password, err := os.ReadFile(c.passwordFile()); err == nil {
		c.password = string(password)
	}
	if _, err := os.Stat(c.data()); err == nil && c.password != "" {
		return nil
	}
	fresh := make([]byte, 24)
	rand.Read(fresh)
	c.password = hex.EncodeToString(fresh)
	if err := os.WriteFile(c.passwordFile(), []byte(c.password), 0o600); err != nil {
		return err
	}
	if err := c.folder.account.give(c.passwordFile()); err != nil {
		return err
	}
	making := c.data() + ".making"
	var err error
	for _, locale := range c.locales() {
		if err = os.RemoveAll(making); err != nil {
			return err
		}
		if err = c.initdb(ctx, making, locale); err == nil {
			return os.Rename(making, c.data())
		}
	}
	return err
}

// locales are initdb's words for UTF-8 with an order that is the same on every machine, best first.
func (c *cluster) locales() [][]string {
	if c.programs.major >= 17 {
		return [][]string{{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"}}
	}
	return [][]string{{"--locale=C.UTF-8"}, {"--locale=C"}}
}

func (c *cluster) initdb(ctx context.Context, dir string, locale []string) error {
	words := []string{
		"--pgdata=" + dir, "--username=" + superuser, "--pwfile=" + c.passwordFile(), "--auth=scram-sha-256",
		"--encoding=UTF8", "--data-checksums", "--lc-messages=C",
	}
	if c.opts.Ephemeral {
		words = append(words, "--no-sync")
	}
	command := exec.CommandContext(ctx, c.programs.program("initdb"), append(words, locale...)...)
	command.Dir, command.Env = c.dir, environment()
	if output, err := finish(command, c.folder.account); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, tail(output))
	}
	return nil
}

// serve starts the server and waits until it takes connections.
func (c *cluster) serve(ctx context.Context, s *Stack) error {
	log, err := openLog(c.log())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // nothing was written
	info, err := log.Stat()
	if err != nil {
		return err
	}
	command := serverCommand(c.programs.program("postgres"), "-D", c.data())
	command.Dir, command.Env = c.dir, environment()
	command.Stdout, command.Stderr = log, log
	politely := syscall.SIGINT // a fast shutdown
	if c.opts.Ephemeral {
		politely = syscall.SIGQUIT // an immediate one
	}
	server, err := launch(c.name+" cluster", command, c.folder.account, politely, 30*time.Second)
	if err != nil {
		return err
	}
	s.add(server)
	if err := c.ready(ctx, server); err != nil {
		return fmt.Errorf("%w%s", err, lastWords(c.log(), info.Size()))
	}
	return nil
}

func (c *cluster) ready(ctx context.Context, server *process) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Minute, errors.New("it takes no connections"))
	defer cancel()
	for {
		connection, err := pgx.Connect(ctx, c.adminURL())
		if err == nil {
			return connection.Close(ctx)
		}
		select {
		case <-server.gone:
			return fmt.Errorf("PostgreSQL ended (%v)", server.exit)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(25 * time.Millisecond):
		}
	}
}
