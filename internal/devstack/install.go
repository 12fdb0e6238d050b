package devstack

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// packager is a system's package manager and how it installs PostgreSQL's server and client programs.
type packager struct {
	name     string
	commands [][]string
	asUser   bool // refuses to run as root
}

var packagers = []packager{
	{name: "apt-get", commands: [][]string{{"apt-get", "update", "-q"}, {"apt-get", "install", "-y", "-q", "--no-install-recommends", "postgresql"}}},
	{name: "dnf", commands: [][]string{{"dnf", "install", "-y", "postgresql-server", "postgresql"}}},
	{name: "apk", commands: [][]string{{"apk", "add", "--no-cache", "postgresql", "postgresql-client"}}},
	{name: "zypper", commands: [][]string{{"zypper", "--non-interactive", "install", "postgresql-server", "postgresql"}}},
	{name: "pacman", commands: [][]string{{"pacman", "-S", "--noconfirm", "--needed", "postgresql"}}},
	{name: "brew", commands: [][]string{{"brew", "install", "postgresql@17"}}, asUser: true},
}

// installation is the commands that would install PostgreSQL here, given what is on PATH, whether we are root, and
// whether sudo works without a password.
func installation(onPath func(name string) bool, root, sudo bool) ([][]string, error) {
	for _, p := range packagers {
		switch {
		case !onPath(p.name):
		case p.asUser && !root, !p.asUser && root:
			return p.commands, nil
		case !p.asUser && sudo:
			var commands [][]string
			for _, command := range p.commands {
				commands = append(commands, append([]string{"sudo", "-n"}, command...))
			}
			return commands, nil
		case !p.asUser:
			return nil, fmt.Errorf("PostgreSQL %d to %d is needed: run `sudo %s` and try again",
				oldest, newest, strings.Join(p.commands[len(p.commands)-1], " "))
		}
	}
	return nil, fmt.Errorf("PostgreSQL %d to %d is needed (initdb, postgres, pg_ctl, pg_dump): install it and try again", oldest, newest)
}

func install(ctx context.Context, say *progress) error {
	onPath := func(name string) bool { _, err := exec.LookPath(name); return err == nil }
	root := os.Geteuid() == 0
	sudo := !root && onPath("sudo") && exec.CommandContext(ctx, "sudo", "-n", "true").Run() == nil
	commands, err := installation(onPath, root, sudo)
	if err != nil {
		return err
	}
	for _, words := range commands {
		say.say("PostgreSQL: not on this machine, running `%s`", strings.Join(words, " "))
		command := exec.CommandContext(ctx, words[0], words[1:]...)
		command.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if output, err := command.CombinedOutput(); err != nil {
			return fmt.Errorf("`%s` failed (%w): install PostgreSQL %d to %d and try again; it said:\n%s",
				strings.Join(words, " "), err, oldest, newest, tail(output))
		}
	}
	return nil
}

func tail(output []byte) string {
	const enough = 800
	if len(output) > enough {
		output = output[len(output)-enough:]
	}
	return strings.TrimSpace(string(output))
}
