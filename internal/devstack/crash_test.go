package devstack_test

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/hamyar/hamyar/internal/devstack"
)

func TestAKilledParentBlocksNothing(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	parent := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	parent.Env = append(os.Environ(), holdStack+"="+dir)
	output, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	if line, _ := bufio.NewReader(output).ReadString('\n'); !strings.HasPrefix(line, "holding") {
		t.Fatal(line)
	}
	orphan := postmaster(t, devstack.Cluster{DataDir: filepath.Join(dir, "forum", "data")})
	_ = parent.Process.Kill()
	_ = parent.Wait() // it was killed

	stack := start(t, durable(dir, true))
	run(t, stack.Forum, `CREATE TABLE works (n int)`)
	if alive(orphan) {
		t.Error("the killed parent's server still runs")
	}
	stop(t, stack)

	t.Run("a backend outlives its server", func(t *testing.T) {
		stack := start(t, durable(dir, true))
		var backend int
		connection := connect(t, stack.Forum)
		if err := connection.QueryRow(t.Context(), `SELECT pg_backend_pid()`).Scan(&backend); err != nil {
			t.Fatal(err)
		}
		_ = syscall.Kill(backend, syscall.SIGSTOP) // so that it can't notice
		_ = syscall.Kill(postmaster(t, stack.Forum), syscall.SIGKILL)
		if err := <-stack.Failed(); err == nil {
			t.Fatal("a killed server is no failure")
		}
		stop(t, stack)
		if !alive(backend) {
			t.Fatal("the backend is gone already: nothing is tried here")
		}
		stop(t, start(t, durable(dir, true)))
		if runtime.GOOS == "linux" && residesIn(backend, stack.Forum.DataDir) {
			t.Error("two servers' processes share a data directory")
		}
	})

	t.Run("a recycled process id", func(t *testing.T) {
		stranger := exec.CommandContext(t.Context(), "sleep", "60")
		if err := stranger.Start(); err != nil {
			t.Fatal(err)
		}
		defer func() { _, _ = stranger.Process.Kill(), stranger.Wait() }()
		data := filepath.Join(dir, "forum", "data")
		pidFile := fmt.Sprintf("%d\n%s\n0\n5432\n/nowhere\n\n\n", stranger.Process.Pid, data)
		if err := os.WriteFile(filepath.Join(data, "postmaster.pid"), []byte(pidFile), 0o600); err != nil {
			t.Fatal(err)
		}
		stack := start(t, durable(dir, true))
		if n := count(t, stack.Forum, `SELECT count(*) FROM works`); n != 0 {
			t.Error("wrong data")
		}
		if !alive(stranger.Process.Pid) {
			t.Error("a stranger was killed")
		}
	})
}

func residesIn(pid int, dir string) bool {
	at, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
	return err == nil && at == dir
}

func TestStartIsAllOrNothing(t *testing.T) {
	t.Parallel()
	dir := dataFolder(t)
	bad := durable(dir, true)
	bad.Settings = map[string]string{"shared_buffers": "nonsense"}
	stack, err := devstack.Start(t.Context(), bad)
	if err == nil {
		_ = stack.Stop()
		t.Fatal("started with a nonsensical setting")
	}
	if !strings.Contains(err.Error(), "shared_buffers") {
		t.Errorf("the error should say what PostgreSQL said: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if stack, err := devstack.Start(cancelled, durable(dir, true)); err == nil {
		_ = stack.Stop()
		t.Fatal("started though it was cancelled")
	}
	start(t, durable(dir, true))
}

// A checkout may lie anywhere: deeper than a socket's path may be, under a name with spaces, commas and Persian.
func TestAnAwkwardFolder(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataFolder(t), "my, own 'words'", "پوشهٔ من", strings.Repeat("deep/", 20))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	stack := start(t, devstack.Options{Dir: filepath.Join(dir, ".hamyar"), Ephemeral: true})
	if !strings.HasPrefix(stack.Dir, dir) {
		t.Errorf("the data is in %s", stack.Dir)
	}
	run(t, stack.Keys, `SELECT 1`)
	if status, _ := ask(t, "GET", stack.KratosPublic+"/self-service/registration/api", nil); status != 200 {
		t.Errorf("Kratos answers %d", status)
	}
	address, _ := url.Parse(stack.Keys.AdminURL)
	stop(t, stack)
	if _, err := os.Stat(address.Query().Get("host")); !os.IsNotExist(err) {
		t.Error("the sockets' folder is left behind")
	}
}
