//go:build soak

package scale

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

var (
	soak  = flag.Duration("soak", 10*time.Minute, "how long faults are injected")
	every = flag.Duration("every", time.Minute, "how often")
	seed  = flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the order of faults")
	some  = flag.String("faults", "", "a regular expression: only faults whose names it matches")
)

// Groups of the soak, by name, with how many targets each has.
var soaked = map[string]int{"dmz": 400, "lab": 60, "here": 40, "names": 50}

// A soakSite is a site whose database is on a small disk of its own, two
// processes that keep the schedule, three workers, and what is known of them.
// The first of each kind lives from the beginning to the end: its memory,
// descriptors and goroutines are to stay what they were.
type soakSite struct {
	*site
	disk    string
	names   *nameServer
	members map[string]*member
	order   []string
	random  *rand.Rand

	mu      sync.Mutex
	renewed int // percentage that the farm shows a second leaf of
	stopped bool
	// Since when the database is in this state.
	database state
	since    time.Time
}

type state string

const (
	up      state = "up"
	down    state = "down"    // connections are refused
	frozen  state = "frozen"  // they are taken and not answered
	cramped state = "cramped" // it can read and not write, or is on its way down or up: nothing is asked of /healthz
)

func newSoak(t *testing.T) *soakSite {
	t.Helper()
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // or nohup, if this runs under it, would keep all members from it
	s := &soakSite{site: emptySite(t), members: map[string]*member{}, random: rand.New(rand.NewPCG(*seed, 0))}
	disk, err := os.MkdirTemp("", "soak") // short, as a socket's path must be
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=1g,mode=0755", "tmpfs", disk).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	s.disk = disk
	t.Cleanup(func() {
		if out, err := exec.Command("umount", disk).CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		os.Remove(disk)
	})
	temporary := os.Getenv("TMPDIR")
	os.Setenv("TMPDIR", disk)
	s.server = pgtest.Start(t)
	os.Setenv("TMPDIR", temporary)
	s.fresh(t)
	s.is(up)
	s.names = newNameServer(t)
	s.configureSoak(t)
	s.farm(t, 0)
	s.member(t, "serve-1", "serve", "--listen", "127.0.0.1:18490")
	s.member(t, "serve-2", "serve", "--listen", "127.0.0.1:18491")
	s.member(t, "dmz-1", "work", "--zone", "dmz")
	s.member(t, "dmz-2", "work", "--zone", "dmz")
	s.member(t, "lab-1", "work", "--zone", "lab")
	return s
}

// is records what state the database is in from now on.
func (s *soakSite) is(now state) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.database, s.since = now, time.Now()
}

func (s *soakSite) databaseIs() (state, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.database, time.Since(s.since)
}

// soakPort is the farm's: this machine's own network may have servers already.
const soakPort = "18443"

// firstOf is each group's first address.
var firstOf = map[string]int{"dmz": 0, "lab": 10_000, "here": 20_000, "names": 30_000}

// soakTargets are the targets of a group: each has addresses of its own.
func (s *soakSite) soakTargets(group string, n int) []string {
	first := firstOf[group]
	var list []string
	for i := range n {
		target := address(first+i) + ":" + soakPort
		if group == "names" {
			target = fmt.Sprintf("host%d.soak.test:%s", i, soakPort)
		}
		list = append(list, target)
	}
	return list
}

func (s *soakSite) listTargets(t *testing.T, group string, n int) {
	t.Helper()
	path := s.write(t, group+".new", strings.Join(s.soakTargets(group, n), "\n")+"\n")
	if err := os.Rename(path, filepath.Join(s.dir, group+".txt")); err != nil {
		t.Error(err)
	}
}

// hook tells once, unless it is to fail: a line of JSON in told, though two
// schedulers may tell of two audits at once.
const hook = "[sh, -c, \"test ! -e hook-down && flock told.lock sh -c 'cat >> told && echo >> told'\"]"

func (s *soakSite) configureSoak(t *testing.T) {
	t.Helper()
	text := "receivers:\n  hook: {exec: " + hook + ", events: [new, gone, renewed, unreachable, reachable, worse, better, incomplete]}\ngroups:\n"
	for group, n := range soaked {
		s.listTargets(t, group, n)
		text += "  " + group + ":\n    targets: {files: [" + group + ".txt]}\n    roots: roots.pem\n    clients: [go]\n" +
			"    pace: {concurrency: 48, timeout: 5s}\n    schedule: {cron: \"* * * * *\"}\n    confirm: {times: 2, after: 3s}\n    notify: [hook]\n"
		switch group {
		case "names":
			text += "    zone: dmz\n    dns: " + s.names.address + "\n"
		case "dmz", "lab":
			text += "    zone: " + group + "\n"
		}
	}
	s.write(t, "tlschain.yaml", text)
}

// farm starts the servers anew; renewed percent of them show a second leaf.
func (s *soakSite) farm(t *testing.T, renewed int) {
	t.Helper()
	s.stopFarm()
	z := s.zones["all"]
	if z == nil {
		z = &zone{}
		s.zones["all"] = z
	}
	z.farm = exec.Command(s.bench, "-role", "farm", "-port", soakPort, "-distinct", "-latency", "150ms", "-renewed", fmt.Sprint(renewed))
	out, err := z.farm.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	started(t, z.farm)
	if _, err := out.Read(make([]byte, 2)); err != nil {
		t.Fatal(err)
	}
	s.renewed = renewed
}

