package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// A killing is how a run of the program is cut off: at a step, which is a system
// call that changes a file, or sends something where those count, too.
type killing struct {
	at        int // the step before which it is killed; 0: never
	interrupt int // the step before which it is sent SIGINT; 0: never
	sends     bool
}

// A tracedRun is what came of a run.
type tracedRun struct {
	steps  int
	killed bool
	code   int
	out    string // what the program wrote
}

// traced runs the program with a killing.
func traced(t *testing.T, k killing, environ []string, args ...string) (o tracedRun) {
	t.Helper()
	verdict, tell, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer verdict.Close()
	cmd := exec.Command(os.Args[0], append([]string{"-test.run=^TestTracer$", "--", builtBinary(t)}, args...)...)
	cmd.Env = append(append(os.Environ(), "TMPDIR="+t.TempDir()), environ...) // what is killed there cannot tidy up
	cmd.Env = append(cmd.Env, fmt.Sprintf("TLSCHAIN_TRACER=%d %d %t", k.at, k.interrupt, k.sends))
	cmd.ExtraFiles = []*os.File{tell}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	tell.Close()
	o.out = out.String()
	if _, scanned := fmt.Fscan(verdict, &o.steps, &o.killed, &o.code); err != nil || scanned != nil {
		t.Fatalf("the tracer: %v, %v\n%s", err, scanned, o.out)
	}
	return o
}

// TestTracer is the process that traces one run; by itself it does nothing.
func TestTracer(t *testing.T) {
	var k killing
	if _, err := fmt.Sscan(os.Getenv("TLSCHAIN_TRACER"), &k.at, &k.interrupt, &k.sends); err != nil {
		return
	}
	runtime.LockOSThread() // the kernel knows a tracer by its thread
	program := os.Args[3:]
	process, err := os.StartProcess(program[0], program, &os.ProcAttr{
		Files: []*os.File{nil, os.Stdout, os.Stderr}, Sys: &syscall.SysProcAttr{Ptrace: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	o, err := k.trace(process.Pid)
	if err != nil {
		process.Kill()
		t.Fatal(err)
	}
	fmt.Fprintln(os.NewFile(3, "verdict"), o.steps, o.killed, o.code)
	os.Exit(0)
}

// trace counts the steps of a process that stands at its beginning, until it ends.
func (k killing) trace(pid int) (o tracedRun, err error) {
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil {
		return o, err
	}
	if err := syscall.PtraceSetOptions(pid, unix.PTRACE_O_TRACESYSGOOD|unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
		return o, err
	}
	begun := map[int]bool{pid: true} // threads
	for thread, signal := pid, 0; ; {
		if err := syscall.PtraceSyscall(thread, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return o, err
		}
		for {
			if thread, err = syscall.Wait4(-1, &status, syscall.WALL, nil); err != nil {
				return o, err
			}
			if status.Stopped() {
				break
			}
			if thread == pid {
				o.code = status.ExitStatus()
				return o, nil
			}
		}
		switch signal = 0; {
		case status.StopSignal() == syscall.SIGTRAP|0x80:
			if k.isStep(pid, thread) {
				o.steps++
				switch o.steps {
				case k.at:
					o.killed = true
					syscall.Kill(pid, syscall.SIGKILL)
				case k.interrupt:
					syscall.Kill(pid, syscall.SIGINT)
				}
			}
		case status.StopSignal() == syscall.SIGSTOP && !begun[thread]:
			begun[thread] = true
		case status.StopSignal() != syscall.SIGTRAP: // a trap is the tracer's own
			signal = int(status.StopSignal())
		}
	}
}

// isStep reports whether a thread is about to make a call that is counted.
func (k killing) isStep(pid, thread int) bool {
	var r syscall.PtraceRegs
	if syscall.PtraceGetRegs(thread, &r) != nil || int64(r.Rax) != -int64(syscall.ENOSYS) { // at the end of a call there is its result
		return false
	}
	switch r.Orig_rax {
	case unix.SYS_OPENAT:
		return r.Rdx&syscall.O_CREAT != 0
	case unix.SYS_WRITE, unix.SYS_WRITEV, unix.SYS_PWRITE64, unix.SYS_FSYNC, unix.SYS_FDATASYNC, unix.SYS_FTRUNCATE:
		to, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "fd", strconv.FormatUint(r.Rdi, 10)))
		return err == nil && (strings.HasPrefix(to, "/") || k.sends && strings.HasPrefix(to, "socket:"))
	case unix.SYS_RENAME, unix.SYS_RENAMEAT, unix.SYS_RENAMEAT2, unix.SYS_UNLINK, unix.SYS_UNLINKAT, unix.SYS_MKDIR, unix.SYS_MKDIRAT,
		unix.SYS_LINK, unix.SYS_LINKAT, unix.SYS_FCHMOD, unix.SYS_FCHMODAT, unix.SYS_FLOCK:
		return true
	}
	return false
}

// everywhere has the program killed at steps that are spread evenly over its run,
// until [kills] hit it; with half of them, what it sends are steps, too. prepare
// makes what stands there before, and holds looks at what stands there after.
func everywhere(t *testing.T, environ, args []string, interrupt int, prepare func(), holds func(at string, o tracedRun)) {
	t.Helper()
	if testing.Short() {
		t.Skip("it stops the program again and again")
	}
	whole := map[bool]int{}
	for _, sends := range []bool{false, true} {
		prepare()
		o := traced(t, killing{interrupt: interrupt, sends: sends}, environ, args...)
		if o.steps <= interrupt && sends {
			t.Fatalf("%s has %d steps, exit code %d: %s", args, o.steps, o.code, o.out)
		}
		whole[sends] = o.steps
	}
	hit, tried := 0, 0
	for ; hit < kills() && tried < 10*kills(); tried++ {
		sends := hit%2 == 1 || whole[false] <= interrupt // which changes no file
		k := killing{at: interrupt + 1 + hit*(whole[sends]-interrupt)/kills(), interrupt: interrupt, sends: sends}
		prepare()
		o := traced(t, k, environ, args...)
		if o.killed {
			hit++
		} else {
			whole[sends] = o.steps
		}
		holds(fmt.Sprintf("killed at step %d of %d", k.at, whole[sends]), o)
	}
	t.Logf("%s: killed %d times in %d runs of %d steps, %d with what is sent", args[0], hit, tried, whole[false], whole[true])
	if hit < kills() {
		t.Errorf("it was killed %d times", hit)
	}
}
