package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
)

// A run that could tell nobody fails; one that told somebody leaves the rest to
// the next one.
func TestNobodyTold(t *testing.T) {
	for receivers, want := range map[string]bool{"broken": false, "broken, good": true} {
		dir := t.TempDir()
		config, err := Parse([]byte(`
receivers: {broken: {exec: ["false"]}, good: {exec: ["true"]}}
groups: {web: {targets: {inline: [a.example]}, notify: [`+receivers+`]}}
`), filepath.Join(dir, "tlschain.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		w, err := db.Begin(t.Context(), "web", time.Unix(1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Add(t.Context(), history.Seen{Key: "a.example:443", State: history.State{Facts: history.Facts{Status: "ok", Worst: 3}}}); err != nil {
			t.Fatal(err)
		}
		if err := w.Finish(t.Context(), time.Unix(2, 0), true, ""); err != nil {
			t.Fatal(err)
		}
		n := &Notifier{Config: config, DB: db, Getenv: os.Getenv, Report: func(error) {}}
		err = n.tellAll(t.Context(), []time.Duration{0})
		if (err == nil) != want || err != nil && !strings.Contains(err.Error(), "nobody could be told what changed: 1 notice ") {
			t.Errorf("%s: %v", receivers, err)
		}
	}
}
