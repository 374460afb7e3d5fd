package main

import (
	"bytes"
	"crypto/tls"
	"database/sql"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A night watch is a group of many endpoints that one server stands for.
type watch struct {
	config    string
	endpoints int
	gate      gate
}

// A gate lets handshakes for some names through, and holds all others. The
// zero value lets all through.
type gate struct {
	mu     sync.Mutex
	names  map[string]bool // those that are let through; nil: all
	room   int             // for more of them
	full   chan struct{}   // closed when there is none
	opened chan struct{}   // closed when all are let through
}

// hold lets the next so many names through from now on.
func (g *gate) hold(room int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.names, g.room, g.full, g.opened = map[string]bool{}, room, make(chan struct{}), make(chan struct{})
	if room == 0 {
		close(g.full)
	}
}

// await returns when as many names have come as are let through.
func (g *gate) await(t *testing.T) {
	t.Helper()
	select {
	case <-g.full:
	case <-time.After(time.Minute):
		t.Fatal("fewer names have come than are let through")
	}
}

func (g *gate) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.names != nil {
		g.names = nil
		close(g.opened)
	}
}

// pass returns when the gate is open for a name.
func (g *gate) pass(name string) {
	g.mu.Lock()
	opened, through := g.opened, g.names == nil || g.names[name]
	if !through && g.room > 0 {
		if g.room--; g.room == 0 {
			close(g.full)
		}
		g.names[name], through = true, true
	}
	g.mu.Unlock()
	if !through {
		<-opened
	}
}

func newWatch(t *testing.T, endpoints int, more string) *watch {
	t.Helper()
	tb := tlstest.For(t)
	root := tb.Root("root")
	leaf := tb.Leaf("leaf", tb.Intermediate("ca", root))
	w := &watch{endpoints: endpoints}
	address := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf), Pick: func(hello *tls.ClientHelloInfo) *tlstest.Identity {
		w.gate.pass(hello.ServerName)
		return nil
	}}).Addr().String()
	t.Cleanup(w.gate.open) // before the server is closed
	var list bytes.Buffer
	for n := range endpoints {
		fmt.Fprintf(&list, "host%d.example@%s\n", n, address)
	}
	dir := t.TempDir()
	write(t, dir, "hosts.txt", list.Bytes())
	write(t, dir, "roots.pem", pemOf(root.DER))
	w.config = write(t, dir, "tlschain.yaml", []byte("groups:\n  web:\n    targets: {files: [hosts.txt]}\n    clients: [go]\n    roots: roots.pem\n"+more))
	return w
}

func (w *watch) start(t *testing.T, db string, args ...string) *exec.Cmd {
	t.Helper()
	command := exec.Command(builtBinary(t), append([]string{"audit"}, append(args, "--config", w.config, "--db", db)...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t.Failed() && stderr.Len() > 0 {
			t.Logf("%s: %s", args[0], stderr.String())
		}
	})
	return command
}

// holds checks that the history is sound: every audit that calls itself
// complete shows the whole group, and none that is not says so.
func (w *watch) holds(t *testing.T, where string) (complete, partial int) {
	t.Helper()
	if !history.IsPostgres(where) {
		raw, err := sql.Open("sqlite", where)
		if err != nil {
			t.Fatal(err)
		}
		defer raw.Close()
		var verdict string
		if err := raw.QueryRow("PRAGMA integrity_check").Scan(&verdict); err != nil || verdict != "ok" {
			t.Fatalf("the history is damaged: %s %v", verdict, err)
		}
	}
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	list, err := db.Audits(t.Context(), "web", 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range list {
		rows := 0
		for _, err := range db.Rows(t.Context(), a.ID) {
			if err == nil {
				rows++
			} else if a.State != history.Running {
				t.Errorf("audit %d (%s): %v", a.ID, a.State, err)
			}
		}
		switch {
		case a.State == history.Complete && rows != w.endpoints:
			t.Errorf("audit %d calls itself complete and shows %d of %d endpoints", a.ID, rows, w.endpoints)
		case a.State == history.Running && rows != 0:
			t.Errorf("audit %d has not ended and shows %d endpoints", a.ID, rows)
		case a.State == history.Partial && rows != a.Endpoints:
			t.Errorf("audit %d says that it saw %d endpoints and shows %d", a.ID, a.Endpoints, rows)
		}
		if a.State == history.Complete {
			complete++
		} else {
			partial++
		}
	}
	return complete, partial
}

// kills is how often each kill test kills; TLSCHAIN_KILLS says another number.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("TLSCHAIN_KILLS")); err == nil {
		return n
	}
	return 4
}

