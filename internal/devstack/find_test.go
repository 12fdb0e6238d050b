package devstack

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs lays a folder of programs that all say they are of a PostgreSQL version.
func programs(t *testing.T, version string, names ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range names {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s'\n", name, version)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil { //nolint:gosec // a program is there to be run
			t.Fatal(err)
		}
	}
	return dir
}

func TestFindBinaries(t *testing.T) {
	defer func(was []string) { distributions = was }(distributions)
	fifteen, seventeen := programs(t, "15.4 (Debian 15.4-1)", needed...), programs(t, "17.0", needed...)
	old, future := programs(t, "14.9", needed...), programs(t, "19beta1", needed...)
	partial := programs(t, "18.1", "initdb", "postgres", "pg_ctl") // no pg_dump
	linked := t.TempDir()
	if err := os.Symlink(filepath.Join(seventeen, "postgres"), filepath.Join(linked, "postgres")); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name            string
		path, installed []string
		wanted          int
		dir             string
		found           bool
	}{
		{name: "on PATH", path: []string{fifteen}, dir: fifteen, found: true},
		{name: "installed elsewhere", installed: []string{fifteen}, dir: fifteen, found: true},
		{name: "the newest that will do", path: []string{fifteen, future}, installed: []string{seventeen, old}, dir: seventeen, found: true},
		{name: "a link on PATH stands for its whole set", path: []string{linked}, dir: seventeen, found: true},
		{name: "the version of the data", path: []string{seventeen}, installed: []string{fifteen}, wanted: 15, dir: fifteen, found: true},
		{name: "another version than the data's", path: []string{seventeen}, wanted: 15},
		{name: "an incomplete set", path: []string{partial}},
		{name: "too old and too new", path: []string{old}, installed: []string{future}},
		{name: "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("PATH", strings.Join(c.path, string(filepath.ListSeparator)))
			distributions = c.installed
			got, found := findBinaries(t.Context(), c.wanted)
			if found != c.found || got.dir != c.dir {
				t.Errorf("found %v %q, want %v %q", found, got.dir, c.found, c.dir)
			}
		})
	}
}

func TestInstallation(t *testing.T) {
	for _, c := range []struct {
		name       string
		onPath     []string
		root, sudo bool
		last       string // of the commands
		refusal    string // in the error
	}{
		{name: "Debian as root", onPath: []string{"apt-get"}, root: true, last: "apt-get install -y -q --no-install-recommends postgresql"},
		{name: "Debian with sudo", onPath: []string{"apt-get", "sudo"}, sudo: true, last: "sudo -n apt-get install -y -q --no-install-recommends postgresql"},
		{name: "Debian without", onPath: []string{"apt-get"}, refusal: "run `sudo apt-get install"},
		{name: "Alpine as root", onPath: []string{"apk"}, root: true, last: "apk add --no-cache postgresql postgresql-client"},
		{name: "macOS", onPath: []string{"brew"}, last: "brew install postgresql@17"},
		{name: "macOS as root", onPath: []string{"brew"}, root: true, refusal: "install it and try again"},
		{name: "unknown system", root: true, refusal: "install it and try again"},
	} {
		t.Run(c.name, func(t *testing.T) {
			commands, err := installation(func(name string) bool { return slices.Contains(c.onPath, name) }, c.root, c.sudo)
			if c.refusal != "" {
				if err == nil || !strings.Contains(err.Error(), c.refusal) || strings.Contains(err.Error(), "\n") {
					t.Errorf("want one line with %q, got %v", c.refusal, err)
				}
				return
			}
			if err != nil || strings.Join(commands[len(commands)-1], " ") != c.last {
				t.Errorf("got %v %v, want %q", commands, err, c.last)
			}
		})
	}
}
