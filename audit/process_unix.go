//go:build unix

package audit

import (
	"os/exec"
	"syscall"
)

// ownGroup starts a program as the first of a process group, all of which ends when
// the program's time is over: also what it started itself.
func ownGroup(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
}
