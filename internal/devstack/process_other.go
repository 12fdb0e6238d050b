//go:build unix && !linux

package devstack

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// dieWithParent has no such means here: what a killed parent leaves behind is cleared by the next start.
func dieWithParent(*syscall.SysProcAttr, syscall.Signal) {}

// residents is the process that the pid file names, if its command line shows the program and the folder.
func residents(dir, program, pidFile string) []int {
	pid, ok := recordedPID(pidFile)
	if !ok {
		return nil
	}
	command, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	if err != nil || !strings.Contains(string(command), program) || !strings.Contains(string(command), dir) {
		return nil
	}
	return []int{pid}
}
