//go:build soak

package scale

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var listening = map[string]string{"serve-1": "127.0.0.1:18490", "serve-2": "127.0.0.1:18491"}

// A watch looks at the site from outside.
type watch struct {
	*soakSite
	t *testing.T

	mu       sync.Mutex
	truths   int            // answers of /healthz that were right
	refusals int            // of them, those that were not "ok"
	answers  map[string]int // of pages, by status
	samples  map[string][]sample
}

// A sample is what a process takes.
type sample struct{ rss, descriptors, goroutines int }

const (
	// patience of /healthz with a database that is slow, and a little.
	slowest = 8 * time.Second
	// how long after its return the database is used again by all.
	recovery = 40 * time.Second
)

// health asks each second whether the schedulers are well, and knows better.
func (w *watch) health(ctx context.Context) {
	client := &http.Client{Timeout: 7 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	var all sync.WaitGroup
	for name, address := range listening {
		all.Go(func() {
			for ctx.Err() == nil {
				asked := time.Now()
				response, err := client.Get("http://" + address + "/healthz")
				code := 0
				if err == nil {
					code = response.StatusCode
					response.Body.Close()
				}
				is, since := w.databaseIs()
				well := w.members[name].well()
				took := time.Since(asked)
				switch {
				case ctx.Err() != nil, well < 20*time.Second:
				case code == http.StatusOK && (is == down || is == frozen) && since > took+slowest:
					w.t.Errorf("%s: %s says ok; the database has been %s for %v", time.Now().Format(time.TimeOnly), name, is, since)
				case code != http.StatusOK && is == up && since > took+recovery:
					w.t.Errorf("%s: %s says %d, %v; the database has been up for %v", time.Now().Format(time.TimeOnly), name, code, err, since)
				default:
					w.mu.Lock()
					w.truths++
					if code != http.StatusOK {
						w.refusals++
					}
					w.mu.Unlock()
				}
				time.Sleep(time.Second)
			}
		})
	}
	all.Wait()
}

var soakPages = []string{"/", "/groups/dmz", "/endpoints", "/endpoints?group=names", "/audits", "/metrics", "/waivers", "/outlook",
	"/api/v1/groups", "/api/v1/endpoints?group=dmz", "/api/v1/audits", "/rules"}

// load reads pages as people do, all the time, and holds connections open that
// never ask for anything.
func (w *watch) load(ctx context.Context) {
	client := &http.Client{Timeout: 40 * time.Second}
	w.answers = map[string]int{}
	var all sync.WaitGroup
	for name, address := range listening {
		all.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				path := soakPages[i%len(soakPages)]
				asked := time.Now()
				response, err := client.Get("http://" + address + path)
				code := 0
				if err == nil {
					_, err = io.Copy(io.Discard, response.Body)
					response.Body.Close()
					code = response.StatusCode
				}
				is, since := w.databaseIs()
				took := time.Since(asked)
				if well := w.members[name].well(); ctx.Err() == nil && (err != nil || code != http.StatusOK) &&
					is == up && since > took+recovery && well > took+20*time.Second {
					w.t.Errorf("%s: %s%s: %d, %v after %v", time.Now().Format(time.TimeOnly), name, path, code, err, took)
				}
				w.mu.Lock()
				w.answers[strconv.Itoa(code)]++
				w.mu.Unlock()
				time.Sleep(300 * time.Millisecond)
			}
		})
		all.Go(func() {
			for ctx.Err() == nil {
				if conn, err := net.DialTimeout("tcp", address, 5*time.Second); err == nil {
					conn.Write([]byte("GET / HTTP/1.1\r\nHost:"))
					time.AfterFunc(time.Minute, func() { conn.Close() })
				}
				select {
				case <-ctx.Done():
				case <-time.After(2 * time.Second):
				}
			}
		})
	}
	all.Wait()
}

// leaks takes a sample of each process now and then.
func (w *watch) leaks(ctx context.Context) {
	w.samples = map[string][]sample{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(15 * time.Second):
		}
		line := ""
		for _, name := range w.order {
			m := w.members[name]
			if m.well() == 0 {
				continue
			}
			pid := m.run.Process.Pid
			s := sample{rss: residentMB(pid), descriptors: entries(fmt.Sprintf("/proc/%d/fd", pid)), goroutines: goroutinesAt(listening[name])}
			line += fmt.Sprintf("  %s %d MB %d fd %d g", name, s.rss, s.descriptors, s.goroutines)
			w.mu.Lock()
			w.samples[name] = append(w.samples[name], s)
			w.mu.Unlock()
		}
		say(w.t, "%s", line)
	}
}

func residentMB(pid int) int {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			n, _ := strconv.Atoi(strings.Fields(rest)[0])
			return n / 1024
		}
	}
	return 0
}

func entries(dir string) int {
	list, _ := filepath.Glob(dir + "/*")
	return len(list)
}

// goroutinesAt is what /metrics says of goroutines; 0: nothing just now.
func goroutinesAt(address string) int {
	if address == "" {
		return 0
	}
	client := &http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	response, err := client.Get("http://" + address + "/metrics")
	if err != nil {
		return 0
	}
	defer response.Body.Close()
	text, _ := io.ReadAll(response.Body)
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "go_goroutines "); ok {
			n, _ := strconv.Atoi(strings.TrimSpace(rest))
			return n
		}
	}
	return 0
}

// report compares the second with the last quarter of what was sampled of those
// that lived all the while.
func (w *watch) report() {
	w.mu.Lock()
	defer w.mu.Unlock()
	say(w.t, "/healthz was right %d times, %d of them not ok; pages by status: %v", w.truths, w.refusals, w.answers)
	for _, name := range []string{"serve-1", "dmz-1"} {
		all := w.samples[name]
		if len(all) < 40 {
			say(w.t, "%s: %d samples are too few to tell a leak", name, len(all))
			continue
		}
		early, late := middle(all[len(all)/4:len(all)/2]), middle(all[len(all)*3/4:])
		say(w.t, "%s: early %+v, late %+v, at most %+v", name, early, late, most(all))
		if late.rss > early.rss*5/4+10 || late.descriptors > early.descriptors+10 || late.goroutines > early.goroutines+20 {
			w.t.Errorf("%s grows: %+v, and later %+v", name, early, late)
		}
	}
}

func middle(all []sample) sample {
	of := func(part func(sample) int) int {
		var list []int
		for _, s := range all {
			if n := part(s); n > 0 {
				list = append(list, n)
			}
		}
		if len(list) == 0 {
			return 0
		}
		slices.Sort(list)
		return list[len(list)/2]
	}
	return sample{of(func(s sample) int { return s.rss }), of(func(s sample) int { return s.descriptors }), of(func(s sample) int { return s.goroutines })}
}

func most(all []sample) (m sample) {
	for _, s := range all {
		m = sample{max(m.rss, s.rss), max(m.descriptors, s.descriptors), max(m.goroutines, s.goroutines)}
	}
	return m
}
