package devstack

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"
)

func TestABuildShowsItsProgressAndItsError(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	command := exec.CommandContext(t.Context(), "sh", "-c", `echo "go: downloading example.org/a v1" >&2; echo errors; echo "main.go:3: no such thing" >&2; sleep 1.2; exit 1`)
	err := follow(command, newProgress(&said))
	if err == nil || !strings.Contains(err.Error(), "no such thing") || strings.Contains(err.Error(), "downloading") {
		t.Errorf("the error should hold the compiler's complaint alone: %v", err)
	}
	if text := said.String(); !strings.HasPrefix(text, building) || strings.Count(text, "\n") != 1 {
		t.Errorf("a log should get one line in the first seconds: %q", text)
	}
}

func TestATerminalSeesOneLineChange(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	say := newProgress(&said)
	say.terminal = true
	say.update("one")
	say.update("two")
	say.say("three")
	say.update("four")
	say.done()
	if want := "one\r\x1b[Ktwo\r\x1b[Kthree\nfour\n"; said.String() != want {
		t.Errorf("got %q, want %q", said.String(), want)
	}
}
