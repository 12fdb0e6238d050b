// Command with runs another command beside a stack of its own: `go run ./internal/devstack/with -- go test ./...`.
//
// The stack is ephemeral and described in the file that HAMYAR_TEST_STACK names. Whatever becomes of the command, the
// stack must not outlive it, and the command's exit code must be this one's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/hamyar/hamyar/internal/devstack"
)

func main() {
	flags := flag.NewFlagSet("with", flag.ExitOnError)
	flags.Usage = func() {
		fmt.Fprintln(flags.Output(), "usage: go run ./internal/devstack/with [-no-kratos] [-origin URL] -- command [argument ...]")
		flags.PrintDefaults()
	}
	noKratos := flags.Bool("no-kratos", false, "start the databases only")
	origin := flags.String("origin", "", "where Hamyar will be reached (default http://localhost:8080)")
	_ = flags.Parse(os.Args[1:])
	if flags.NArg() == 0 {
		flags.Usage()
		os.Exit(2)
	}
	code, err := run(devstack.Options{Ephemeral: true, NoKratos: *noKratos, Origin: *origin, Progress: os.Stderr}, flags.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
	}
	os.Exit(code)
}

// run returns the command's exit code, which is 1 when it is not the command that failed.
func run(opts devstack.Options, words []string) (code int, err error) {
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	starting := make(chan struct{})
	go func() {
		select {
		case <-signals:
			cancel()
		case <-starting:
		}
	}()
	stack, err := devstack.Start(ctx, opts)
	close(starting)
	if err != nil {
		return 1, err
	}
	defer func() {
		if failed := stack.Stop(); failed != nil {
			code, err = max(code, 1), errors.Join(err, failed)
		}
	}()
	description := filepath.Join(stack.Dir, "stack.json")
	if err := stack.Save(description); err != nil {
		return 1, err
	}
	return command(words, append(os.Environ(), "HAMYAR_TEST_STACK="+description), signals)
}

// command runs to its end, however often it is interrupted: it gets each signal and decides by itself.
func command(words, env []string, signals <-chan os.Signal) (code int, err error) {
	child := exec.Command(words[0], words[1:]...) //nolint:noctx // it gets each signal and decides by itself
	child.Stdin, child.Stdout, child.Stderr, child.Env = os.Stdin, os.Stdout, os.Stderr, env
	if err := child.Start(); err != nil {
		return 1, err
	}
	ended := make(chan error, 1)
	go func() { ended <- child.Wait() }()
	for {
		select {
		case received := <-signals:
			_ = child.Process.Signal(received)
		case err := <-ended:
			return exitCode(err)
		}
	}
}

func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0, nil
	case !errors.As(err, &exit):
		return 1, err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal()), nil
	}
	return exit.ExitCode(), nil
}
