package devstack_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/hamyar/hamyar/internal/devstack"
)

// An ordinary error's message, detail, context or statement may quote what a member wrote; so may the report of a crash.
func TestLogsHoldNoValue(t *testing.T) {
	t.Parallel()
	stack := start(t, devstack.Options{Ephemeral: true, NoKratos: true})
	connection := connect(t, stack.Forum)
	run(t, stack.Forum, `CREATE TABLE said (words text PRIMARY KEY CHECK (words <> 'CanaryChecked'));
		INSERT INTO said VALUES ('CanaryTwice')`)
	for code, statement := range map[string]string{
		"23505": `INSERT INTO said VALUES ('CanaryTwice')`,
		"23514": `INSERT INTO said VALUES ('CanaryChecked')`,
		"22P02": `SELECT 'CanaryType'::int`,
		"42601": `SELECT CanarySyntax FROM FROM`,
		"P0001": `DO $$ BEGIN RAISE EXCEPTION 'CanaryRaised'; END $$`,
		"22012": `DO $$ BEGIN RAISE WARNING 'CanaryWarned'; PERFORM 1/0; END $$`,
	} {
		_, err := connection.Exec(t.Context(), statement)
		if refused := new(pgconn.PgError); !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%s: %v, want %s", statement, err, code)
		}
	}
	if _, err := connection.Exec(t.Context(), `SELECT $1::int`, "CanaryParameter"); err == nil {
		t.Error("a word passed for a number")
	}
	crash(t, stack)
	waitFor(t, "the crash in the log", func() bool { return strings.Contains(contents(t, stack.Forum.LogFile), "terminated by signal 11") })
	mustHoldNone(t, stack.Forum.LogFile, []string{"Canary", "canary", "said"})
}

// crash ends a backend in the middle of a statement.
func crash(t *testing.T, stack *devstack.Stack) {
	t.Helper()
	connection := connect(t, stack.Forum)
	var backend int
	if err := connection.QueryRow(t.Context(), `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := connection.Exec(context.Background(), `SELECT 'CanaryRunning', pg_sleep(60)`)
		ended <- err
	}()
	waitFor(t, "the statement to run", func() bool {
		return count(t, stack.Forum, fmt.Sprintf(`SELECT count(*) FROM pg_stat_activity WHERE pid = %d AND query LIKE '%%CanaryRunning%%'`, backend)) == 1
	})
	_ = syscall.Kill(backend, syscall.SIGSEGV)
	if err := <-ended; err == nil {
		t.Error("the backend survived")
	}
}

func TestServersArePrivate(t *testing.T) {
	t.Parallel()
	stack := start(t, devstack.Options{Ephemeral: true, NoKratos: true})
	for name, cluster := range map[string]devstack.Cluster{"forum": stack.Forum, "keys": stack.Keys} {
		address, err := url.Parse(cluster.AdminURL)
		if err != nil {
			t.Fatal(err)
		}
		socketFolder, err := os.Stat(address.Query().Get("host"))
		if err != nil || socketFolder.Mode().Perm() != 0o700 {
			t.Errorf("%s: the sockets' folder is open to others: %v %v", name, socketFolder.Mode(), err)
		}
		if n := count(t, cluster, `SELECT count(*) FROM pg_settings WHERE name = 'listen_addresses' AND setting = ''`); n != 1 {
			t.Errorf("%s listens on a network", name)
		}
		if n := count(t, cluster, `SELECT count(*) FROM pg_hba_file_rules WHERE auth_method <> 'scram-sha-256'`); n != 0 {
			t.Errorf("%s lets somebody in without a password", name)
		}
		if n := count(t, cluster, `SELECT count(*) FROM pg_settings WHERE name = 'data_checksums' AND setting = 'on'`); n != 1 {
			t.Errorf("%s has no checksums", name)
		}
		if owner := ownerOf(t, cluster.DataDir); owner == 0 {
			t.Errorf("%s runs as root", name)
		}
		if runtime.GOOS == "linux" && !noCoreLimit.MatchString(contents(t, fmt.Sprintf("/proc/%d/limits", postmaster(t, cluster)))) {
			t.Errorf("%s may write its memory to disk when it crashes", name)
		}
		password, _ := address.User.Password()
		mustNotBeOnCommandLines(t, password)
	}
}

var noCoreLimit = regexp.MustCompile(`(?m)^Max core file size +0 `)

func ownerOf(t *testing.T, path string) uint32 {
	t.Helper()
	info, err := os.Stat(filepath.Join(path, "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	return info.Sys().(*syscall.Stat_t).Uid
}

func mustNotBeOnCommandLines(t *testing.T, secret string) {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), secret) {
			t.Errorf("a password is on a command line: %s", strings.ReplaceAll(string(text), "\x00", " "))
		}
	}
}

// As root, a folder below /root is out of the servers' reach; as anybody else there is nothing to work around.
func TestAFolderOutOfReachIsReplaced(t *testing.T) {
	t.Parallel()
	barred := filepath.Join(t.TempDir(), "inner")
	if err := os.Mkdir(barred, 0o700); err != nil {
		t.Fatal(err)
	}
	var progress strings.Builder
	stack := start(t, devstack.Options{Dir: filepath.Join(barred, ".hamyar"), Ephemeral: true, NoKratos: true, Progress: &progress})
	moved := !strings.HasPrefix(stack.Dir, barred)
	if root := os.Geteuid() == 0; moved != root || strings.Contains(progress.String(), "may not enter") != root {
		t.Errorf("as root %v: the data is in %s; said:\n%s", root, stack.Dir, progress.String())
	}
	stop(t, stack)
	if _, err := os.Stat(stack.Dir); !os.IsNotExist(err) {
		t.Errorf("%s is left behind", stack.Dir)
	}
}
