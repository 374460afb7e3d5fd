package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// Memory that holds keys and passwords is not written into a core file, also where
// Go's runtime was told to die with one.
func TestNoCoreFiles(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	before := limit
	if limit.Cur = limit.Max; limit.Max == 0 {
		t.Log("core files are forbidden here altogether")
	}
	if err := syscall.Setrlimit(syscall.RLIMIT_CORE, &limit); err != nil {
		t.Fatal(err)
	}
	defer syscall.Setrlimit(syscall.RLIMIT_CORE, &before)
	cmd := exec.Command(builtBinary(t), "check", "-")
	cmd.Dir, cmd.Env = t.TempDir(), append(os.Environ(), "GOTRACEBACK=crash")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	none := regexp.MustCompile(`(?m)^Max core file size +0 +`)
	var limits []byte
	for began := time.Now(); !none.Match(limits) && time.Since(began) < 30*time.Second; time.Sleep(time.Millisecond) {
		if limits, err = os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid)); err != nil {
			t.Fatal(err)
		}
	}
	if !none.Match(limits) {
		t.Errorf("the limits of the process:\n%s", limits)
	}
	if err := cmd.Process.Signal(syscall.SIGABRT); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	status := cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !status.Signaled() {
		t.Errorf("it ended with %v, not by a signal", cmd.ProcessState)
	}
	if status.CoreDump() {
		t.Error("it left a core file")
	}
}