func (s *soakSite) stopFarm() {
	if z := s.zones["all"]; z != nil {
		z.farm.Process.Kill()
		z.farm.Wait()
	}
}

// A member is one of the processes, which comes back when it was ended.
type member struct {
	name string
	args []string

	mu     sync.Mutex
	run    *process
	ended  chan struct{} // closed when run has
	since  time.Time     // that it runs, unfrozen
	frozen bool
	wanted bool // not ended by us
	logs   []*process
}

func (s *soakSite) member(t *testing.T, name string, args ...string) {
	m := &member{name: name, args: args}
	s.members[name], s.order = m, append(s.order, name)
	s.launch(t, m)
}

func (s *soakSite) launch(t *testing.T, m *member) {
	args := append([]string{"audit", m.args[0], "--config", filepath.Join(s.dir, "tlschain.yaml"), "--db", s.where}, m.args[1:]...)
	p := &process{Cmd: exec.Command(s.program, args...)}
	p.Stdout, p.Stderr = &p.out, &p.out
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	m.mu.Lock()
	m.run, m.ended, m.since, m.frozen, m.wanted, m.logs = p, ended, time.Now(), false, true, append(m.logs, p)
	m.mu.Unlock()
	t.Cleanup(func() {
		p.Process.Signal(syscall.SIGCONT)
		p.Process.Kill()
		<-ended
	})
	go func() {
		defer close(ended)
		p.Wait()
		m.mu.Lock()
		wanted := m.wanted && m.run == p
		m.mu.Unlock()
		if wanted && t.Context().Err() == nil {
			// Without a database at its start a process ends and says so, as the
			// service manager expects; it is started again, as that would do.
			if is, since := s.databaseIs(); is == up && since > 10*time.Second {
				t.Errorf("%s ended by itself: %v\n%s", m.name, p.ProcessState, tail(p.out.String()))
			}
			say(t, "%s ended by itself and is started again", m.name)
			time.Sleep(3 * time.Second)
			s.launch(t, m)
		}
	}()
}

// end ends a member by a signal and waits for it; after a while it is back.
func (s *soakSite) end(t *testing.T, name string, by os.Signal, away time.Duration) {
	m := s.members[name]
	m.mu.Lock()
	m.wanted = false
	p, ended := m.run, m.ended
	m.mu.Unlock()
	p.Process.Signal(by)
	select {
	case <-ended:
	case <-time.After(30 * time.Second):
		t.Errorf("%s did not end by %v", name, by)
		p.Process.Kill()
		<-ended
	}
	time.Sleep(away)
	s.launch(t, m)
}

// freeze stops a member for a while.
func (m *member) freeze(long time.Duration) {
	m.mu.Lock()
	p := m.run
	m.frozen = true
	m.mu.Unlock()
	p.Process.Signal(syscall.SIGSTOP)
	time.Sleep(long)
	p.Process.Signal(syscall.SIGCONT)
	m.mu.Lock()
	m.frozen, m.since = false, time.Now()
	m.mu.Unlock()
}

// well is how long a member has run undisturbed; 0: it does not.
func (m *member) well() time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.frozen || !m.wanted {
		return 0
	}
	return time.Since(m.since)
}

// TestSoak keeps audits going for hours under load, with a fault each minute.
// Nothing is lost, nothing is told twice, nothing leaks, and /healthz tells the
// truth meanwhile.
func TestSoak(t *testing.T) {
	s := newSoak(t)
	commit, _ := exec.Command("git", "log", "-1", "--format=%h %s").Output()
	say(t, "commit %s, %v, a fault every %v, seed %d", strings.TrimSpace(string(commit)), *soak, *every, *seed)
	ctx, cancel := context.WithCancel(t.Context())
	var watchers sync.WaitGroup
	watched := &watch{soakSite: s, t: t}
	watchers.Go(func() { watched.health(ctx) })
	watchers.Go(func() { watched.load(ctx) })
	watchers.Go(func() { watched.leaks(ctx) })

	only := regexp.MustCompile(*some)
	chosen := slices.DeleteFunc(slices.Clone(faults), func(f fault) bool { return !only.MatchString(f.name) })
	var deck []fault
	ticks := time.NewTicker(*every)
	defer ticks.Stop()
	for end := time.After(*soak); ; {
		select {
		case <-end:
			say(t, "no more faults")
			s.settle(t)
			watched.report()
			cancel()
			watchers.Wait()
			s.verdict(t)
			return
		case <-ticks.C:
		}
		if len(deck) == 0 {
			deck = slices.Clone(chosen)
			s.random.Shuffle(len(deck), func(i, j int) { deck[i], deck[j] = deck[j], deck[i] })
		}
		f := deck[0]
		deck = deck[1:]
		say(t, "fault: %s", f.name)
		f.happen(s, t)
		say(t, "over: %s", f.name)
	}
}

// say writes a line at once: a log of hours is read while it is written.
func say(t *testing.T, format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05 ")+format+"\n", args...)
}

func tail(text string) string { return text[max(0, len(text)-4000):] }
