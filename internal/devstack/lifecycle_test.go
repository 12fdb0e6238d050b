package devstack_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/hamyar/hamyar/internal/devstack"
)

// One story, because a durable stack with Kratos takes seconds to make.
func TestAStackLivesOn(t *testing.T) {
	opts := durable(dataFolder(t), false)
	opts.Origin = "http://localhost:8080"
	stack := start(t, opts)
	again := func() { stack = start(t, opts) } // for the whole story, not for one of its parts
	run(t, stack.Forum, `CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)`)
	signUp := map[string]any{"method": "password", "password": canaries[5], "traits": map[string]any{"username": canaries[3]}}
	signIn := map[string]any{"method": "password", "password": canaries[5], "identifier": canaries[3]}
	if status, answer := submit(t, stack, "registration", signUp); status != http.StatusOK {
		t.Fatalf("sign-up with a username only: %d %v", status, answer)
	}

	t.Run("one at a time", func(t *testing.T) {
		second, err := devstack.Start(t.Context(), opts)
		if err == nil {
			_ = second.Stop()
			t.Fatal("a second stack started in the same folder")
		}
		if text := err.Error(); !strings.Contains(text, "in use") || strings.Contains(text, "\n") {
			t.Errorf("the error should be one line that says why: %q", text)
		}
		if n := count(t, stack.Forum, `SELECT n FROM kept`); n != 1 {
			t.Error("the first stack suffered")
		}
	})

	t.Run("stopped and started", func(t *testing.T) {
		was := []int{postmaster(t, stack.Forum), postmaster(t, stack.Keys), postmaster(t, stack.Identity), kratosPID(t, stack)}
		stop(t, stack)
		for _, pid := range was {
			if alive(pid) {
				t.Errorf("process %d outlived its stack", pid)
			}
		}
		again()
		if n := count(t, stack.Forum, `SELECT n FROM kept`); n != 1 {
			t.Error("the data is gone")
		}
		if status, _ := submit(t, stack, "login", signIn); status != http.StatusOK {
			t.Errorf("sign-in after a restart: %d", status)
		}
	})

	t.Run("everything killed", func(t *testing.T) {
		for _, pid := range []int{kratosPID(t, stack), postmaster(t, stack.Forum), postmaster(t, stack.Keys), postmaster(t, stack.Identity)} {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		for range 4 {
			if err := <-stack.Failed(); !strings.Contains(err.Error(), "by itself") {
				t.Error(err)
			}
		}
		stop(t, stack)
		again()
		if n := count(t, stack.Forum, `SELECT n FROM kept`); n != 1 {
			t.Error("the data is gone")
		}
	})

	t.Run("an orphaned identity server", func(t *testing.T) {
		orphan := kratosPID(t, stack)
		devstack.Abandon(stack)
		again()
		if alive(orphan) {
			t.Error("the orphan still runs")
		}
		if status, _ := submit(t, stack, "login", signIn); status != http.StatusOK {
			t.Errorf("sign-in: %d", status)
		}
	})

	t.Run("no address, browser or identifier in a log", func(t *testing.T) {
		both := map[string]any{"username": canaries[3] + "2", "email": canaries[4]}
		submit(t, stack, "registration", map[string]any{"method": "password", "password": canaries[5], "traits": both})
		submit(t, stack, "registration", map[string]any{"method": "password", "password": canaries[5], "traits": both}) // taken
		submit(t, stack, "login", map[string]any{"method": "password", "password": "wrong " + canaries[5], "identifier": canaries[4]})
		_ = syscall.Kill(postmaster(t, stack.Identity), syscall.SIGKILL)
		if err := <-stack.Failed(); err == nil {
			t.Fatal("a killed server is no failure")
		}
		if status, _ := ask(t, http.MethodGet, stack.KratosPublic+"/self-service/login/api", nil); status != http.StatusInternalServerError {
			t.Errorf("Kratos without its database: %d", status)
		}
		stop(t, stack)
		for _, log := range []string{stack.KratosLog, stack.Forum.LogFile, stack.Keys.LogFile, stack.Identity.LogFile} {
			mustHoldNone(t, log, canaries)
		}
	})
}

func kratosPID(t *testing.T, stack *devstack.Stack) int {
	t.Helper()
	return pidIn(t, filepath.Join(stack.Dir, "kratos.pid"))
}

func TestTwoFoldersSideBySide(t *testing.T) {
	t.Parallel()
	opts := devstack.Options{Ephemeral: true, NoKratos: true}
	one, two := start(t, opts), start(t, opts)
	run(t, one.Forum, `CREATE TABLE mine (n int)`)
	if n := count(t, two.Forum, `SELECT count(*) FROM pg_class WHERE relname = 'mine'`); n != 0 {
		t.Error("one stack sees the other's table")
	}
	if count(t, one.Keys, `SELECT count(*) FROM pg_class WHERE relname = 'mine'`) != 0 {
		t.Error("the keys cluster sees the forum's table")
	}
	path := filepath.Join(t.TempDir(), "stack.json")
	if err := one.Save(path); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("a description holds passwords: %v %v", info.Mode(), err)
	}
	loaded, err := devstack.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	stop(t, loaded)
	if n := count(t, loaded.Forum, `SELECT count(*) FROM pg_class WHERE relname = 'mine'`); n != 1 {
		t.Error("stopping a loaded stack should leave the real one alone")
	}
	stop(t, one)
	if _, err := os.Stat(one.Dir); !os.IsNotExist(err) {
		t.Errorf("an ephemeral stack leaves %s behind", one.Dir)
	}
	run(t, two.Forum, `SELECT 1`)
}
