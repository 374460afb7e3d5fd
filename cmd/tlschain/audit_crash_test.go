package main

import (
	"bytes"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// PostgreSQL dies while audit run has come to a part of its endpoints: the run ends with a clear error,
// nothing half is shown as whole, and the next run completes.
func TestPostgreSQLDiesUnderAuditRun(t *testing.T) {
	server := pgtest.Start(t)
	where := server.Database(t)
	clear := regexp.MustCompile(`(?m)^tlschain: (auditing web|opening the history|locking the history|bringing the history's tables up to date|reading audit|listing audits|comparing audits|reading the history|storing a notice|listing notices|recording)[^\n]*: `)
	w := newWatch(t, 800, "")
	w.endures(t, where, func(run *exec.Cmd) (ended bool) {
		server.Crash(t)
		w.gate.open()
		defer server.Run(t)
		err := run.Wait()
		var exit *exec.ExitError
		switch {
		case err == nil:
			return true
		case !errors.As(err, &exit) || exit.ExitCode() != 2:
			t.Errorf("the run ended with %v", err)
			return false
		}
		if text := run.Stderr.(*bytes.Buffer).String(); !clear.MatchString(text) || strings.Contains(text, "goroutine") {
			t.Errorf("the error says neither what was done nor why it failed: %s", text)
		}
		return false
	})
}

// Under audit serve: it says that it is not well, outlives the database, and
// what was due is done.
func TestPostgreSQLDiesUnderAuditServe(t *testing.T) {
	address := freeAddress(t)
	server := pgtest.Start(t)
	where := server.Database(t)
	w := newWatch(t, 4000, "    schedule: {cron: \"0 3 1 1 *\"}\nserve: {listen: \""+address+"\"}\n")
	serve := w.start(t, where, "serve")
	awaitPlanned(t, where)
	serve.Process.Kill()
	serve.Wait()
	makeDue(t, where, "web")
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	serve = w.start(t, where, "serve")
	await(t, func() bool {
		list, err := db.Audits(t.Context(), "web", 0, 1)
		return err == nil && len(list) == 1 && list[0].State == history.Running
	}, func() string { return "no audit runs" })
	db.Close()
	server.Crash(t)
	await(t, func() bool {
		response, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusServiceUnavailable
	}, func() string { return "well without a database" })
	server.Run(t)
	awaitHealthy(t, address)
	w.holds(t, where)
	serve.Process.Signal(os.Interrupt)
	serve.Wait()
	// Between two writes of an audit the database may be away unnoticed.
	if text := serve.Stderr.(*bytes.Buffer).String(); !strings.Contains(text, "tlschain: auditing web: ") && !strings.Contains(text, "the audit was stopped") {
		t.Errorf("the audit that the database died under is not told of: %s", text)
	}
	// The turn was not had: it is caught up. (Without a restart, after a minute.)
	before, _ := w.holds(t, where)
	serve = w.start(t, where, "serve")
	await(t, func() bool {
		return strings.Contains(pageOf(t, "http://"+address+"/api/v1/groups"), `"state":"complete"`)
	},
		func() string { return pageOf(t, "http://"+address+"/api/v1/groups") })
	serve.Process.Signal(os.Interrupt)
	serve.Wait()
	if complete, partial := w.holds(t, where); complete != before+1 || partial != 1 {
		t.Errorf("%d complete audits and %d partial ones; there were %d complete", complete, partial, before)
	}
}
