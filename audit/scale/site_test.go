//go:build scale || soak

package scale

import (
	"flag"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

const port = "8443"

// A site is a database, and network zones that nobody reaches from outside: each
// is a network namespace with a farm of servers of its own.
type site struct {
	dir, program, bench string
	server              *pgtest.Server
	where               string
	db                  *history.DB
	zones               map[string]*zone
	clock               string // of programs that are started: see withClocks
}

// A zone is a network namespace.
type zone struct {
	holder *exec.Cmd // keeps it
	farm   *exec.Cmd
}

// programs is the folder of the programs that all tests run: one state of the
// source is measured, whatever happens to it meanwhile.
var programs string

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(func() int {
		var err error
		if programs, err = os.MkdirTemp("", "scale"); err != nil {
			log.Fatal(err)
		}
		defer os.RemoveAll(programs)
		build := exec.Command("go", "build", "-o", programs, "../../cmd/tlschain", "../../scanner/tlstest/bench")
		if text, err := build.CombinedOutput(); err != nil {
			log.Printf("%v\n%s", err, text)
			return 1
		}
		return m.Run()
	}())
}

func newSite(t *testing.T, zones ...string) *site {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("network namespaces need root")
	}
	s := emptySite(t)
	s.server = pgtest.Start(t)
	for _, name := range zones {
		holder := exec.Command("unshare", "--net", "sh", "-c", "ip link set lo up && echo up && exec sleep 1000000")
		out, err := holder.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		started(t, holder)
		if _, err := out.Read(make([]byte, 2)); err != nil {
			t.Fatal(err)
		}
		s.zones[name] = &zone{holder: holder}
	}
	s.fresh(t)
	return s
}

// emptySite has neither database nor zones yet.
func emptySite(t *testing.T) *site {
	t.Helper()
	s := &site{dir: t.TempDir(), zones: map[string]*zone{}, program: filepath.Join(programs, "tlschain"), bench: filepath.Join(programs, "bench")}
	root, err := tlstest.Root("bench root")
	if err != nil {
		t.Fatal(err)
	}
	s.write(t, "roots.pem", string(root.PEM()))
	return s
}

// fresh begins with an empty database.
func (s *site) fresh(t *testing.T) {
	t.Helper()
	if s.db != nil {
		s.db.Close()
	}
	s.where = s.server.Database(t)
	var err error
	if s.db, err = history.Open(t.Context(), s.where); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.db.Close() })
}

func (s *site) write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// started starts a process that ends with the test.
func started(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGCONT)
		cmd.Process.Kill()
		cmd.Wait()
	})
}

// in is a command that runs in a zone.
func (z *zone) in(args ...string) *exec.Cmd {
	return exec.Command("nsenter", append([]string{"--net=/proc/" + strconv.Itoa(z.holder.Process.Pid) + "/ns/net"}, args...)...)
}

// serve starts the farm of a zone, in place of the one before.
func (s *site) serve(t *testing.T, name string, args ...string) {
	t.Helper()
	z := s.zones[name]
	if z.farm != nil {
		z.farm.Process.Kill()
		z.farm.Wait()
	}
	z.farm = z.in(append([]string{s.bench, "-role", "farm", "-port", port}, args...)...)
	out, err := z.farm.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started(t, z.farm)
	if _, err := out.Read(make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
}

// accepted is how many connections were accepted in a zone.
func (z *zone) accepted(t *testing.T) int {
	t.Helper()
	text, err := z.in("cat", "/proc/net/snmp").Output()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if fields[0] != "Tcp:" {
			continue
		}
		for i, name := range names {
			if name == "PassiveOpens" {
				n, err := strconv.Atoi(fields[i])
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
		}
		names = fields
	}
	t.Fatalf("no PassiveOpens in\n%s", text)
	return 0
}

// A process is one of ours; out is what it wrote.
type process struct {
	*exec.Cmd
	out tlstest.Transcript
}

// tlschain starts tlschain audit, in a zone if one is named.
func (s *site) tlschain(t *testing.T, in string, args ...string) *process {
	t.Helper()
	args = append([]string{s.program, "audit", args[0], "--config", filepath.Join(s.dir, "tlschain.yaml"), "--db", s.where}, args[1:]...)
	p := &process{Cmd: exec.Command(args[0], args[1:]...)}
	if z := s.zones[in]; z != nil {
		p.Cmd = z.in(args...)
	}
	p.Stdout, p.Stderr = &p.out, &p.out
	p.Env = append(os.Environ(), "CLOCK_AHEAD="+s.clock)
	started(t, p.Cmd)
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("%v:\n%s", args, p.out.String())
		}
	})
	return p
}

