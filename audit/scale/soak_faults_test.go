//go:build soak

package scale

import (
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// A fault happens, and is over when happen returns.
type fault struct {
	name   string
	happen func(*soakSite, *testing.T)
}

var faults = []fault{
	{"a worker is killed", func(s *soakSite, t *testing.T) { s.end(t, "dmz-2", syscall.SIGKILL, 10*time.Second) }},
	{"the only worker of a zone is killed", func(s *soakSite, t *testing.T) { s.end(t, "lab-1", syscall.SIGKILL, 20*time.Second) }},
	{"a worker is stopped in good order", func(s *soakSite, t *testing.T) { s.end(t, "dmz-2", syscall.SIGTERM, 5*time.Second) }},
	{"a worker's terminal is closed", func(s *soakSite, t *testing.T) { s.end(t, "lab-1", syscall.SIGHUP, 5*time.Second) }},
	{"a worker is frozen past its lease", func(s *soakSite, _ *testing.T) { s.members["dmz-1"].freeze(80 * time.Second) }},
	{"a worker is frozen for a moment", func(s *soakSite, _ *testing.T) { s.members["dmz-2"].freeze(15 * time.Second) }},
	{"a scheduler is killed", func(s *soakSite, t *testing.T) { s.end(t, "serve-2", syscall.SIGKILL, 5*time.Second) }},
	{"a scheduler's terminal is closed", func(s *soakSite, t *testing.T) { s.end(t, "serve-2", syscall.SIGHUP, 5*time.Second) }},
	{"a scheduler is frozen", func(s *soakSite, _ *testing.T) { s.members["serve-2"].freeze(40 * time.Second) }},
	{"the database crashes", (*soakSite).crash},
	{"the database restarts", (*soakSite).restart},
	{"the database freezes", (*soakSite).freeze},
	{"the database's disk is full", (*soakSite).fill},
	{"the name server says nothing", func(s *soakSite, _ *testing.T) {
		s.names.silent.Store(true)
		time.Sleep(45 * time.Second)
		s.names.silent.Store(false)
	}},
	{"certificates are renewed", func(s *soakSite, t *testing.T) { s.farm(t, 1+s.random.IntN(60)) }},
	{"all servers are gone", func(s *soakSite, t *testing.T) {
		s.stopFarm()
		time.Sleep(40 * time.Second)
		s.farm(t, s.renewed)
	}},
	{"the receiver refuses", func(s *soakSite, t *testing.T) {
		down := s.write(t, "hook-down", "")
		s.farm(t, 1+s.random.IntN(60))
		time.Sleep(75 * time.Second)
		os.Remove(down)
	}},
	{"the list grows, and shrinks", func(s *soakSite, t *testing.T) {
		s.listTargets(t, "dmz", soaked["dmz"]+grown)
		time.Sleep(50 * time.Second)
		s.listTargets(t, "dmz", soaked["dmz"])
	}},
	{"somebody audits by hand", func(s *soakSite, t *testing.T) {
		for _, group := range []string{"lab", "here"} {
			// A database that is away, or another audit of the group, end it.
			hand := exec.Command(s.program, "audit", "run", "--config", filepath.Join(s.dir, "tlschain.yaml"), "--db", s.where, group)
			if out, err := hand.CombinedOutput(); err != nil {
				say(t, "by hand: %v: %s", err, tail(string(out)))
			}
		}
	}},
}

// grown is by how many targets the list of dmz grows for a while.
const grown = 5

func (s *soakSite) crash(t *testing.T) {
	s.is(cramped) // until it is down
	s.server.Crash(t)
	s.is(down)
	time.Sleep(15 * time.Second)
	s.is(cramped) // it answers before the program that starts it knows
	s.server.Run(t)
	s.is(up)
}

func (s *soakSite) restart(t *testing.T) {
	s.is(cramped)
	s.server.Crash(t)
	s.server.Run(t)
	s.is(up)
}

// freeze stops every process of the database.
func (s *soakSite) freeze(t *testing.T) {
	all := s.databaseProcesses(t)
	for _, pid := range all {
		syscall.Kill(pid, syscall.SIGSTOP)
	}
	s.is(frozen)
	time.Sleep(25 * time.Second)
	s.is(cramped)
	for _, pid := range all {
		syscall.Kill(pid, syscall.SIGCONT)
	}
	s.is(up)
}

// fill leaves no room on the database's disk for a while.
func (s *soakSite) fill(t *testing.T) {
	s.is(cramped)
	ballast := filepath.Join(s.disk, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Error(err)
		return
	}
	for chunk := make([]byte, 1<<20); len(chunk) > 0; {
		if _, err := f.Write(chunk); err != nil {
			chunk = chunk[:len(chunk)/2]
		}
	}
	f.Close()
	time.Sleep(30 * time.Second)
	os.Remove(ballast)
	if _, alive := s.postmaster(t); !alive {
		say(t, "the database gave up, and is started again")
		s.server.Run(t)
	}
	s.is(up)
}

func (s *soakSite) postmaster(t *testing.T) (pid int, alive bool) {
	t.Helper()
	u, err := url.Parse(s.where)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(u.Query().Get("host"), "data", "postmaster.pid"))
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err = strconv.Atoi(first)
	return pid, err == nil && syscall.Kill(pid, 0) == nil
}

func (s *soakSite) databaseProcesses(t *testing.T) []int {
	main, alive := s.postmaster(t)
	if !alive {
		return nil
	}
	list := []int{main}
	all, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range all {
		if pid := strings.Split(path, "/")[2]; parentOf(pid) == strconv.Itoa(main) {
			n, _ := strconv.Atoi(pid)
			list = append(list, n)
		}
	}
	return list
}

// A nameServer knows the addresses of the group names, or says nothing.
type nameServer struct {
	address string
	silent  atomic.Bool
}

func newNameServer(t *testing.T) *nameServer {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	n := &nameServer{address: conn.LocalAddr().String()}
	go func() {
		for b := make([]byte, 1500); ; {
			size, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if n.silent.Load() || m.Unpack(b[:size]) != nil || len(m.Questions) == 0 {
				continue
			}
			q := m.Questions[0]
			m.Response, m.Additionals = true, nil
			host, _, _ := strings.Cut(q.Name.String(), ".")
			if i, err := strconv.Atoi(strings.TrimPrefix(host, "host")); err == nil && q.Type == dnsmessage.TypeA {
				a := &dnsmessage.AResource{}
				copy(a.A[:], net.ParseIP(address(firstOf["names"]+i)).To4())
				m.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class, TTL: 1}, Body: a}}
			}
			if out, err := m.Pack(); err == nil {
				conn.WriteTo(out, from)
			}
		}
	}()
	return n
}
