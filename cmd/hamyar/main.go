// Command hamyar is the whole of Hamyar: the server, and what its operators and developers need around it. Everything
// is wired in server.go, in one readable place.
//
// It protects an operator's secrets, which it takes from files alone and shows nowhere. It must never listen beyond this
// machine unless told to, and never serve upon a database or a keystore that it does not recognise.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
)

func main() {
	if err := hush(os.Getenv); err != nil {
		fmt.Fprintln(os.Stderr, "hamyar:", err)
		os.Exit(1)
	}
	ctx, stop := signal.NotifyContext(context.Background(), ending(os.Getenv)...)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err == nil {
		return
	}
	if !errors.Is(err, errSaid) {
		fmt.Fprintln(os.Stderr, "hamyar:", err)
	}
	os.Exit(1)
}

// program is where a command reads its surroundings and writes its words.
type program struct {
	getenv      func(string) string
	out, errOut io.Writer
}

// errSaid ends a command that has already told what is wrong.
var errSaid = errors.New("said")

type command struct {
	name, about string
	run         func(p program, ctx context.Context, args []string) error
}

func commands() []command {
	return []command{
		{"up", "everything on this machine, for trying and developing: databases, identity server, demonstration data", program.up},
		{"serve", "the server, against databases, a Kratos and a KMS that are given", program.serve},
		{"migrate", "bring the databases of an installation forward", program.migrate},
		{"doctor", "check an installation, and say how to mend what is wrong", program.doctor},
		{"keys", "look after the keys: count, renew, end an epoch, verify, rescue, erase", program.keys},
		{"staff", "give a member a role of the installation, or take it", program.staff},
		{"signin", "a session token of a demonstration account, for trying the API", program.signin},
		{"openapi", "print the description of the API", program.openapi},
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) error {
	p := program{getenv: getenv, out: out, errOut: errOut}
	if len(args) == 0 || args[0] == "help" || args[0] == "-h" || args[0] == "--help" {
		p.help()
		return nil
	}
	for _, c := range commands() {
		if c.name == args[0] {
			return c.run(p, ctx, args[1:])
		}
	}
	p.help()
	return fmt.Errorf("there is no command %q", args[0])
}

func (p program) help() {
	p.say("Hamyar: peer support for health communities, with privacy first.\n\nhamyar COMMAND [flags]\n")
	for _, c := range commands() {
		p.say("  %-9s %s", c.name, c.about)
	}
	p.say("\nhamyar COMMAND -h tells the flags of one.")
}

func (p program) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

func (p program) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(p.errOut, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
