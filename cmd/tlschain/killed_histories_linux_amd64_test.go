package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// Whenever data update is killed, the facts are the old ones or the new ones, and
// the next update keeps the new ones.
func TestKillFacts(t *testing.T) {
	h, tmp := newDataHome(t), t.TempDir()
	environ := []string{"TMPDIR=" + tmp, "XDG_CACHE_HOME=" + h.dir, "SSL_CERT_FILE=" + h.CAFile}
	args := []string{"data", "update", "--source", h.source()}
	update := func(at string) {
		t.Helper()
		cmd := exec.Command(builtBinary(t), args...)
		cmd.Env = append(os.Environ(), environ...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%s: the next update: %v\n%s", at, err, out)
		}
	}
	update("at first")
	const all = 115
	fewer, old := 0, 0
	everywhere(t, environ, args, 0, func() {
		fewer, old = fewer%5+1, h.anchors(t)
		h.chromeWithout(fewer)
	}, func(at string, o tracedRun) {
		if now := h.anchors(t); now != old && now != all-fewer {
			t.Errorf("%s: %d anchors; there were %d, and %d are published", at, now, old, all-fewer)
		}
		update(at)
		if now := h.anchors(t); now != all-fewer {
			t.Errorf("%s: %d anchors after the next update, %d are published", at, now, all-fewer)
		}
		alone(t, at, filepath.Join(h.dir, name), "facts.bin", "sources.json")
		if left, _ := filepath.Glob(filepath.Join(tmp, "tlschain-data-*")); len(left) > 0 {
			t.Errorf("%s: after the next update %s is left", at, left)
		}
	})
}

// Whenever audit run is killed, the history has every audit that it told of, none
// that is half passes for whole, and the next run completes.
func TestKillHistory(t *testing.T) {
	for _, c := range []struct {
		name  string
		where func(t *testing.T) string
	}{
		{"SQLite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "history.db") }},
		{"PostgreSQL", func(t *testing.T) string { return pgtest.Start(t).Database(t) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			where := c.where(t)
			w := newWatch(t, 60, "")
			args := []string{"audit", "run", "--config", w.config, "--db", where}
			told := 0
			run := func(at string) {
				finish(t, at, args...)
				told++
			}
			run("at first")
			runs := 1
			everywhere(t, nil, args, 0, func() { runs++ }, func(at string, o tracedRun) {
				told += strings.Count(o.out, " of web: complete, ")
				if complete, _ := w.holds(t, where); complete < told || complete > runs {
					t.Errorf("%s: %d complete audits are in the history; %d runs were begun, and %d were told of", at, complete, runs, told)
				}
				runs++
				run(at)
			})
		})
	}
}
