package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// A system is a server under load, in a process of its own.
type system struct {
	name    string
	address string // host:port
	pid     int
	started time.Duration // from the start of the process to its first answer
	end     func() error
}

// launch starts a server that says "listening HOST:PORT" on its output when it can answer, and that ends when its input
// does, so that it can't outlive this process. Its input begins with secret, which has no place on a command line.
func launch(ctx context.Context, name, secret string, command *exec.Cmd) (*system, error) {
	input, err := command.StdinPipe()
	if err != nil {
		return nil, err
	}
	output, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	begun := time.Now()
	if err := command.Start(); err != nil {
		return nil, err
	}
	if _, err := io.WriteString(input, secret+"\n"); err != nil {
		return nil, errors.Join(err, command.Process.Kill(), command.Wait())
	}
	end := func() error {
		_ = input.Close() // twice is once
		return command.Wait()
	}
	context.AfterFunc(ctx, func() { _ = input.Close() })
	line, err := bufio.NewReader(output).ReadString('\n')
	address, ok := strings.CutPrefix(strings.TrimSpace(line), "listening ")
	if err != nil || !ok {
		return nil, errors.Join(fmt.Errorf("%s did not start", name), end())
	}
	go func() { _, _ = io.Copy(io.Discard, output) }() // until it ends
	return &system{name: name, address: address, pid: command.Process.Pid, started: time.Since(begun), end: end}, nil
}

// ticks per second of /proc/PID/stat, the same on every Linux that Go runs on.
const ticks = 100

// processor is the CPU time that a process has used, with that of its children that ended; ok is false where the system
// doesn't say.
func processor(pid int) (used time.Duration, ok bool) {
	fields, ok := stat(pid)
	if !ok {
		return 0, false
	}
	for _, field := range fields[11:15] { // utime, stime, cutime, cstime
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, false
		}
		used += time.Duration(n) * time.Second / ticks
	}
	return used, true
}

// family is the CPU time of a process and its living children, as PostgreSQL's backends are the postmaster's.
func family(pid int) (used time.Duration, ok bool) {
	used, ok = processor(pid)
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil || !ok {
		return 0, false
	}
	for _, entry := range entries {
		child, err := strconv.Atoi(filepath.Base(entry))
		if err != nil {
			continue
		}
		if fields, alive := stat(child); alive && fields[1] == strconv.Itoa(pid) {
			spent, _ := processor(child)
			used += spent
		}
	}
	return used, true
}

// stat is /proc/PID/stat from the state on: the fields before it hold the name, which may hold anything.
func stat(pid int) ([]string, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, false
	}
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	return fields, len(fields) > 15
}

// resident is the memory of a process in bytes.
func resident(pid int) (int64, bool) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0, false
	}
	fields := strings.Fields(string(text))
	if len(fields) < 2 {
		return 0, false
	}
	pages, err := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize()), err == nil
}

// postmaster is the process that owns a data directory.
func postmaster(dataDir string) (int, error) {
	text, err := os.ReadFile(filepath.Join(dataDir, "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(first)
}
