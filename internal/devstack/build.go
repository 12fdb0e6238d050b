package devstack

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

const (
	kratosVersion = "1.3.1"
	building      = "identity server: building Ory Kratos " + kratosVersion + " (first time only) …"
)

// kratosProgram is the path of Kratos, built now if this machine has none that was built from the same sources.
func kratosProgram(ctx context.Context, as *account, say *progress) (string, error) {
	cache, err := cacheFolder(as)
	if err != nil {
		return "", err
	}
	program := filepath.Join(cache, buildName(), "kratos")
	if isThere(program) {
		return program, nil
	}
	unlock, err := waitForLock(ctx, filepath.Join(cache, buildName()+".lock"), say)
	if err != nil {
		return "", err
	}
	defer func() { _ = unlock() }() // the lock goes with the process at the latest
	if isThere(program) {
		return program, nil
	}
	return program, build(ctx, filepath.Dir(program), say)
}

func isThere(path string) bool { _, err := os.Stat(path); return err == nil }

// cacheFolder is the user's; as root, when the servers' user may not enter that one, the machine's.
func cacheFolder(as *account) (string, error) {
	user, err := os.UserCacheDir()
	if err != nil || !as.mayEnter(user) {
		user = "/var/cache"
	}
	cache := filepath.Join(user, "hamyar")
	return cache, os.MkdirAll(cache, 0o755)
}

// waitForLock lets one process at a time build.
func waitForLock(ctx context.Context, path string, say *progress) (unlock func() error, err error) {
	lock, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err == nil {
			return lock.Close, nil
		}
		say.update("identity server: waiting for another build of Ory Kratos …")
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), lock.Close())
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// build compiles Kratos beside its final folder and then puts it there in one step.
func build(ctx context.Context, final string, say *progress) error {
	compiler, err := goCommand()
	if err != nil {
		return err
	}
	unfinished := final + ".building"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	if err := os.MkdirAll(unfinished, 0o755); err != nil {
		return err
	}
	for _, name := range buildFiles {
		if err := os.WriteFile(filepath.Join(unfinished, name), moduleFile(name), 0o644); err != nil {
			return err
		}
	}
	command := exec.CommandContext(ctx, compiler, "build", "-v", "-trimpath", "-buildvcs=false",
		"-ldflags", "-s -w -X github.com/ory/kratos/driver/config.Version=v"+kratosVersion, "-o", "kratos", ".")
	command.Dir = unfinished
	command.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-mod=readonly", "GOWORK=off", "GOOS=", "GOARCH=")
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) } // lets go remove its own leftovers
	begun := time.Now()
	if err := follow(command, say); err != nil {
		return fmt.Errorf("building Ory Kratos: %w", err)
	}
	say.say("identity server: Ory Kratos %s built in %s", kratosVersion, time.Since(begun).Round(time.Second))
	if err := os.RemoveAll(final); err != nil {
		return err
	}
	return os.Rename(unfinished, final)
}

func goCommand() (string, error) {
	if path, err := exec.LookPath("go"); err == nil {
		return path, nil
	}
	if path := filepath.Join("/usr/local/go/bin", "go"); isThere(path) { // where Go's own archive goes
		return path, nil
	}
	return "", errors.New("Ory Kratos is built with Go, which is not on this machine: install it from https://go.dev/dl")
}

// follow runs the build and shows how far it is: `go build -v` names each package when its turn comes.
func follow(command *exec.Cmd, say *progress) error {
	output, input := io.Pipe()
	command.Stdout, command.Stderr = input, input
	if err := command.Start(); err != nil {
		return err
	}
	say.say("%s", building)
	lines := make(chan string)
	go func() {
		defer close(lines)
		for reader := bufio.NewReader(output); ; {
			line, err := reader.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); line != "" {
				lines <- line
			}
			if err != nil {
				return
			}
		}
	}()
	ended := make(chan error, 1)
	go func() { ended <- command.Wait(); _ = input.Close() }()
	remarks := report(lines, say)
	if err := <-ended; err != nil {
		return fmt.Errorf("%w; the compiler's last words:\n%s", err, tail(remarks))
	}
	return nil
}

// report counts what the build does and returns what was neither a package nor a download.
func report(lines <-chan string, say *progress) []byte {
	var remarks bytes.Buffer
	begun, downloads, packages := time.Now(), 0, 0
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case line, open := <-lines:
			switch {
			case !open:
				return remarks.Bytes()
			case strings.HasPrefix(line, "go: downloading "):
				downloads++
			case strings.ContainsAny(line, " \t"):
				fmt.Fprintln(&remarks, line)
			default:
				packages++
			}
		case <-tick.C:
			say.update("%s %d modules fetched, %d packages compiled, %s", building, downloads, packages, time.Since(begun).Round(time.Second))
		}
	}
}
