package audit

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// notifierOf tells a program that appends what it reads to a file.
func notifierOf(t *testing.T, a *Auditor) (n *Notifier, told func() []message) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "told")
	a.Config.Receivers = map[string]*Receiver{"hook": {Exec: []string{"sh", "-c", `cat >> "$0"; echo >> "$0"`, file}}}
	a.Config.Groups["web"].Notify = []string{"hook"}
	a.Config.Serve.URL = "https://chains.example/"
	n = &Notifier{Config: a.Config, DB: a.DB, Clock: a.Clock, Getenv: a.Getenv, Report: func(err error) { t.Logf("reported: %v", err) }}
	return n, func() (all []message) {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			var m message
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatal(err)
			}
			all = append(all, m)
		}
		os.Remove(file)
		return all
	}
}

func tell(t *testing.T, n *Notifier) {
	t.Helper()
	if err := n.Queue(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, _, err := n.Send(t.Context(), false); err != nil {
		t.Fatal(err)
	}
}

func TestToldOnTransitionAndRecoveryOnly(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "a.example", "b.example", "c.example")
	n, told := notifierOf(t, a)
	w.set("c.example", "incomplete") // bad from the beginning
	for _, night := range []struct {
		name, host, state, want string
	}{
		{"first", "", "", "tlschain: web: 1 new"},
		{"quiet", "", "", ""},
		{"renewal", "a.example", "renewed 1", ""},
		{"break", "a.example", "renewed 1 incomplete", "tlschain: web: 1 worse"},
		{"still broken", "", "", ""},
		{"another goes down", "b.example", "down", "tlschain: web: 1 unreachable"},
		{"still", "", "", ""},
		{"mended", "a.example", "renewed 2", "tlschain: web: 1 well again"},
		{"back", "b.example", "", "tlschain: web: 1 well again"},
		{"quiet again", "", "", ""},
	} {
		if night.host != "" {
			w.set(night.host, night.state)
		}
		w.sleep(24 * time.Hour)
		runNight(t, a)
		tell(t, n)
		tell(t, n) // looking again tells nobody twice
		var titles []string
		for _, m := range told() {
			titles = append(titles, m.Title)
		}
		if got := strings.Join(titles, "; "); got != night.want {
			t.Errorf("%s: told %q, want %q", night.name, got, night.want)
		}
	}
}

func TestMessage(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "a.example", "b.example")
	n, told := notifierOf(t, a)
	runNight(t, a)
	w.set("a.example", "incomplete")
	w.set("b.example", "incomplete")
	runNight(t, a)
	tell(t, n)
	all := told()
	if len(all) != 1 {
		t.Fatalf("told %v", all)
	}
	m := all[0]
	for _, want := range []string{
		"Audit 2 of web, 2026-05-01 02:00 UTC: 2 endpoints, 2 with errors, 0 with warnings, 0 unreachable.", "https://chains.example/audits/2\n",
		"\nWorse (2)\n  a.example:443: missing-intermediate=error; refused by go\n", "\nFixes\n  2 by the same certificates after the leaf, the worst of them: tlschain fix a.example",
	} {
		if !strings.Contains(m.Text, want) {
			t.Errorf("the text lacks %q:\n%s", want, m.Text)
		}
	}
	c := m.Changes[0]
	if len(m.Changes) != 2 || c.Endpoint != "a.example:443" || c.Before.Severity != "ok" || c.After.Severity != "error" || c.URL != "https://chains.example/endpoints/1" || len(c.Bundle) != 64 {
		t.Errorf("%+v", m.Changes)
	}
}

func TestReceiversFilters(t *testing.T) {
	facts := func(worst int) *history.Facts { return &history.Facts{Status: "ok", Worst: worst} }
	for _, c := range []struct {
		name          string
		r             Receiver
		before, after *history.Facts
		want          bool
	}{
		{"all", Receiver{}, facts(0), facts(1), true},
		{"noise", Receiver{}, facts(2), facts(2), false},
		{"too mild", Receiver{Only: "warning"}, facts(0), facts(1), false},
		{"bad enough", Receiver{Only: "warning"}, facts(0), facts(2), true},
		{"recovery from bad", Receiver{Only: "error"}, facts(3), facts(0), true},
		{"recovery from mild", Receiver{Only: "error"}, facts(2), facts(0), false},
		{"unreachable is an error", Receiver{Only: "error"}, facts(0), &history.Facts{Status: "failed", Failure: "dns"}, true},
		{"new and well", Receiver{}, nil, facts(0), false},
		{"new and bad", Receiver{}, nil, facts(3), true},
		{"new and well, asked for", Receiver{Events: []string{"new"}}, nil, facts(0), true},
		{"another event", Receiver{Events: []string{"issuer"}}, facts(0), facts(3), false},
		{"gone", Receiver{Only: "warning"}, facts(3), nil, true},
	} {
		change := Change{Change: history.Change{Before: c.before, After: c.after}, Kinds: kinds(c.before, c.after)}
		if got := c.r.wants(&change); got != c.want {
			t.Errorf("%s: told %v", c.name, got)
		}
	}
}

