package pgtest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// shifted is a library that a program is started with: its clock is ahead by as
// many seconds as stand in a file.
const shifted = `
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t id, struct timespec *now)
{
	int failed = syscall(SYS_clock_gettime, id, now), fd;
	char text[32] = "";
	if (failed || id != CLOCK_REALTIME)
		return failed;
	fd = open(getenv("PGTEST_AHEAD"), O_RDONLY | O_CLOEXEC);
	if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
		now->tv_sec += atoll(text);
	close(fd);
	return 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	now->tv_sec = at.tv_sec;
	now->tv_usec = at.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *now)
{
	struct timespec at;
	clock_gettime(CLOCK_REALTIME, &at);
	if (now)
		*now = at.tv_sec;
	return at.tv_sec;
}
`

// StartClocked is Start for a server whose clock a test sets: ahead of this
// machine's, or behind it where ahead is negative. Elsewhere than on Linux, and
// without a C compiler, tb is skipped.
func StartClocked(tb testing.TB) (s *Server, set func(ahead time.Duration)) {
	tb.Helper()
	tlstest.Foreign(tb)
	cc, err := exec.LookPath("cc")
	if runtime.GOOS != "linux" {
		tb.Skip("only on Linux the clock of another program is set in this way")
	} else if err != nil {
		tlstest.Missing(tb, "there is no C compiler here: apt-get install gcc libc6-dev")
	}
	s = prepare(tb)
	library, file := filepath.Join(s.dir, "shifted.so"), filepath.Join(s.dir, "ahead")
	source := filepath.Join(s.dir, "shifted.c")
	if err := os.WriteFile(source, []byte(shifted), 0o644); err != nil {
		tb.Fatal(err)
	}
	if out, err := exec.Command(cc, "-shared", "-fPIC", "-o", library, source).CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	set = func(ahead time.Duration) {
		tb.Helper()
		if err := os.WriteFile(file+".new", []byte(strconv.Itoa(int(ahead.Seconds()))+"\n"), 0o644); err != nil {
			tb.Fatal(err)
		}
		if err := os.Rename(file+".new", file); err != nil {
			tb.Fatal(err)
		}
	}
	set(0)
	s.env = append(os.Environ(), "LD_PRELOAD="+library, "PGTEST_AHEAD="+file)
	s.begin(tb)
	return s, set
}
