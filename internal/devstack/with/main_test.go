package main

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// asProgram makes the test binary the program itself.
const asProgram = "HAMYAR_TEST_AS_WITH"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

func program(t *testing.T, arguments ...string) *exec.Cmd {
	t.Helper()
	command := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-no-kratos", "--"}, arguments...)...)
	command.Env = append(os.Environ(), asProgram+"=1")
	return command
}

func TestTheCommandGetsAStackAndDecidesTheExitCode(t *testing.T) {
	t.Parallel()
	command := program(t, "sh", "-c", `cat "$HAMYAR_TEST_STACK"; echo "$HAMYAR_TEST_STACK" >&2; exit 7`)
	var progress strings.Builder
	command.Stderr = &progress
	output, err := command.Output()
	if command.ProcessState.ExitCode() != 7 {
		t.Errorf("exit code %d (%v), want the command's own 7; said:\n%s", command.ProcessState.ExitCode(), err, progress.String())
	}
	if !strings.Contains(string(output), "postgres://") {
		t.Errorf("the file describes no stack: %s", output)
	}
	lines := strings.Split(strings.TrimSpace(progress.String()), "\n")
	description := lines[len(lines)-1]
	if _, err := os.Stat(description); !strings.HasSuffix(description, ".json") || !os.IsNotExist(err) {
		t.Errorf("%q is left behind", description)
	}
}

func TestASignalReachesTheCommandAndTheStackStops(t *testing.T) {
	t.Parallel()
	command := program(t, "sh", "-c", `trap 'echo trapped; exit 5' TERM; echo "$HAMYAR_TEST_STACK"; while :; do sleep 0.1; done`)
	output, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(output)
	lines.Scan()
	description := lines.Text()
	if _, err := os.Stat(description); err != nil {
		t.Error(err)
	}
	if err := command.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if lines.Scan(); lines.Text() != "trapped" {
		t.Errorf("the command said %q", lines.Text())
	}
	if _ = command.Wait(); command.ProcessState.ExitCode() != 5 {
		t.Errorf("exit code %d, want the command's own 5", command.ProcessState.ExitCode())
	}
	if _, err := os.Stat(description); !os.IsNotExist(err) {
		t.Errorf("%q is left behind", description)
	}
}

func TestACommandThatIsNotThereFails(t *testing.T) {
	t.Parallel()
	command := program(t, "/no/such/command")
	if output, _ := command.CombinedOutput(); command.ProcessState.ExitCode() != 1 || !strings.Contains(string(output), "no such file") {
		t.Errorf("exit code %d: %s", command.ProcessState.ExitCode(), output)
	}
}
