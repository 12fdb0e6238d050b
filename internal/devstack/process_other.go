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

// residents is the process that the pid file names, if it is the program and its working directory is dir.
func residents(dir, program, pidFile string) []int {
	pid, ok := recordedPID(pidFile)
	if !ok {
		return nil
	}
	fields, err := exec.Command("lsof", "-a", "-p", strconv.Itoa(pid), "-d", "cwd", "-F", "cn").Output()
	if err != nil || !strings.Contains(string(fields), "\nc"+program) || !strings.Contains(string(fields), "\nn"+dir+"\n") {
		return nil
	}
	return []int{pid}
}
