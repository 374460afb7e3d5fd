//go:build unix

// Package system has what tests ask of the operating system and the standard
// library offers for Unix only, so that they build everywhere. Elsewhere, a test
// that asks skips.
package system

import (
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"
)

// OwnGroup starts cmd as the first process of a group of its own, which
// [KillGroup] reaches: a server and its workers.
func OwnGroup(_ testing.TB, cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// KillGroup ends every process of the group of cmd, which was started after
// [OwnGroup].
func KillGroup(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// Suspend stops a process in its tracks, until [Resume].
func Suspend(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }

// Resume lets a process that was suspended go on.
func Resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// Pipe makes a named pipe.
func Pipe(t testing.TB, path string) {
	t.Helper()
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
}

// CPUTime is the processor time that this process has used, which other programs
// on the machine do not lengthen as they do wall time.
func CPUTime(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