func TestFailingReceiverIsTriedAgain(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "a.example")
	n, told := notifierOf(t, a)
	hook := a.Config.Receivers["hook"].Exec
	a.Config.Receivers["hook"].Exec = []string{"sh", "-c", "echo no \x1b[31mluck >&2; exit 7"}
	w.set("a.example", "down")
	runNight(t, a)
	tell(t, n)
	all, err := a.DB.Notices(t.Context(), "web", 10)
	if err != nil || len(all) != 1 || !all[0].Sent.IsZero() || all[0].Failure != `running sh: exit status 7: no \x1b[31mluck` {
		t.Fatalf("%+v %v", all, err)
	}
	tell(t, n) // not due yet
	if all, _ := a.DB.Notices(t.Context(), "web", 10); all[0].Attempts != 1 {
		t.Errorf("%d attempts", all[0].Attempts)
	}
	a.Config.Receivers["hook"].Exec = hook
	w.sleep(2 * time.Minute)
	tell(t, n)
	if got := told(); len(got) != 1 {
		t.Errorf("told %v", got)
	}
	if all, _ := a.DB.Notices(t.Context(), "web", 10); all[0].Sent.IsZero() || all[0].Failure != "" {
		t.Errorf("%+v", all[0])
	}
}

// The clock was ahead by a year when a notice was written, and is right again: it is
// sent, and where that fails tried again as any other.
func TestNoticeFromAhead(t *testing.T) {
	const year = 365 * 24 * time.Hour
	w := newWorld()
	w.set("a.example", "incomplete")
	a := auditorOf(t, w, "", "a.example")
	n, told := notifierOf(t, a)
	hook := a.Config.Receivers["hook"].Exec
	a.Config.Receivers["hook"].Exec = []string{"false"}
	w.sleep(year)
	runNight(t, a)
	if err := n.Queue(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.sleep(-year)
	for range 10 { // it is not tried at every look until it is given up
		if _, _, err := n.Send(t.Context(), false); err != nil {
			t.Fatal(err)
		}
	}
	all, err := a.DB.Notices(t.Context(), "web", 10)
	if err != nil || len(all) != 1 || all[0].Attempts != 1 || all[0].At.After(w.now) {
		t.Errorf("%+v, %v", all, err)
	}
	a.Config.Receivers["hook"].Exec = hook
	w.sleep(time.Minute)
	tell(t, n)
	if got := told(); len(got) != 1 {
		t.Errorf("told %+v", got)
	}
}

func TestWebhook(t *testing.T) {
	var mu sync.Mutex
	var bodies []string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := bufio.NewReader(r.Body).ReadString(0)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, body)
	}))
	defer web.Close()
	config := &Config{Receivers: map[string]*Receiver{"hook": {URL: Secret{Env: "HOOK"}}}}
	n := &Notifier{Config: config, Getenv: func(string) string { return "generic+" + web.URL + "/path?template=json" }}
	if err := n.Test(t.Context(), "hook"); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	var got map[string]string
	if len(bodies) != 1 || json.Unmarshal([]byte(bodies[0]), &got) != nil || got["title"] != "tlschain: a test" || !strings.Contains(got["message"], "Nothing has happened") {
		t.Errorf("the webhook got %q", bodies)
	}
	n.Getenv = func(string) string { return "generic+" + web.URL + "/path" }
	mu.Unlock()
	err := n.Test(t.Context(), "hook")
	mu.Lock()
	var m message
	if err != nil || len(bodies) != 2 || json.Unmarshal([]byte(bodies[1]), &m) != nil || m.Title != "tlschain: a test" || m.Changes == nil {
		t.Errorf("without a template the webhook got %q, %v", bodies, err)
	}
	if err := n.Test(t.Context(), "nobody"); err == nil || !strings.Contains(err.Error(), "there is hook") {
		t.Errorf("%v", err)
	}
}

// No secret of a receiver's URL may end up in the history, a log or a page.
func TestErrorsHideSecrets(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close() // now nobody listens there
	for _, url := range []string{
		fmt.Sprintf("smtp://user:Pa55w0rd@%s/?from=a@example.com&to=b@example.com&token=s3cr3t", address),
		"generic+http://" + address + "/Pa55w0rd/s3cr3t",
		"slack://Pa55w0rd-s3cr3t-xoxb/",
		"no-such-service://user:Pa55w0rd@host/s3cr3t",
		"smtp://user:Pa55w0rd@%zz/s3cr3t",
	} {
		err := sendShoutrrr(t.Context(), url, message{Title: "T", Text: "text"})
		if err == nil || strings.Contains(err.Error(), "Pa55w0rd") || strings.Contains(err.Error(), "s3cr3t") {
			t.Errorf("%s gives: %v", url, err)
		}
	}
}
