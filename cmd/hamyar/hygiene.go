//go:build unix

package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// traceback is set by who looks for a fault of Hamyar's own and accepts that a crash prints what functions were given,
// parts of keys among it.
const traceback = "HAMYAR_TRACEBACK"

// hush sees to it that memory leaves this process in no way but its work: a crash prints no arguments, writes no core,
// and others of the same user can't look in.
func hush(getenv func(string) string) error {
	if err := withoutTraces(getenv); err != nil {
		return fmt.Errorf("silence tracebacks: %w", err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("forbid core dumps: %w", err)
	}
	if err := closeMemory(); err != nil {
		return fmt.Errorf("close the memory to others: %w", err)
	}
	return nil
}

// withoutTraces starts the program anew, in the same process, under GOTRACEBACK=none. The runtime takes a lower level
// than its usual one from the environment alone: debug.SetTraceback can't go below it.
func withoutTraces(getenv func(string) string) error {
	want := "none"
	if level := getenv(traceback); level != "" {
		want = level
	}
	if getenv("GOTRACEBACK") == want {
		return nil
	}
	program, err := os.Executable()
	if err != nil {
		return err
	}
	return unix.Exec(program, os.Args, append(without(os.Environ(), "GOTRACEBACK="), "GOTRACEBACK="+want))
}

// ending are the signals that end the program in order. Those with which the runtime would answer by a dump of all
// stacks, whatever it was told, are among them unless tracebacks are wanted.
func ending(getenv func(string) string) []os.Signal {
	all := []os.Signal{os.Interrupt, unix.SIGTERM}
	if getenv(traceback) == "" {
		all = append(all, unix.SIGQUIT, unix.SIGABRT, unix.SIGTRAP, unix.SIGSYS, unix.SIGILL)
	}
	return all
}

func without(environment []string, prefix string) []string {
	var rest []string
	for _, setting := range environment {
		if !strings.HasPrefix(setting, prefix) {
			rest = append(rest, setting)
		}
	}
	return rest
}

// examineMemory tells how closed this process is.
func examineMemory(getenv func(string) string) []finding {
	traces := finding{about: "memory, tracebacks", saw: "a crash prints no argument of a function"}
	if getenv("GOTRACEBACK") != "none" {
		traces = finding{"memory, tracebacks", "a crash prints what functions were given, parts of keys among it", "unset " + traceback}
	}
	cores := finding{about: "memory, cores", saw: "none is written"}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Max != 0 {
		cores = finding{"memory, cores", "a crash may write all memory to a file", "ulimit -c 0"}
	}
	return []finding{traces, cores, examineLooking(), examineEnvironment(os.Environ())}
}

// tellers are parts of the names of settings that hold a secret itself and not the name of a file.
var tellers = []string{"TOKEN", "SECRET", "PASSWORD", "PASSPHRASE", "ACCESS_KEY", "API_KEY"}

// examineEnvironment looks for secrets in settings: those are inherited, and shown by ps and in crash reports.
func examineEnvironment(environment []string) finding {
	for _, setting := range environment {
		name, value, _ := strings.Cut(setting, "=")
		if value == "" || strings.HasSuffix(name, "_FILE") || strings.HasSuffix(name, "_PATH") {
			continue
		}
		held := strings.Contains(value, "base64key://")
		for _, teller := range tellers {
			held = held || ourSetting(name) && strings.Contains(name, teller)
		}
		if held {
			return finding{"memory, environment", name + " holds a secret, and an environment is inherited and shown", "write it to a file that only Hamyar can read, and name that in " + name + "_FILE"}
		}
	}
	return finding{about: "memory, environment", saw: "holds no secret that Hamyar knows of"}
}

// ourSetting tells whether Hamyar or a KMS of its would read a setting.
func ourSetting(name string) bool {
	for _, prefix := range []string{"HAMYAR_", "VAULT_", "BAO_", "AWS_", "AZURE_", "GOOGLE_", "PG"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}
