package audit

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// teamed is an auditor of three hosts of two teams, and a notifier whose one
// receiver is as yaml says.
func teamed(t *testing.T, w *world, where, yaml string) (*Auditor, *Notifier, func() []message) {
	t.Helper()
	a := auditorOn(t, w, where, "", "unused.example")
	list := filepath.Join(t.TempDir(), "hosts.csv")
	lines := "host,tags\na.example,team=web;env=prod\nb.example,team=shop\nc.example,\n"
	if err := os.WriteFile(list, []byte(lines), 0o600); err != nil {
		t.Fatal(err)
	}
	a.Config.Groups["web"].Targets = Sources{Files: []string{list}}
	n, told := notifierOf(t, a)
	config, err := Parse([]byte("groups: {web: {targets: {inline: [a]}}}\nreceivers: {hook: {exec: [a], "+yaml+"}}"), "tlschain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	r := config.Receivers["hook"]
	r.Exec = a.Config.Receivers["hook"].Exec
	a.Config.Receivers["hook"] = r
	return a, n, told
}

// endpoints are those that a message says have changed.
func (m *message) endpoints() string {
	var keys []string
	for _, c := range m.Changes {
		keys = append(keys, strings.TrimSuffix(c.Endpoint, ".example:443"))
	}
	return strings.Join(keys, " ")
}

func TestNoticesByTag(t *testing.T) {
	for _, c := range []struct{ tags, want string }{
		{"tags: {team: web}", "a"}, {"tags: {team: [web, shop]}", "a b"}, {"tags: {team: web, env: test}", ""}, {"tags: {env: prod}", "a"}, {"lang: en", "a b c"},
	} {
		w := newWorld()
		a, n, told := teamed(t, w, filepath.Join(t.TempDir(), "history.db"), c.tags)
		for _, host := range []string{"a.example", "b.example", "c.example"} {
			w.set(host, "incomplete")
		}
		runNight(t, a)
		tell(t, n)
		got, text := "", ""
		for _, m := range told() {
			got, text = m.endpoints(), m.Text
		}
		if got != c.want {
			t.Errorf("%s: told of %q, want %q", c.tags, got, c.want)
		}
		for _, host := range []string{"a", "b", "c"} {
			if strings.Contains(text, host+".example") != strings.Contains(c.want, host) {
				t.Errorf("%s: wrong endpoints in\n%s", c.tags, text)
			}
		}
		if strings.Contains(c.tags, "team: web}") && !strings.Contains(text, "of its endpoints with team=web: 1 endpoint, 1 with errors") {
			t.Errorf("the counts are of others, too:\n%s", text)
		}
	}
}

// What is wrong with the audit itself reaches whoever hears of the whole group,
// and somebody does in any case.
func TestAuditsWarningsByTag(t *testing.T) {
	warnings := []auditWarning{{Incomplete, "not complete", "Not complete: x"}}
	tagged := map[string]Values{"team": {"web"}}
	for _, c := range []struct {
		r      Receiver
		orphan bool
		want   bool
	}{
		{Receiver{}, false, true}, {Receiver{Tags: tagged}, false, false}, {Receiver{Tags: tagged}, true, true},
		{Receiver{Tags: tagged, Events: []string{"incomplete"}}, false, true}, {Receiver{Tags: tagged, Events: []string{"worse"}}, true, false},
	} {
		m := c.r.digest(&Config{}, history.Audit{Group: "web"}, &auditNews{warnings: map[string][]auditWarning{"": warnings}, orphan: c.orphan})
		if (m != nil) != c.want {
			t.Errorf("%+v, orphan %v: %+v", c.r, c.orphan, m)
		}
	}
}

// What is still there after remind_after is told again, so often, and no more
// once it is fixed.
func TestRemindAfter(t *testing.T) {
	w := newWorld()
	a, n, told := teamed(t, w, filepath.Join(t.TempDir(), "history.db"), "remind_after: 7d")
	w.set("a.example", "incomplete")
	w.set("b.example", "down")
	var days []string
	var text string
	for day := range 20 {
		if day == 10 {
			w.set("a.example", "incomplete renewed") // the same fault of another certificate
		}
		if day == 16 {
			w.set("b.example", "")
		}
		runNight(t, a)
		tell(t, n)
		for _, m := range told() {
			for _, s := range m.Still {
				days = append(days, time.Time.String(w.now)[8:10]+strings.TrimSuffix(s.Endpoint, ".example:443"))
				text = m.Text
			}
		}
		w.sleep(24*time.Hour - time.Second*time.Duration(day)) // never quite a day
	}
	// Told on day 1 as changes; a week and two weeks later again.
	if got := strings.Join(days, " "); got != "08a 08b 15a 15b" {
		t.Errorf("reminded on %s", got)
	}
	if !strings.Contains(text, "\nStill there (2)\n  a.example:443: missing-intermediate=error; refused by go, since 2026-05-01\n"+
		"  b.example:443: no chain: refused, since 2026-05-01\n") || !strings.Contains(text, ": tlschain fix a.example\n") {
		t.Errorf("%s", text)
	}
}

func TestSummaries(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { summaries(t, filepath.Join(t.TempDir(), "history.db")) })
	t.Run("PostgreSQL", func(t *testing.T) { summaries(t, pgtest.Start(t).Database(t)) })
}

