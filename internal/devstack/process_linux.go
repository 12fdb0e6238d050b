package devstack

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func dieWithParent(attributes *syscall.SysProcAttr, signal syscall.Signal) {
	attributes.Pdeathsig = signal
}

// residents are the processes of the program whose working directory is dir. A postmaster and all its backends sit in their
// data directory, so this also finds backends that outlived a killed postmaster, and never a stranger with a recycled id.
func residents(dir, program, _ string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var found []int
	for _, link := range links {
		if at, err := os.Readlink(link); err != nil || at != dir {
			continue
		}
		proc := filepath.Dir(link)
		executable, _ := os.Readlink(filepath.Join(proc, "exe"))
		if strings.TrimSuffix(filepath.Base(executable), " (deleted)") != program {
			continue // a person's shell, say
		}
		if pid, err := strconv.Atoi(filepath.Base(proc)); err == nil {
			found = append(found, pid)
		}
	}
	return found
}
