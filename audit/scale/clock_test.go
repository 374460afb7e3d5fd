//go:build scale

package scale

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// setClock is added to Go's package time: the clock on the wall is ahead by as many
// seconds as stand in a file. The monotonic clock is as it is.
const setClock = `package time

import (
	"sync/atomic"
	"syscall"
)

var ahead atomic.Int64

func init() {
	path, ok := syscall.Getenv("CLOCK_AHEAD")
	if !ok {
		return
	}
	read := func() {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC, 0)
		if err != nil {
			return
		}
		defer syscall.Close(fd)
		var text [32]byte
		n, _ := syscall.Read(fd, text[:])
		seconds, sign := int64(0), int64(1)
		for _, c := range text[:max(n, 0)] {
			if c == '-' {
				sign = -1
			} else {
				seconds = 10*seconds + int64(c-'0')
			}
		}
		ahead.Store(sign * seconds)
	}
	read()
	go func() {
		for {
			Sleep(20 * Millisecond)
			read()
		}
	}()
}
`

// withClocks builds the program so that the clock of each process can be set.
func (s *site) withClocks(t *testing.T) {
	t.Helper()
	folder := filepath.Join(runtime.GOROOT(), "src", "time")
	text, err := os.ReadFile(filepath.Join(folder, "time.go"))
	if err != nil {
		t.Fatal(err)
	}
	const reads = "\nfunc Now() Time {\n\tsec, nsec, mono := runtimeNow()\n"
	if strings.Count(string(text), reads) != 1 {
		t.Fatalf("%s: time.Now is not as it was", folder)
	}
	changed := s.write(t, "time.go", strings.Replace(string(text), reads, reads+"\tsec += ahead.Load()\n", 1))
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(folder, "time.go"): changed, filepath.Join(folder, "ahead.go"): s.write(t, "ahead.go", setClock),
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.program = filepath.Join(s.dir, "tlschain")
	build := exec.Command("go", "build", "-overlay", s.write(t, "overlay.json", string(overlay)), "-o", s.program, "../../cmd/tlschain")
	if text, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// set sets the clock of the processes of a name.
func (s *site) set(t *testing.T, name string, ahead time.Duration) {
	t.Helper()
	path := s.write(t, name+".clock.new", fmt.Sprint(int(ahead.Seconds())))
	if err := os.Rename(path, filepath.Join(s.dir, name+".clock")); err != nil {
		t.Fatal(err)
	}
}

// Workers and schedulers whose clocks are wrong by an hour or a year, and are set in
// the midst: every endpoint is connected to once, each audit is done once, dated
// rightly and told once.
func TestClocksJump(t *testing.T) {
	const hour, year = time.Hour, 365 * 24 * time.Hour
	n := *many / 5
	s := newSite(t, "dmz")
	s.withClocks(t)
	s.configure(t, map[string]int{"dmz": n}, "{concurrency: 32}")
	soon := time.Now().UTC().Add(hour / 2)
	config, err := os.ReadFile(filepath.Join(s.dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(config) + "  here:\n    targets: {files: [here.txt]}\n    roots: roots.pem\n    schedule: {}\n    notify: [hook]\n"
	text = strings.ReplaceAll(strings.ReplaceAll(text, "{}", `{cron: "0 3 1 1 *"}`), `"0 3 1 1 *"`,
		fmt.Sprintf(`"%d %d * * *", time_zone: UTC`, soon.Minute(), soon.Hour()))
	s.write(t, "tlschain.yaml", text)
	s.write(t, "here.txt", address(0)+":"+port+"\n")
	s.serve(t, "dmz", "-latency", "500ms")
	before := s.zones["dmz"].accepted(t)

	start := func(name string, ahead time.Duration, args ...string) *process {
		s.set(t, name, ahead)
		s.clock = filepath.Join(s.dir, name+".clock")
		return s.tlschain(t, "dmz", args...)
	}
	all := []*process{start("serve-1", 0, "serve", "--listen", "127.0.0.1:18480"), start("serve-2", hour, "serve", "--listen", "127.0.0.1:18481")}
	for name, ahead := range map[string]time.Duration{"ahead": hour, "behind": -hour, "far": year, "past": -year} {
		all = append(all, start(name, ahead, "work", "--zone", "dmz"))
	}
	until(t, "workers", func() bool {
		workers, err := s.db.Workers(t.Context(), time.Minute)
		return err == nil && len(workers) == 4
	})
	began := time.Now().Add(-time.Second)
	s.makeDue(t, "dmz", "here")
	at := func(share int) {
		until(t, fmt.Sprintf("%d of 10", share), func() bool {
			return s.done(t, "dmz") >= n*share/10 || s.newest(t, "dmz").State == history.Complete
		})
	}
	at(2)
	s.set(t, "ahead", -2*hour)
	s.set(t, "past", year)
	s.set(t, "serve-1", 2*hour)
	at(4)
	s.set(t, "ahead", 0)
	s.set(t, "far", -year)
	s.set(t, "serve-1", year)
	at(6)
	s.set(t, "past", 0)
	s.set(t, "serve-1", 0)
	s.set(t, "serve-2", -hour)
	at(10)
	until(t, "the audits", func() bool {
		return s.newest(t, "dmz").State == history.Complete && s.newest(t, "here").State == history.Complete
	})
	until(t, "that all were told", func() bool { return s.told(t, "dmz") > 0 && s.told(t, "here") > 0 })
	time.Sleep(time.Minute) // in which each scheduler looks at its clock thrice
	ended := time.Now()
	for group, targets := range map[string]int{"dmz": n, "here": 1} {
		list, err := s.db.Audits(t.Context(), group, 0, 100)
		if err != nil || len(list) != 1 {
			t.Errorf("%s was audited %d times, %v", group, len(list), err)
		}
		for _, a := range list {
			whole(t, a, targets)
			if a.Started.Before(began) || a.Ended.Before(a.Started) || a.Ended.After(ended) {
				t.Errorf("audit %d of %s: %v to %v, all was between %v and %v", a.ID, group, a.Started, a.Ended, began, ended)
			}
		}
		planned, err := s.db.Schedule(t.Context())
		if next := planned[group].Next; err != nil || !next.Equal(soon.Truncate(time.Minute)) {
			t.Errorf("%s is planned for %v, want %v; %v", group, next, soon, err)
		}
		if times := s.told(t, group); times != 1 {
			t.Errorf("told %d times of %s", times, group)
		}
	}
	if got := s.zones["dmz"].accepted(t) - before; got != n+1 {
		t.Errorf("%d connections to %d endpoints", got, n+1)
	}
	for _, p := range all {
		p.stop()
		if text := p.out.String(); strings.Contains(text, "gone") || strings.Contains(text, "no worker") || strings.Contains(text, "no longer") {
			t.Errorf("%v:\n%s", p.Args, text)
		}
	}
}