// A summary comes once a week, however many keep the schedule and however often
// they start anew; and late rather than never.
func summaries(t *testing.T, where string) {
	w := newWorld() // a Friday, at 2
	a, n, told := teamed(t, w, where, "digest: weekly, lang: ja, tags: {team: [web, shop]}")
	w.set("a.example", "incomplete")
	w.set("b.example", "valid 2026-03-01/2026-05-20")
	w.set("c.example", "incomplete") // of no team
	runNight(t, a)
	tell(t, n)
	told() // changes
	var days []string
	var all []message
	for day := range 25 {
		var workers sync.WaitGroup
		for range 3 {
			other := *n // another process, or the same after a restart
			if day > 15 && day < 19 {
				continue // they are down on the Monday
			}
			workers.Go(func() {
				if err := other.Queue(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		workers.Wait()
		if _, _, err := n.Send(t.Context(), true); err != nil {
			t.Fatal(err)
		}
		for _, m := range told() {
			days, all = append(days, w.clock().at(nil).Format("2 15h")), append(all, m)
		}
		if day == 20 {
			w.set("a.example", "")
			w.set("b.example", "")
			runNight(t, a)
			if _, _, err := n.Send(t.Context(), true); err != nil {
				t.Fatal(err)
			}
		}
		w.sleep(24 * time.Hour)
	}
	if got := strings.Join(days, ", "); got != "5 02h, 12 02h, 20 02h, 22 02h" {
		t.Errorf("told on %s", got) // the 22nd: of what is well again
	}
	first := all[0]
	if first.Title != "tlschain: 問題あり 1 件、30 日以内に期限切れ 1 件" || len(first.Still) != 1 || first.Still[0].Endpoint != "a.example:443" ||
		len(first.Ending) != 1 || first.Ending[0].Endpoint != "b.example:443" || first.Ending[0].Since != nil {
		t.Errorf("%+v", first)
	}
	for _, want := range []string{
		"\nweb で問題のあるもの (1)\n  a.example:443: missing-intermediate=error; 拒否するクライアント: go (2026-05-01 から)\n",
		"\nweb で 30 日以内に期限が切れるもの (1)\n  b.example:443: 期限 2026-05-20\n", ": tlschain fix a.example\n",
	} {
		if !strings.Contains(first.Text, want) {
			t.Errorf("%q is not in\n%s", want, first.Text)
		}
	}
}

// A receiver that is new, or gets summaries at other times, gets none of times
// that are past; one without them is forgotten.
func TestSummaryTimesChange(t *testing.T) {
	w := newWorld()
	a, n, told := teamed(t, w, filepath.Join(t.TempDir(), "history.db"), `digest: {cron: "30 8 * * 1-5", time_zone: Asia/Tokyo}`)
	w.set("a.example", "incomplete")
	runNight(t, a)
	queued := func() int {
		tell(t, n)
		return len(told())
	}
	if got := queued(); got != 1 { // the changes
		t.Errorf("%d messages at first", got)
	}
	w.sleep(72 * time.Hour) // Monday, 11 in Tokyo
	if got := queued(); got != 1 {
		t.Errorf("%d messages on Monday", got)
	}
	r := n.Config.Receivers["hook"]
	weekly := *r.Digest
	weekly.Cron.Text = "other"
	r.Digest = &weekly
	w.sleep(24 * time.Hour)
	if got := queued(); got != 0 {
		t.Errorf("%d messages when the times have changed", got)
	}
	r.Digest = nil
	queued()
	if planned, err := n.DB.Reminders(t.Context()); err != nil || len(planned) != 0 {
		t.Errorf("%v %v", planned, err)
	}
}

func TestReceiverMistakes(t *testing.T) {
	for _, c := range []struct{ yaml, want string }{
		{"lang: de", `"de": write en or ja`},
		{"digest: sometimes", `"sometimes" is no time for a digest: write weekly, daily or a cron expression such as "0 8 * * 1"`},
		{"digest: {time_zone: UTC}", `a digest needs cron, such as {cron: "0 8 * * 1", time_zone: Europe/Berlin}`},
		{`digest: "0 8 30 2 *"`, `"0 8 30 2 *" never comes`},
		{"remind_after: 1h", "nobody wants to hear of the same that often: write 1d or more, such as 7d"},
		{"remind_after: soon", `"soon" is no duration`},
		{"tags: [web]", "this is a list"},
		{"tags: {team: []}", "team has no value: write team: web, or a list of values"},
	} {
		_, err := Parse([]byte("groups: {web: {targets: {inline: [a]}}}\nreceivers: {hook: {exec: [a], "+c.yaml+"}}"), "tlschain.yaml")
		if err == nil || !strings.Contains(err.Error(), c.want) || !strings.HasPrefix(err.Error(), "tlschain.yaml:2: ") {
			t.Errorf("%s: %v, want %s", c.yaml, err, c.want)
		}
	}
}
