package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history"
)

// setList makes a file the list of the group web.
func setList(t *testing.T, a *Auditor, lines ...string) {
	t.Helper()
	file := filepath.Join(a.Config.Dir, "hosts.txt")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.Config.Groups["web"].Targets = Sources{Files: []string{"hosts.txt"}}
}

// numberedHosts are host0.example, host1.example and so on.
func numberedHosts(n int) (hosts []string) {
	for i := range n {
		hosts = append(hosts, fmt.Sprintf("host%d.example", i))
	}
	return hosts
}

// Whoever is told is told of what an audit did not look at, once, also who asked
// for errors only.
func TestNothingIsLostInSilence(t *testing.T) {
	toldOfAudits(t, "", []string{"only 13 of 17 endpoints left", "1 line skipped", "not complete"})
	toldOfAudits(t, "ja", []string{"エンドポイントが 17 件から 13 件に減少", "読み飛ばし 1 行", "未完了"})
}

func toldOfAudits(t *testing.T, lang string, titled []string) {
	t.Helper()
	a := auditorOf(t, newWorld(), "", "a.example")
	n, told := notifierOf(t, a)
	a.Config.Receivers["hook"].Only = "error"
	a.Config.Receivers["hook"].Lang = lang
	hosts := numberedHosts(20)
	for _, night := range []struct {
		name  string
		lines []string // nil: the list is gone
		want  string
	}{
		{"first", hosts, ""},
		{"some fewer", hosts[:17], ""},
		{"a fifth fewer", hosts[:13], "tlschain: web: " + titled[0]},
		{"the same", hosts[:13], ""},
		{"a bad line", append(slices.Clone(hosts[:13]), "a b c"), "tlschain: web: " + titled[1]},
		{"the same bad line", append(slices.Clone(hosts[:13]), "a b c"), ""},
		{"no list", nil, "tlschain: web: " + titled[2]},
		{"still none", nil, ""},
		{"back", hosts[:13], ""},
	} {
		if setList(t, a, night.lines...); night.lines == nil {
			os.Remove(filepath.Join(a.Config.Dir, "hosts.txt"))
		}
		runNight(t, a)
		tell(t, n)
		var titles []string
		for _, m := range told() {
			titles = append(titles, m.Title)
			if len(m.Warnings) != 1 || !strings.Contains(m.Text, m.Warnings[0]) {
				t.Errorf("%s: %+v", night.name, m)
			}
		}
		if got := strings.Join(titles, "; "); got != night.want {
			t.Errorf("%s: told %q, want %q", night.name, got, night.want)
		}
	}
}

// A receiver that names its events is told of an audit's own only if it names them.
func TestEventsOfAnAudit(t *testing.T) {
	warnings := []auditWarning{{Shrunk, "few left", "few"}, {Incomplete, "not complete", "no list"}}
	for events, want := range map[string]string{"": "few left, not complete", "shrunk": "few left", "late shrunk incomplete": "few left, not complete", "late": ""} {
		r := &Receiver{Events: strings.Fields(events)}
		m, got := r.digest(&Config{}, history.Audit{Group: "web"}, &auditNews{warnings: map[string][]auditWarning{"": warnings}}), ""
		if m != nil {
			_, got, _ = strings.Cut(m.Title, "web: ")
		}
		if got != want {
			t.Errorf("events %q: told %q, want %q", events, got, want)
		}
	}
}

// Skipped lines are counted and named, and a bad tag costs the tag alone.
func TestSkippedLines(t *testing.T) {
	a := auditorOf(t, newWorld(), "", "a.example")
	setList(t, a, "host,tags", "a.example,=x;team=web", "a b c,", "10.0.0.5/24,")
	s := SummaryOf(runNight(t, a))
	if s.Endpoints != 1 || s.Skipped != 2 || len(s.SkippedLines) != 2 || !strings.Contains(s.SkippedLines[1], "hosts.txt:4: ") ||
		!strings.Contains(s.SkippedLines[1], "10.0.0.0/24") {
		t.Errorf("%+v", s)
	}
	l := a.Config.Groups["web"].checkLists(t.Context(), a.Getenv, false)
	if l.Targets != 1 || l.Skipped != 2 || l.Err == nil || strings.Count(l.Err.Error(), "\n") != 1 || !strings.Contains(l.Err.Error(), "hosts.txt:3: ") ||
		len(l.Notes) != 1 || !strings.Contains(l.Notes[0], "hosts.txt:2: tag \"=x\"") {
		t.Errorf("%+v", l)
	}
}

// A target in the configuration itself is told by its line and key there, and a
// target that came before once, in whatever list.
func TestInlineTargets(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hosts.txt"), []byte("a.example\nb.example\nb.example:443\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for yaml, want := range map[string]string{
		"      inline:\n      - a.example\n\n      - foo bar\n": `tlschain.yaml:7: groups.web.targets.inline[1]: "foo bar" is not a host name`,
		"      inline: [a.example, 10.0.0.5/24]\n":              `tlschain.yaml:4: groups.web.targets.inline[1]: "10.0.0.5/24" has bits`,
		"      inline: [a.example]\n      files: [hosts.txt]\n": "",
	} {
		config, err := Parse([]byte("groups:\n  web:\n    targets:\n"+yaml), filepath.Join(dir, "tlschain.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		l := config.Groups["web"].checkLists(t.Context(), os.Getenv, false)
		if want == "" {
			notes := "hosts.txt:1: a.example repeats the target of " + filepath.Join(dir, "tlschain.yaml") +
				":4: it is audited once; hosts.txt:3: b.example:443 repeats the target of line 2"
			if l.Err != nil || l.Targets != 2 || !strings.HasPrefix(strings.Join(l.Notes, "; "), notes) {
				t.Errorf("%s: %+v", yaml, l)
			}
		} else if l.Err == nil || !strings.HasPrefix(l.Err.Error(), filepath.Join(dir, want)) || l.Targets != 1 {
			t.Errorf("%s: %+v, want %s", yaml, l, want)
		}
	}
}

// A list that is missing, and lists without a target, are mistakes; a program is
// started only by those who ask for it.
func TestLists(t *testing.T) {
	a := auditorOf(t, newWorld(), "", "a.example")
	g := a.Config.Groups["web"]
	empty := filepath.Join(t.TempDir(), "empty.txt")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		sources Sources
		remote  bool
		want    string // of the error; empty: none
	}{
		{"missing", Sources{Files: []string{"gone.txt"}}, false, "gone.txt"},
		{"empty", Sources{Files: []string{empty}}, false, "there is no target"},
		{"a program", Sources{Commands: [][]string{{"false"}}}, false, ""},
		{"a program that fails", Sources{Commands: [][]string{{"false"}}}, true, "exit status 1"},
		{"all is well", Sources{Inline: []Text{"a.example"}}, false, ""},
	} {
		g.Targets = c.sources
		err := g.checkLists(t.Context(), a.Getenv, c.remote).Err
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}
