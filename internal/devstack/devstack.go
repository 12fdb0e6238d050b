// Package devstack runs the servers that Hamyar stands on, for development and tests: three private PostgreSQL clusters
// (forum, keys, identity, so that none shares a write-ahead log with another) and a real Ory Kratos, in one data folder.
//
// It protects the person at the keyboard from having to configure anything, and their members' words from the servers'
// logs: a failing statement, its values and a requester's address or browser are never logged. It must never listen on
// anything but this machine, leave a server behind when it stops, put a password on a command line, or know anything of
// Hamyar's roles, migrations and data.
package devstack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Options say where a stack lives and what is in it. The zero value is a durable stack in the checkout's .hamyar.
type Options struct {
	// Dir is the data folder, made if need be. As root, when the unprivileged user that runs the servers may not
	// enter it, a folder of this Dir's own below /var/tmp takes its place, and Progress says so.
	Dir string
	// Origin is where people reach Hamyar ("https://hamyar.example"); Kratos's public address is Origin + "/identity/".
	// Passkeys need a name there: http://localhost:8080 will do, http://127.0.0.1:8080 won't. Empty is http://localhost:8080.
	Origin string
	// Progress gets lines for a person to read.
	Progress io.Writer
	// Ephemeral is for tests: nothing is flushed to disk, passwords hash cheaply, and Stop removes the folder.
	Ephemeral bool
	// NoKratos leaves out Kratos and the identity cluster, which nobody else uses.
	NoKratos bool
	// Settings are further PostgreSQL settings for every cluster, such as shared_buffers for a benchmark.
	Settings map[string]string
}

// Cluster is one running PostgreSQL.
type Cluster struct {
	AdminURL string // of the superuser, on a private socket; holds the password
	DataDir  string
	LogFile  string
}

// Stack is a running set of servers, or the description of one that somebody else runs.
type Stack struct {
	Dir                       string // where the data really is
	Binaries                  string // the folder of PostgreSQL's programs: pg_dump, pg_ctl, …
	Forum, Keys, Identity     Cluster
	KratosPublic, KratosAdmin string // addresses without a final slash; the admin one asks nobody for a password
	KratosLog                 string

	folder   *folder
	mu       sync.Mutex
	clusters []*process
	kratos   *process
	failed   chan error
	stopping sync.Once
	stopErr  error
}

// Start brings the servers up and returns when each answers. Only one stack at a time runs in a folder; what a crash or a
// kill left there is cleared first. When Start fails, nothing of it runs on.
func Start(ctx context.Context, opts Options) (*Stack, error) {
	say := newProgress(opts.Progress)
	defer say.done()
	stack := &Stack{failed: make(chan error, 4)}
	if err := stack.start(ctx, opts, say); err != nil {
		return nil, errors.Join(fmt.Errorf("devstack: %w", err), stack.Stop())
	}
	return stack, nil
}

func (s *Stack) start(ctx context.Context, opts Options, say *progress) (err error) {
	account, err := unprivileged()
	if err != nil {
		return err
	}
	if s.folder, err = openFolder(opts, account, say); err != nil {
		return err
	}
	s.Dir = s.folder.path
	if err := s.startClusters(ctx, opts, say); err != nil {
		return err
	}
	if opts.NoKratos {
		return nil
	}
	return s.startKratos(ctx, opts, say)
}

// Failed reports a server that ended without being asked to.
func (s *Stack) Failed() <-chan error { return s.failed }

// Stop ends Kratos, then the clusters, in order, and removes an ephemeral folder. It may be called again. A stack that was
// loaded belongs to somebody else and is left alone.
func (s *Stack) Stop() error {
	s.stopping.Do(func() {
		if s.folder == nil {
			return
		}
		errs := []error{nil}
		if s.kratos != nil {
			errs[0] = s.kratos.stop()
		}
		errs = append(errs, stopAll(s.clusters), s.folder.close())
		s.stopErr = errors.Join(errs...)
	})
	return s.stopErr
}

func stopAll(servers []*process) error {
	errs := make([]error, len(servers))
	var all sync.WaitGroup
	for i, server := range servers {
		all.Go(func() { errs[i] = server.stop() })
	}
	all.Wait()
	return errors.Join(errs...)
}

func (s *Stack) add(cluster *process) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clusters = append(s.clusters, cluster)
	go cluster.watch(s.failed)
}

// Save describes the stack in a file that only its owner reads, for Load in another process.
func (s *Stack) Save(path string) error {
	description, err := json.MarshalIndent(s, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(path, description, 0o600)
}

// Load reads what Save wrote.
func Load(path string) (*Stack, error) {
	description, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("devstack: %w", err)
	}
	stack := &Stack{failed: make(chan error)}
	if err := json.Unmarshal(description, stack); err != nil {
		return nil, fmt.Errorf("devstack: %s does not describe a stack: %w", path, err)
	}
	return stack, nil
}
