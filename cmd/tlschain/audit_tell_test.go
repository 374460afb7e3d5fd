package main

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What a stopped audit saw change is told at its end, and not once more by the
// next one.
func TestStoppedAuditTells(t *testing.T) {
	if testing.Short() {
		t.Skip("it stops the program again and again")
	}
	const (
		stored    = 400 // endpoints that an audit stores at once
		endpoints = 2*stored + 50
	)
	dir := t.TempDir()
	where, told := filepath.Join(dir, "history.db"), filepath.Join(dir, "told")
	hook := write(t, dir, "hook.sh", []byte("cat >> "+told+"; echo >> "+told+"\n"))
	w := newWatch(t, endpoints, "    confirm: {times: 1}\n    notify: [hook]\n    schedule: {cron: \"0 3 1 1 *\"}\nserve: {listen: \""+freeAddress(t)+"\"}\nreceivers: {hook: {exec: [sh, "+hook+"]}}\n")
	if err := w.start(t, where, "run").Wait(); err != nil {
		t.Fatal(err)
	}
	news := func() []string {
		t.Helper()
		text, err := os.ReadFile(told)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		os.Remove(told)
		return strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	}
	if text := news(); len(text) != 1 || !strings.Contains(text[0], fmt.Sprintf(" %d new", endpoints)) {
		t.Fatalf("the first night tells: %.300q", text)
	}
	serve := w.start(t, where, "serve")
	await(t, func() bool { return countIn(t, where, "schedule") > 0 }, func() string { return "nothing is planned" })
	serve.Process.Signal(os.Interrupt)
	serve.Wait()

	// One more client is asked about, and refuses them all.
	config, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Dir(w.config), "tlschain.yaml", bytes.Replace(config, []byte("[go]"), []byte("[go, debian]"), 1))
	known := 0 // to be refused by it
	for _, command := range []string{"run", "serve"} {
		makeDue(t, where, "web")
		w.gate.hold(known + stored)
		stopped := w.start(t, where, command)
		await(t, func() bool { return countIn(t, where, "pending") > known }, func() string { return "nothing is stored" })
		stopped.Process.Signal(os.Interrupt)
		var exit *exec.ExitError
		if err := stopped.Wait(); !errors.As(err, &exit) || exit.ExitCode() != exitInterrupted {
			t.Errorf("a stopped %s ends with %v", command, err)
		}
		if text := news(); len(text) != 1 || !strings.Contains(text[0], `"partial":true`) || !strings.Contains(text[0], " worse") {
			t.Fatalf("what a stopped %s tells: %.300q", command, text)
		}
		known = countIn(t, where, "endpoint JOIN state ON state.id = state_id WHERE refused LIKE '%debian%'")
		w.gate.open()
	}
	if known == 0 || known >= w.endpoints {
		t.Fatalf("%d of %d are known to be refused, though both were stopped", known, w.endpoints)
	}
	w.start(t, where, "run").Wait()
	want := fmt.Sprintf(" %d worse", w.endpoints-known)
	if rest := news(); len(rest) != 1 || !strings.Contains(rest[0], want) || strings.Contains(rest[0], `"partial":true`) {
		t.Errorf("what the next run tells: %.300q, want %s", rest, want)
	}
}

func countIn(t *testing.T, where, table string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+where+"?_pragma=busy_timeout(30000)")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRow("SELECT count(*) FROM " + table).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