func onBoth(t *testing.T, test func(t *testing.T, where string)) {
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "history.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { test(t, pgtest.Start(t).Database(t)) })
}

// Whenever audit run is killed, nothing stored is lost, nothing half is shown
// as whole, and the next run completes.
func TestKillAuditRun(t *testing.T) {
	if testing.Short() {
		t.Skip("it stops the program again and again")
	}
	onBoth(t, func(t *testing.T, where string) {
		newWatch(t, 400, "").endures(t, where, func(run *exec.Cmd) (ended bool) {
			run.Process.Kill()
			return run.Wait() == nil
		})
	})
}

// endures has audit run cut off when it has come to a part of the endpoints, a
// larger one each time and all of them at last, and holds that audits are whole in
// the history or not complete, and that the run after the last completes. cut
// reports whether the run had come to its end.
func (w *watch) endures(t *testing.T, where string, cut func(run *exec.Cmd) (ended bool)) {
	t.Helper()
	if err := w.start(t, where, "run").Wait(); err != nil { // it makes the tables
		t.Fatal(err)
	}
	runs, off := 1, 0
	for n := range kills() {
		w.gate.hold(w.endpoints * (n + 1) / kills())
		run := w.start(t, where, "run")
		w.gate.await(t)
		if cut(run) {
			runs++
		} else {
			off++
		}
		w.gate.open()
		// One that was cut off may have ended its audit just before.
		if complete, _ := w.holds(t, where); complete < runs || complete > runs+off {
			t.Fatalf("%d runs ended, %d complete audits are in the history", runs, complete)
		}
	}
	if err := w.start(t, where, "run").Wait(); err != nil {
		t.Fatalf("the run after %d that were cut off: %v", off, err)
	}
	complete, partial := w.holds(t, where)
	t.Logf("%d cut off: %d complete audits, %d partial", off, complete, partial)
	if off < kills()-1 {
		t.Errorf("%d runs were cut off, %d were to be", off, kills()-1)
	}
	if complete < runs+1 {
		t.Errorf("%d runs ended, %d complete audits are in the history", runs+1, complete)
	}
}

// The same for audit serve, which catches up after each kill.
func TestKillAuditServe(t *testing.T) {
	if testing.Short() {
		t.Skip("it stops the program again and again")
	}
	onBoth(t, func(t *testing.T, where string) {
		address := freeAddress(t)
		w := newWatch(t, 400, "    schedule: {cron: \"0 3 1 1 *\"}\nserve: {listen: \""+address+"\"}\n")
		for n := range kills() + 1 { // the first one plans
			makeDue(t, where, "web")
			w.gate.hold(w.endpoints * n / kills())
			serve := w.start(t, where, "serve")
			awaitHealthy(t, address)
			w.gate.await(t)
			if n == 0 {
				awaitPlanned(t, where)
			}
			serve.Process.Kill()
			serve.Wait()
			w.gate.open()
			w.holds(t, where)
		}
		makeDue(t, where, "web")
		before, _ := w.holds(t, where)
		serve := w.start(t, where, "serve")
		awaitHealthy(t, address)
		await(t, func() bool {
			return strings.Contains(pageOf(t, "http://"+address+"/api/v1/groups"), `"state":"complete"`)
		}, func() string { return pageOf(t, "http://"+address+"/api/v1/groups") })
		serve.Process.Signal(os.Interrupt)
		serve.Wait()
		complete, partial := w.holds(t, where)
		t.Logf("%d kills: %d complete audits, %d partial", kills(), complete, partial)
		if complete < before {
			t.Errorf("%d complete audits, there were %d", complete, before)
		}
	})
}

// awaitPlanned returns when audit serve has planned a group.
func awaitPlanned(t *testing.T, where string) {
	t.Helper()
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	await(t, func() bool { planned, err := db.Schedule(t.Context()); return err == nil && len(planned) == 1 },
		func() string { return "nothing is planned" })
}

// makeDue lets the time of a planned group have come, as if the machine had been
// off over it.
func makeDue(t *testing.T, where, group string) {
	t.Helper()
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	planned, err := db.Schedule(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if p, ok := planned[group]; ok {
		p.Next = time.Now().Add(-time.Hour)
		if err := db.Plan(t.Context(), group, p); err != nil {
			t.Fatal(err)
		}
	}
}

func awaitHealthy(t *testing.T, address string) {
	t.Helper()
	await(t, func() bool {
		response, err := http.Get("http://" + address + "/healthz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, func() string { return "not healthy" })
}

func pageOf(t *testing.T, url string) string {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	var b bytes.Buffer
	b.ReadFrom(response.Body)
	return b.String()
}
