package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

func TestARunningServerKeepsItsMemoryToItself(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.start([]string{"serve"})
	p.says(`"serving"`)
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", p.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(limits)) {
		if fields := strings.Fields(line); strings.HasPrefix(line, "Max core file size") && (fields[4] != "0" || fields[5] != "0") {
			t.Errorf("a crash may write a core: %s", line)
		}
	}
	for _, file := range []string{"environ", "cmdline"} {
		shown, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", p.Process.Pid, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{"postgres://", "base64key://", h.config.KMSURL.Reveal()} {
			if strings.Contains(string(shown), secret) {
				t.Errorf("%s shows a secret", file)
			}
		}
	}
	if err := p.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	if code, last := p.end(), p.errOut.String(); code != 0 || strings.Contains(last, "goroutine ") || strings.Contains(last, "main.") {
		t.Errorf("it ends with %d and says %s", code, last)
	}
}

func TestAPanicPrintsNoArgument(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for level, shown := range map[string]bool{"": false, "single": true} {
		falling := exec.CommandContext(t.Context(), self)
		falling.Env = []string{asProgram + "=falling", traceback + "=" + level}
		said, err := falling.CombinedOutput()
		if err == nil || !strings.Contains(string(said), "nil pointer") || strings.Contains(string(said), "0x5e, 0xc2, 0xe7") != shown {
			t.Errorf("at %q: %v: %s", level, err, said)
		}
	}
}

// fall is a program that panics with a key in its hands.
func fall() {
	if err := hush(os.Getenv); err != nil {
		panic(err)
	}
	fmt.Println(drop([32]byte{0x5e, 0xc2, 0xe7}, nil))
}

//go:noinline
func drop(key [32]byte, to *byte) byte { return key[0] + *to }

func TestTracebacksAreForWhoAsks(t *testing.T) {
	t.Parallel()
	h := open(t)
	p := h.start([]string{"serve"}, traceback, "single")
	p.says(`"serving"`)
	if err := p.Process.Signal(syscall.SIGQUIT); err != nil {
		t.Fatal(err)
	}
	p.end()
	if last := p.errOut.String(); !strings.Contains(last, "goroutine ") {
		t.Errorf("a crash says %s", last)
	}
}

func TestDoctorLooksAtItsOwnMemory(t *testing.T) {
	t.Parallel()
	h := open(t)
	well := h.start([]string{"doctor"})
	if code := well.end(); code != 0 || strings.Count(well.out.String(), "ok    memory, ") != 4 {
		t.Errorf("%d: %s%s", code, well.out, well.errOut)
	}
	ill := h.start([]string{"doctor"}, traceback, "all", "VAULT_TOKEN", "hvs.secret")
	code, said := ill.end(), ill.out.String()
	if code == 0 || !strings.Contains(said, "MEND  memory, tracebacks") || !strings.Contains(said, "MEND  memory, environment: VAULT_TOKEN") || strings.Contains(said, "hvs.") {
		t.Errorf("%d: %s", code, said)
	}
	for setting, held := range map[string]bool{
		"VAULT_SERVER_TOKEN=x": true, "VAULT_SERVER_TOKEN_FILE=/x": false, "AWS_SECRET_ACCESS_KEY=x": true, "VAULT_TOKEN=": false,
		"PGPASSWORD=x": true, "HAMYAR_KMS=base64key://eA==": true, "EDITOR_TOKEN=x": false, "AWS_REGION=x": false,
	} {
		if found := examineEnvironment([]string{setting}); (found.mend != "") != held {
			t.Errorf("%s: %s", setting, found.saw)
		}
	}
}
