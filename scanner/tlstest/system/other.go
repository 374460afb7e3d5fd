//go:build !unix

package system

import (
	"errors"
	"os"
	"os/exec"
	"testing"
	"time"
)

// OwnGroup skips the test.
func OwnGroup(t testing.TB, _ *exec.Cmd) { skip(t) }

// KillGroup is an error.
func KillGroup(*exec.Cmd) error { return errors.ErrUnsupported }

// Suspend is an error.
func Suspend(*os.Process) error { return errors.ErrUnsupported }

// Resume is an error.
func Resume(*os.Process) error { return errors.ErrUnsupported }

// Pipe skips the test.
func Pipe(t testing.TB, _ string) { skip(t) }

// CPUTime skips the test.
func CPUTime(t testing.TB) time.Duration {
	skip(t)
	return 0
}

func skip(t testing.TB) {
	t.Helper()
	t.Skip("needs Unix")
}
