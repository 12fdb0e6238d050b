package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"github.com/hamyar/hamyar/internal/devstack"
	"github.com/hamyar/hamyar/internal/seed"
)

// usualPort is where `up` serves when it is free.
const usualPort = 8080

func (p program) up(ctx context.Context, args []string) (err error) {
	flags := flag.NewFlagSet("up", flag.ContinueOnError)
	flags.SetOutput(p.errOut)
	dir := flags.String("dir", p.getenv("HAMYAR_DIR"), "data folder (default: .hamyar in the checkout)")
	port := flags.Int("port", 0, "port on this machine (default: 8080, or one that is free)")
	empty := flags.Bool("empty", false, "without demonstration data")
	if err := flags.Parse(args); err != nil {
		return said(err)
	}
	listener, err := p.loopback(ctx, *port)
	if err != nil {
		return err
	}
	defer listener.Close()
	origin := fmt.Sprintf("http://localhost:%d", listener.Addr().(*net.TCPAddr).Port)

	stack, err := devstack.Start(ctx, devstack.Options{Dir: *dir, Origin: origin, Progress: p.out})
	if err != nil {
		return err
	}
	defer func() {
		p.say("stopping …")
		err = errors.Join(err, stack.Stop())
	}()
	p.say("databases:")
	c, err := setUp(ctx, stack, utc, p.say)
	if err != nil {
		return err
	}
	c.Origin = origin
	if err := stack.Save(filepath.Join(stack.Dir, "stack.json")); err != nil {
		return err
	}
	logs, err := os.OpenFile(filepath.Join(stack.Dir, "hamyar.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer logs.Close() //nolint:errcheck // a log that can't be closed changes nothing
	p.collectLess()
	s, err := newServer(ctx, c, slog.New(slog.NewJSONHandler(logs, nil)), utc)
	if err != nil {
		return err
	}
	defer s.close()
	if !*empty {
		ground := seed.Ground{
			Forum: s.forum, Keys: s.store, Policy: s.policy, Kratos: s.kratos, Members: s.members,
			Folder: stack.Dir, Origin: origin, Progress: p.out,
		}
		if err := seed.Plant(ctx, ground, utc()); err != nil {
			return err
		}
	}
	metrics, err := listenOn(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	greeting, err := welcome(origin, metrics.Addr().String(), logs.Name(), signInBy(*dir), *empty)
	if err != nil {
		return err
	}
	p.say("%s", greeting)
	return serveUntil(ctx, s, stack, listener, metrics)
}

// serveUntil serves until ctx ends or a server below falls.
func serveUntil(ctx context.Context, s *server, stack *devstack.Stack, public, metrics net.Listener) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	go func() {
		select {
		case err := <-stack.Failed():
			cancel(err)
		case <-ctx.Done():
		}
	}()
	err := s.listen(ctx, public, metrics)
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		err = errors.Join(cause, err)
	}
	return err
}

// loopback listens on the port asked for, or on the usual one, or on any that is free.
func (p program) loopback(ctx context.Context, port int) (net.Listener, error) {
	if port != 0 {
		return listenOn(ctx, "127.0.0.1:"+strconv.Itoa(port))
	}
	if listener, err := listenOn(ctx, "127.0.0.1:"+strconv.Itoa(usualPort)); err == nil {
		return listener, nil
	}
	return listenOn(ctx, "127.0.0.1:0")
}

// signInBy is how this very program signs a demonstration account in, from where it was called.
func signInBy(dir string) string {
	if dir == "" {
		return os.Args[0] + " signin"
	}
	return fmt.Sprintf("%s signin -dir '%s'", os.Args[0], dir)
}

func welcome(origin, metrics, log, signIn string, empty bool) (string, error) {
	greeting := fmt.Sprintf(`
Hamyar is up:         %[1]s
  about the API       %[1]s/docs
  sign up, sign in    %[1]s/sign-up   %[1]s/sign-in
  metrics             http://%[2]s/metrics
  log                 %[3]s
`, origin, metrics, log)
	if !empty {
		signIns, err := seed.SignIns(signIn)
		if err != nil {
			return "", err
		}
		greeting += signIns + fmt.Sprintf(`
A first conversation, in another terminal:
  TOKEN=$(%[2]s walker)
  curl -s %[1]s/v1/communities
  curl -s -H "Authorization: Bearer $TOKEN" %[1]s/v1/me/communities
README.md goes on from there.
`, origin, signIn)
	}
	return greeting + "\nCtrl-C stops all of it; the data stays for the next time.", nil
}
