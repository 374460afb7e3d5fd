// Package pgtest starts a PostgreSQL server for tests, from the programs that
// Debian's package postgresql-15 installs: in a temporary folder, as an
// unprivileged user, on a socket in that folder and on no network address. It
// ends with the test.
//
// It refuses to use a server that is there already: tests must not meet data.
package pgtest

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A Server is a running PostgreSQL.
type Server struct {
	dir       string // holds data, socket and log
	bin       string
	as        string   // user that it runs as
	env       []string // nil: this process's
	databases atomic.Int32
}

// Start starts a server that stops when tb ends. Without PostgreSQL's programs
// tb is skipped, or fails if CI is true.
func Start(tb testing.TB) *Server {
	tb.Helper()
	s := prepare(tb)
	s.begin(tb)
	return s
}

// prepare makes the folder of a server.
func prepare(tb testing.TB) *Server {
	tb.Helper()
	tlstest.Foreign(tb)
	bin := binaries()
	if bin == "" {
		tlstest.Missing(tb, "there is no PostgreSQL server here: apt-get install postgresql-15")
	}
	dir, err := os.MkdirTemp("", "pgtest") // short: a socket's path has room for 107 bytes
	if err != nil {
		tb.Fatal(err)
	}
	s := &Server{dir: dir, bin: bin, as: unprivileged(tb)}
	tb.Cleanup(func() { os.RemoveAll(dir) })
	if err := give(dir, s.as); err != nil {
		tb.Fatal(err)
	}
	return s
}

// begin starts the server in its folder, until tb ends.
func (s *Server) begin(tb testing.TB) {
	tb.Helper()
	s.run(tb, "initdb", "-D", s.data(), "-U", "tlschain", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
	s.Run(tb)
	tb.Cleanup(func() { s.Crash(tb) })
}

// Database makes a new, empty database and gives its URL.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	name := "test" + strconv.Itoa(int(s.databases.Add(1)))
	s.run(tb, "createdb", "-h", s.dir, "-U", "tlschain", name)
	query := url.Values{"host": {s.dir}, "user": {"tlschain"}, "sslmode": {"disable"}}
	return "postgres:///" + name + "?" + query.Encode()
}

// Run starts the server again after Crash, or after it has ended by itself.
func (s *Server) Run(tb testing.TB) {
	tb.Helper()
	s.run(tb, "pg_ctl", "restart", "-w", "-m", "immediate", "-D", s.data(), "-l", filepath.Join(s.dir, "log"), "-o", "-k "+s.dir+
		" -c listen_addresses='' -c fsync=off")
}

// MoveLog has the server keep its write-ahead log in another folder.
func (s *Server) MoveLog(tb testing.TB, dir string) {
	tb.Helper()
	s.Crash(tb)
	s.Give(tb, dir)
	from, to := filepath.Join(s.data(), "pg_wal"), filepath.Join(dir, "pg_wal")
	if out, err := exec.Command("cp", "-a", from, to).CombinedOutput(); err != nil {
		tb.Fatalf("%v\n%s", err, out)
	}
	if err := errors.Join(os.RemoveAll(from), os.Symlink(to, from)); err != nil {
		tb.Fatal(err)
	}
	s.Run(tb)
}

// Crash ends the server as a power cut would, all connections with it.
func (s *Server) Crash(tb testing.TB) {
	tb.Helper()
	s.run(tb, "pg_ctl", "stop", "-w", "-m", "immediate", "-D", s.data())
}

// Give makes the user that the server runs as the owner of a folder.
func (s *Server) Give(tb testing.TB, dir string) {
	tb.Helper()
	if err := give(dir, s.as); err != nil {
		tb.Fatal(err)
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// run runs one of PostgreSQL's programs to its end.
func (s *Server) run(tb testing.TB, program string, args ...string) {
	tb.Helper()
	command := exec.Command(filepath.Join(s.bin, program), args...)
	command.Dir, command.Env = s.dir, s.env
	if err := become(command, s.as); err != nil {
		tb.Fatal(err)
	}
	// A file, not a pipe: the server inherits it, and a pipe would be waited for.
	out, err := os.Create(filepath.Join(s.dir, "out"))
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close()
	command.Stdout, command.Stderr = out, out
	if err := command.Run(); err != nil {
		text, _ := os.ReadFile(out.Name())
		log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
		tb.Fatalf("%s: %v\n%s%s", program, err, text, log)
	}
}

// binaries finds the folder of initdb: in the PATH, or the newest of Debian's.
func binaries() string {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			return filepath.Dir(path) // where its companions are too
		}
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return ""
	}
	version := func(path string) int {
		n, _ := strconv.Atoi(strings.Split(path, "/")[4])
		return n
	}
	newest := slices.MaxFunc(found, func(a, b string) int { return version(a) - version(b) })
	return filepath.Dir(newest)
}

// unprivileged names the user to run as: PostgreSQL refuses to run as root.
func unprivileged(tb testing.TB) string {
	tb.Helper()
	if os.Geteuid() != 0 {
		return ""
	}
	for _, name := range []string{"postgres", "nobody"} {
		if _, err := user.Lookup(name); err == nil {
			return name
		}
	}
	tb.Fatal("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")
	return ""
}

func ids(name string) (uid, gid int, err error) {
	u, err := user.Lookup(name)
	if err != nil {
		return 0, 0, err
	}
	if uid, err = strconv.Atoi(u.Uid); err != nil {
		return 0, 0, fmt.Errorf("user %s: %w", name, err)
	}
	if gid, err = strconv.Atoi(u.Gid); err != nil {
		return 0, 0, fmt.Errorf("user %s: %w", name, err)
	}
	return uid, gid, nil
}
