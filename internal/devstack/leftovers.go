package devstack

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// home is where the processes of one server live: their program, their working directory, and the file with the id of the
// first of them.
type home struct {
	program, dir, pidFile string
}

func (h home) residents() []int { return residents(h.dir, h.program, h.pidFile) }

// clear ends what an earlier run left alive here: politely the first process, at once whatever outlives it. The caller
// holds the folder's lock, so nobody's parent is in charge of them any more.
func (h home) clear(politely syscall.Signal, patience time.Duration, say *progress) error {
	leader, recorded := recordedPID(h.pidFile)
	if recorded && slices.Contains(h.residents(), leader) {
		say.say("%s: ending process %d, which an earlier run left behind", h.program, leader)
		_ = syscall.Kill(leader, politely)
		waitUntil(patience, func() bool { return !slices.Contains(h.residents(), leader) })
	}
	var living []int
	emptied := waitUntil(patience, func() bool {
		living = h.residents()
		for _, pid := range living {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		return len(living) == 0
	})
	if !emptied {
		return fmt.Errorf("processes %v still use %s and cannot be ended", living, h.dir)
	}
	if !recorded || errors.Is(syscall.Kill(leader, 0), syscall.ESRCH) {
		return nil // PostgreSQL itself judges a file whose process is gone
	}
	// The id now is a stranger's or an unreaped zombie's, and PostgreSQL would refuse to start for fear of it.
	if err := os.Remove(h.pidFile); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// recordedPID is the first line of a pid file, as PostgreSQL writes it and we do for Kratos.
func recordedPID(pidFile string) (int, bool) {
	file, err := os.Open(pidFile)
	if err != nil {
		return 0, false
	}
	defer func() { _ = file.Close() }() // nothing was written
	line, _ := bufio.NewReader(file).ReadString('\n')
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	return pid, err == nil && pid > 1
}

func waitUntil(patience time.Duration, happened func() bool) bool {
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		if happened() {
			return true
		}
		if time.Now().After(deadline) {
			return false
		}
	}
}
