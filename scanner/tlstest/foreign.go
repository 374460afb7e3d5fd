package tlstest

import (
	"os"
	"os/exec"
	"testing"
)

// Program returns the path of a program that is not ours and that a test
// drives: a server, a client, a reader of reports. It looks where users have
// their programs, and where servers are. debian is the package that has it.
//
// With -short such tests are skipped, so that `make check` needs nothing but
// Go. Without the program they are skipped too, but fail in continuous
// integration, where a skip would hide that nothing was tested.
func Program(tb testing.TB, name, debian string) string {
	tb.Helper()
	Foreign(tb)
	for _, file := range []string{name, "/usr/sbin/" + name} {
		if path, err := exec.LookPath(file); err == nil {
			return path
		}
	}
	Missing(tb, name+" is not installed: run make deps, or apt-get install "+debian)
	return ""
}

// Foreign skips a test that drives programs that are not ours, if -short asks
// for that.
func Foreign(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("it drives programs that are not ours: not with -short")
	}
}

// Missing skips a test for want of something on this machine. In continuous
// integration that is a failure.
func Missing(tb testing.TB, why string) {
	tb.Helper()
	if os.Getenv("CI") == "true" {
		tb.Fatal(why)
	}
	tb.Skip(why)
}
