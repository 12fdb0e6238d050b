package devstack

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a server of ours. It dies with us, where the kernel can see to that, and its output goes to its log alone.
type process struct {
	name     string
	command  *exec.Cmd
	politely syscall.Signal
	patience time.Duration
	gone     chan struct{}
	exit     error // readable once gone is closed
	asked    chan struct{}
}

// serverCommand runs a program that writes no core file: a crash would leave its memory, and the words in it, on the disk.
func serverCommand(program string, words ...string) *exec.Cmd {
	return exec.Command("/bin/sh", append([]string{"-c", `ulimit -c 0; exec "$@"`, "sh", program}, words...)...) //nolint:noctx // a server outlives the call that starts it, and is stopped in order
}

// launch starts the command. It must have been given its log and its environment; the account's attributes are added here.
func launch(name string, command *exec.Cmd, as *account, politely syscall.Signal, patience time.Duration) (*process, error) {
	command.SysProcAttr = as.attributes()
	dieWithParent(command.SysProcAttr, politely)
	p := &process{
		name: name, command: command, politely: politely, patience: patience,
		gone: make(chan struct{}), asked: make(chan struct{}),
	}
	started := make(chan error, 1)
	go func() {
		// The kernel ties "die with your parent" to the thread that forked, so that thread stays until the child is gone.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			p.exit = command.Wait()
			close(p.gone)
		}
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return p, nil
}

// finish runs a program that does its work and ends, or dies with us, and returns what it said.
func finish(command *exec.Cmd, as *account) ([]byte, error) {
	runtime.LockOSThread() // as in launch
	defer runtime.UnlockOSThread()
	command.SysProcAttr = as.attributes()
	dieWithParent(command.SysProcAttr, syscall.SIGKILL)
	return command.CombinedOutput()
}

// watch reports an end that nobody asked for.
func (p *process) watch(failed chan<- error) {
	<-p.gone
	select {
	case <-p.asked:
	default:
		failed <- fmt.Errorf("devstack: %s ended by itself (%v)", p.name, p.exit)
	}
}

// stop asks the process to end, waits, and after its patience kills it.
func (p *process) stop() error {
	close(p.asked)
	if err := p.command.Process.Signal(p.politely); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("%s: %w", p.name, err)
	}
	select {
	case <-p.gone:
		return nil
	case <-time.After(p.patience):
	}
	_ = p.command.Process.Kill()
	<-p.gone
	return fmt.Errorf("%s did not end within %s and was killed", p.name, p.patience)
}

// environment is all that a server gets of ours: variables such as PGDATA or LOG_LEVEL would change what it does.
func environment(more ...string) []string {
	env := []string{"TZ=UTC"}
	for _, name := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH", "SSL_CERT_FILE"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return append(env, more...)
}

const largestLog = 8 << 20

// openLog opens a server's log for more, and sets a long one aside.
func openLog(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.Size() > largestLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// lastWords are the final lines that were written to the log, for an error message.
func lastWords(path string, since int64) string {
	text, err := os.ReadFile(path)
	if err != nil || int64(len(text)) < since {
		return ""
	}
	text = text[since:]
	const enough = 800
	if len(text) > enough {
		text = text[len(text)-enough:]
	}
	return "; its log ends:\n" + string(text)
}
