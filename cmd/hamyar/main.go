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
	"slices"
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
	os.Exit(status(err))
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
		{"audit", "look after the audit log: seal, export, verify, erase; or be its witness", program.audit},
		{"search", "look after the index of search: count, write it anew", program.search},
		{"deid", "make a table so coarse that nobody can be told apart in it, and judge what comes out", program.deid},
		{"scrub", "put placeholders where texts tell who somebody is", program.scrub},
		{"policy", "ask the policy, and look after what is added to it: explain, test, diff, check, sign", program.policy},
		{"staff", "give a member a role of the installation, or take it", program.staff},
		{"signin", "a session token of a demonstration account, for trying the API", program.signin},
		{"openapi", "print the description of the API", program.openapi},
	}
}

func run(ctx context.Context, args []string, getenv func(string) string, out, errOut io.Writer) error {
	p := program{getenv: getenv, out: out, errOut: errOut}
	return menu{
		before:   "Hamyar: peer support for health communities, with privacy first.\n\nhamyar COMMAND [flags]\n",
		commands: commands(),
		after:    "\nhamyar COMMAND -h tells the flags of one.",
		unknown:  "there is no command %q",
	}.choose(ctx, p, args)
}

// menu is a choice of commands, explained where none is chosen.
type menu struct {
	before, after string
	commands      []command
	unknown       string // with the name that is no command
}

func (m menu) choose(ctx context.Context, p program, args []string) error {
	if len(args) == 0 || slices.Contains([]string{"help", "-h", "--help"}, args[0]) {
		m.explain(p)
		return nil
	}
	for _, c := range m.commands {
		if c.name == args[0] {
			return c.run(p, ctx, args[1:])
		}
	}
	m.explain(p)
	return fmt.Errorf(m.unknown, args[0])
}

func (m menu) explain(p program) {
	width := 0
	for _, c := range m.commands {
		width = max(width, len(c.name))
	}
	p.say("%s", m.before)
	for _, c := range m.commands {
		p.say("  %-*s %s", width, c.name, c.about)
	}
	p.say("%s", m.after)
}

func (p program) say(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

func (p program) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(p.errOut, &slog.HandlerOptions{Level: slog.LevelInfo}))
}
