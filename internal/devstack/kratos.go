package devstack

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// kratos is an identity server in the making.
type kratos struct {
	program string
	dir     string // what it reads: our configuration, its own secrets
	opts    Options
	folder  *folder
	secrets secrets
	public  int
	admin   int
}

// The names of its configuration in its folder. Kratos would take a comma in a longer path for the end of a name.
const base, local = "kratos.yaml", "kratos.local.json"

func (k *kratos) log() string { return filepath.Join(k.folder.path, "kratos.log") }

func (s *Stack) startKratos(ctx context.Context, opts Options, say *progress) error {
	k := &kratos{dir: filepath.Join(s.folder.path, "kratos"), opts: opts, folder: s.folder}
	if k.opts.Origin == "" {
		k.opts.Origin = "http://localhost:8080"
	}
	k.opts.Origin = strings.TrimSuffix(k.opts.Origin, "/")
	var err error
	if k.program, err = kratosProgram(ctx, k.folder.account, say); err != nil {
		return err
	}
	say.update("identity server: starting Ory Kratos %s …", kratosVersion)
	begun := time.Now()
	if err := k.prepare(ctx, s.Identity.AdminURL, say); err != nil {
		return fmt.Errorf("identity server: %w", err)
	}
	if err := k.serve(ctx, s); err != nil {
		return fmt.Errorf("identity server: %w", err)
	}
	s.KratosLog = k.log()
	s.KratosPublic, s.KratosAdmin = address(k.public), address(k.admin)
	say.say("identity server: Ory Kratos %s (%.1fs)", kratosVersion, time.Since(begun).Seconds())
	return nil
}

func address(port int) string { return "http://127.0.0.1:" + strconv.Itoa(port) }

// prepare ends an earlier Kratos and readies folder, secrets, database and tables.
func (k *kratos) prepare(ctx context.Context, adminURL string, say *progress) error {
	if err := k.folder.private(k.dir); err != nil {
		return err
	}
	if err := k.home().clear(syscall.SIGTERM, 10*time.Second, say); err != nil {
		return err
	}
	if err := k.loadSecrets(); err != nil {
		return err
	}
	if err := k.makeDatabase(ctx, adminURL); err != nil {
		return err
	}
	migrate := exec.CommandContext(ctx, k.program, "migrate", "sql", "--read-from-env", "--yes")
	migrate.Dir, migrate.Env = k.dir, k.environment("DSN="+k.databaseURL(adminURL))
	if output, err := finish(migrate, k.folder.account); err != nil {
		return fmt.Errorf("migrating its database: %w: %s", err, tail(output))
	}
	return nil
}

// environment keeps what Kratos remembers for its user in its own folder, and keeps it from reporting to its makers.
func (k *kratos) environment(more ...string) []string {
	return environment(append(more, "HOME="+k.dir, "SQA_OPT_OUT=true")...)
}

func (k *kratos) home() home {
	return home{"kratos", k.dir, filepath.Join(k.folder.path, "kratos.pid")}
}

// makeDatabase gives Kratos a database and a role that owns nothing else.
func (k *kratos) makeDatabase(ctx context.Context, adminURL string) error {
	connection, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return err
	}
	defer connection.Close(ctx)
	var role, database bool
	err = connection.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kratos'),
		EXISTS (SELECT FROM pg_database WHERE datname = 'kratos')`).Scan(&role, &database)
	if err != nil {
		return err
	}
	verb := "CREATE"
	if role {
		verb = "ALTER"
	}
	if _, err := connection.Exec(ctx, verb+" ROLE kratos LOGIN PASSWORD '"+k.secrets.Database+"'"); err != nil {
		return err
	}
	if database {
		return nil
	}
	_, err = connection.Exec(ctx, `CREATE DATABASE kratos OWNER kratos`)
	return err
}

// serve starts Kratos on free ports, and again on others when somebody took one of them in between.
func (k *kratos) serve(ctx context.Context, s *Stack) error {
	var err error
	for range 3 {
		if err = k.tryToServe(ctx, s); err == nil || ctx.Err() != nil {
			return err
		}
	}
	return err
}

func (k *kratos) tryToServe(ctx context.Context, s *Stack) error {
	log, err := openLog(k.log())
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // nothing was written
	info, err := log.Stat()
	if err != nil {
		return err
	}
	if err := k.choosePorts(ctx); err != nil {
		return err
	}
	if err := k.configure(s.Identity.AdminURL); err != nil {
		return err
	}
	words := []string{"serve", "--config", base, "--config", local}
	if strings.HasPrefix(k.opts.Origin, "http://") {
		words = append(words, "--dev") // else its cookies would be for https alone
	}
	command := serverCommand(k.program, words...)
	command.Dir, command.Env = k.dir, k.environment()
	command.Stdout, command.Stderr = log, log
	server, err := launch("identity server", command, k.folder.account, syscall.SIGTERM, 10*time.Second)
	if err != nil {
		return err
	}
	pid := strconv.Itoa(command.Process.Pid) + "\n"
	if err = os.WriteFile(k.home().pidFile, []byte(pid), 0o600); err == nil {
		err = k.ready(ctx, server)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("%w%s", err, lastWords(k.log(), info.Size())), server.stop())
	}
	s.kratos = server
	go server.watch(s.failed)
	return nil
}

func (k *kratos) choosePorts(ctx context.Context) (err error) {
	var config net.ListenConfig
	var held []net.Listener // until both are chosen, so that they differ
	for _, port := range []*int{&k.public, &k.admin} {
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		held = append(held, listener)
		*port = listener.Addr().(*net.TCPAddr).Port
	}
	for _, listener := range held {
		err = errors.Join(err, listener.Close())
	}
	return err
}

func (k *kratos) ready(ctx context.Context, server *process) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("it does not become ready"))
	defer cancel()
	for {
		if answers(ctx, address(k.public)) && answers(ctx, address(k.admin)) {
			return nil
		}
		select {
		case <-server.gone:
			return fmt.Errorf("Kratos ended (%v)", server.exit)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(25 * time.Millisecond):
		}
	}
}

func answers(ctx context.Context, base string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/health/ready", nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	return response.Body.Close() == nil && response.StatusCode == http.StatusOK
}
