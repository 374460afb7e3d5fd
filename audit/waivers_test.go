package audit

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Receivers hear of a waiver two weeks before its end, once, and of what it is
// for; another one, whose end is further away, is left alone.
func TestWaiverEndsSoon(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    waivers: waivers.yaml\n", "a.example", "b.example")
	now := w.clock().at(nil)
	file := `
waivers:
  - {rule: missing-intermediate, endpoint: "a*", reason: a printer, owner: office, ticket: OPS-1, expires: ` + now.AddDate(0, 0, 16).Format(time.DateOnly) + `}
  - {rule: missing-intermediate, endpoint: "b*", reason: a camera, expires: ` + now.AddDate(1, 0, 0).Format(time.DateOnly) + `}
`
	if err := os.WriteFile(filepath.Join(a.Config.Dir, "waivers.yaml"), []byte(file), 0o600); err != nil {
		t.Fatal(err)
	}
	n, told := notifierOf(t, a)
	w.set("a.example", "incomplete")
	for night, want := range []string{"tlschain: web: 1 new", "", "tlschain: web: 1 waiver ends soon", ""} {
		runNight(t, a)
		tell(t, n)
		var titles []string
		for _, m := range told() {
			titles = append(titles, m.Title)
			if night == 2 && !strings.Contains(m.Text, "missing-intermediate for a* ends on 2026-05-17, and what it is for counts again then (1 endpoint): a printer (office, OPS-1).\n") {
				t.Errorf("told %q", m.Text)
			}
		}
		if got := strings.Join(titles, "; "); got != want {
			t.Errorf("night %d: told %q, want %q", night, got, want)
		}
		w.sleep(24 * time.Hour)
	}

	uses, err := a.Config.Waivers(t.Context(), a.DB)
	if err != nil || len(uses) != 2 || uses[0].N != 1 || uses[0].Endpoints[0] != "a.example:443" || uses[1].N != 0 {
		t.Errorf("uses %+v, %v", uses, err)
	}
}
