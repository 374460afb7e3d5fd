package audit

import (
	"context"
	"crypto/sha256"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/rules"
	"github.com/tlschain/tlschain/scanner"
)

// A world is what a fake engine finds: a state word for each host.
type world struct {
	mu    sync.Mutex
	state map[string]string // absent: well
	scans map[string]int
	now   time.Time
	hook  func(host string, scan int) // called before each look
}

func newWorld() *world {
	return &world{state: map[string]string{}, scans: map[string]int{}, now: time.Date(2026, 5, 1, 2, 0, 0, 0, time.UTC)}
}

func (w *world) set(host, state string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.state[host] = state
}

func (w *world) scanned(host string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.scans[host]
}

// clock passes time only by waiting.
func (w *world) clock() Clock {
	return Clock{
		Now: func() time.Time { w.mu.Lock(); defer w.mu.Unlock(); return w.now },
		After: func(d time.Duration) <-chan time.Time {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.now = w.now.Add(d)
			c := make(chan time.Time, 1)
			c <- w.now
			return c
		},
	}
}

func (w *world) sleep(d time.Duration) { <-w.clock().After(d) }

func (w *world) engine(*Group, time.Time) (ScanFunc, error) {
	return func(ctx context.Context, targets iter.Seq[scanner.Target], keep func([]byte)) iter.Seq[[]reports.Endpoint] {
		return func(yield func([]reports.Endpoint) bool) {
			for t := range targets {
				if ctx.Err() != nil {
					return
				}
				w.mu.Lock()
				w.scans[t.Host]++
				scan, hook := w.scans[t.Host], w.hook
				w.mu.Unlock()
				if hook != nil {
					hook(t.Host, scan)
				}
				w.mu.Lock()
				word := w.state[t.Host]
				w.mu.Unlock()
				e := fake(t, word)
				for _, c := range e.Chain {
					keep([]byte(c.Subject))
				}
				if !yield([]reports.Endpoint{e}) {
					return
				}
			}
		}
	}, nil
}

// fake is an endpoint in the state that words stand for: "down", "incomplete",
// "renewed", "other CA", "valid" with two dates, or nothing at all.
func fake(t scanner.Target, words string) reports.Endpoint {
	e := reports.Endpoint{Target: t.Text, Host: t.Host, Port: t.Port, ServerName: t.ServerName, STARTTLS: t.STARTTLS, Tags: t.Tags, Address: "192.0.2.1", Status: reports.OK,
		Handshake: &reports.Handshake{TLSVersion: "TLS 1.3", DurationMS: float64(time.Now().Nanosecond())}, Product: "Public CA"}
	if words == "down" {
		e.Status, e.Product = reports.Failed, ""
		e.Error = &reports.Error{Code: "refused", Message: fmt.Sprint("connection refused ", time.Now().Nanosecond())}
		return e
	}
	issuer := "CN=CA 1"
	if strings.Contains(words, "other CA") {
		issuer, e.Product = "CN=CA 2", "Other CA"
	}
	leaf := "CN=" + t.Host + words
	if !strings.Contains(words, "renewed") {
		leaf = "CN=" + t.Host
	}
	from, until := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	if _, dates, ok := strings.Cut(words, "valid "); ok { // "valid 2026-05-01/2026-08-01"
		first, last, _ := strings.Cut(dates[:21], "/")
		from, _ = time.Parse(time.DateOnly, first)
		until, _ = time.Parse(time.DateOnly, last)
		leaf += dates
	}
	for i, name := range []string{leaf, issuer} {
		c := reports.Certificate{Position: i, Role: "intermediate", Subject: name, Issuer: "CN=Root", SHA256: sha256.Sum256([]byte(name)),
			NotBefore: from, NotAfter: until, Key: "EC P-256"}
		if i == 0 {
			c.Role, c.Issuer = "leaf", issuer
		}
		e.Chain = append(e.Chain, c)
	}
	if strings.Contains(words, "incomplete") {
		e.Chain = e.Chain[:1]
		e.Presentation = rules.Error
		e.BundleSHA256 = sha256.Sum256([]byte("mend"))
		e.Findings = []reports.Finding{{Rule: "missing-intermediate", Severity: rules.Error, Message: "CN=CA 1 is missing", Clients: []string{"go"}}}
		e.Clients = []reports.Client{{Client: "go", Reason: "incomplete"}}
	}
	return e
}

// auditorOf makes an auditor over a world, with one group "web" of hosts.
func auditorOf(t testing.TB, w *world, more string, hosts ...string) *Auditor {
	t.Helper()
	return auditorOn(t, w, filepath.Join(t.TempDir(), "history.db"), more, hosts...)
}

// auditorOn is auditorOf with a history of its own choice.
func auditorOn(t testing.TB, w *world, where, more string, hosts ...string) *Auditor {
	t.Helper()
	text := "groups:\n  web:\n    targets: {inline: [\"" + strings.Join(hosts, `", "`) + "\"]}\n" + more
	config, err := Parse([]byte(text), filepath.Join(t.TempDir(), "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &Auditor{Config: config, DB: db, Engine: w.engine, Clock: w.clock(), Getenv: func(string) string { return "" },
		Report: func(err error) { t.Logf("reported: %v", err) }}
}

func runNight(t testing.TB, a *Auditor) history.Audit {
	t.Helper()
	audit, err := a.Run(t.Context(), "web")
	if err != nil {
		t.Fatal(err)
	}
	return audit
}

// material writes the material changes of an audit as "host: kinds".
func material(t testing.TB, a *Auditor, audit int64) string {
	t.Helper()
	changes, err := a.DB.Changes(t.Context(), audit)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, c := range Classify(changes) {
		if c.Material() {
			words := make([]string, len(c.Kinds))
			for i, k := range c.Kinds {
				words[i] = string(k)
			}
			slices.Sort(words)
			out = append(out, strings.TrimSuffix(c.Endpoint.Key, ":443")+": "+strings.Join(words, "+"))
		}
	}
	return strings.Join(out, ", ")
}