// stop ends a process in good order and gives its CPU time and peak memory.
func (p *process) stop() (cpu time.Duration, peakMB int64) {
	p.Process.Signal(os.Interrupt)
	p.Wait()
	usage, _ := p.ProcessState.SysUsage().(*syscall.Rusage)
	return p.ProcessState.UserTime() + p.ProcessState.SystemTime(), usage.Maxrss / 1024
}

// address is the i-th endpoint's: all of 127.0.0.0/8 is the zone's own.
func address(i int) string { return fmt.Sprintf("127.%d.%d.%d", 1+i/(250*250), i/250%250, 1+i%250) }

// configure writes tlschain.yaml, with a group for each zone.
func (s *site) configure(t *testing.T, targets map[string]int, pace string) {
	t.Helper()
	os.Remove(filepath.Join(s.dir, "told"))
	s.list(t, targets)
	text := "receivers:\n  hook:\n    exec: [sh, -c, \"cat >> told; echo >> told\"]\n    events: [new, unreachable, worse]\ngroups:\n"
	for name := range targets {
		text += "  " + name + ":\n    zone: " + name + "\n    targets: {files: [" + name + ".txt]}\n    roots: roots.pem\n" +
			"    pace: " + pace + "\n    schedule: {cron: \"0 3 1 1 *\"}\n    notify: [hook]\n"
	}
	s.write(t, "tlschain.yaml", text)
}

// list writes the lists of targets of the groups.
func (s *site) list(t *testing.T, targets map[string]int) {
	t.Helper()
	for name, n := range targets {
		var list strings.Builder
		for i := range n {
			list.WriteString(address(i) + ":" + port + "\n")
		}
		s.write(t, name+".txt", list.String())
	}
}

// told is how often each group was told of.
func (s *site) told(t *testing.T, group string) int {
	text, err := os.ReadFile(filepath.Join(s.dir, "told"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Count(string(text), `"group":"`+group+`"`)
}

var patience = flag.Duration("patience", time.Hour, "how long a fact is waited for")

// until waits for a fact.
func until(t *testing.T, what string, fact func() bool) {
	t.Helper()
	for began := time.Now(); !fact(); time.Sleep(200 * time.Millisecond) {
		if time.Since(began) > *patience {
			t.Fatalf("%s: it never came", what)
		}
	}
}

func (s *site) query(t *testing.T, f func(*pgx.Conn) error) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.where)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(t.Context())
	if err := f(c); err != nil {
		t.Fatal(err)
	}
}

// databaseCPU is what the database server has used until now.
func (s *site) databaseCPU(t *testing.T) time.Duration {
	t.Helper()
	u, err := url.Parse(s.where)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	ticks := ticksOf(first, true)
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		if pid := strings.Split(path, "/")[2]; parentOf(pid) == first {
			ticks += ticksOf(pid, false)
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

func statOf(pid string) []string {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return make([]string, 52)
	}
	_, rest, _ := strings.Cut(string(text), ") ")
	return append([]string{"", ""}, strings.Fields(rest)...)
}

func parentOf(pid string) string { return statOf(pid)[3] }

func ticksOf(pid string, withChildren bool) (n int) {
	fields := statOf(pid)[13:15]
	if withChildren {
		fields = statOf(pid)[13:17]
	}
	for _, f := range fields {
		ticks, _ := strconv.Atoi(f)
		n += ticks
	}
	return n
}
