package audit

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"
)

func TestExampleIsValid(t *testing.T) {
	config, err := Parse(Example, "tlschain.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Groups["websites"].Targets.Inline) != 2 {
		t.Errorf("groups: %+v", config.Groups)
	}
}

// Every commented key of the example is a key, too: with the comments taken
// off it is still a configuration.
func TestExampleComments(t *testing.T) {
	var whole strings.Builder
	for line := range strings.Lines(string(Example)) {
		trimmed := strings.TrimLeft(line, " ")
		indent := line[:len(line)-len(trimmed)]
		if code, ok := strings.CutPrefix(trimmed, "# "); ok && looksLikeYAML(code) {
			line = indent + code
		}
		whole.WriteString(line)
	}
	config, err := Parse([]byte(whole.String()), "tlschain.yaml")
	if err != nil {
		t.Fatalf("%v\n%s", err, whole.String())
	}
	g := config.Groups["websites"]
	if len(g.Schedule.Blackouts) != 2 || time.Duration(g.Retention) != 400*24*time.Hour || len(config.Receivers) != 2 ||
		g.Targets.ZoneFiles[0].Origin != "example.com" || g.Confirm.times() != 2 || g.Schedule.TimeZone.String() != "Europe/Berlin" {
		t.Errorf("the example without its comment signs: %+v", g)
	}
}

// looksLikeYAML tells a commented key or item from a sentence.
func looksLikeYAML(text string) bool {
	text = strings.TrimLeft(text, " ")
	if strings.HasPrefix(text, "- ") {
		return true
	}
	key, _, found := strings.Cut(text, ":")
	return found && !strings.ContainsAny(key, " ,.") && key == strings.ToLower(key)
}

func TestMistakesNameTheirLine(t *testing.T) {
	const good = "groups:\n  web:\n    targets: {inline: [a.example]}\n"
	for _, c := range []struct{ text, want string }{
		{"", "there is no group"},
		{"groups: [a", "f.yaml:1: "},
		{"groups: {web: {targets: {inline: [a.example:8443]}}}", "f.yaml:1: groups.web.targets.inline[0]: put quotes around a target with a colon"},
		{"groups:\n  web:\n    targets:\n      inline:\n      - [::1]:443\n", "f.yaml:5: "},
		{good + "    clints: [go]\n", `f.yaml:4: unknown field "clints" in groups.web: did you mean clients?`},
		{good + "    targets: {}\n", "f.yaml:4: "},
		{good + "    retention: 3 weeks\n", "f.yaml:4: groups.web.retention: \"3 weeks\" is no duration: write"},
		{good + "    schedule: {cron: \"61 * * * *\"}\n", "f.yaml:4: groups.web.schedule.cron: \"61 * * * *\" is no cron expression"},
		{good + "    schedule: {cron: \"@every 5m\"}\n", "f.yaml:4: groups.web.schedule.cron: \"@every 5m\" has no fixed place"},
		{good + "    schedule: {cron: \"0 2 30 2 *\"}\n", "f.yaml:4: groups.web.schedule.cron: \"0 2 30 2 *\" never comes"},
		{good + "    schedule: \"0 2 * * *\"\n", "f.yaml:4: groups.web.schedule: this is a text, but keys belong here (cron, time_zone, jitter, blackouts): type {cron: ...}"},
		{good + "    clients: go\n", "f.yaml:4: groups.web.clients: this is a text, but a list belongs here: type [go]"},
		{"database: postgres://user:secret@host/db\n" + good, "f.yaml:1: database: this is a text, but keys belong here (env, file): type {env: ...}"},
		{good + "    schedule: {time_zone: UTC}\n", "f.yaml:4: groups.web.schedule: a schedule needs cron"},
		{good + "    schedule:\n      cron: \"0 2 * * *\"\n      time_zone: Mars/Olympus\n", "f.yaml:6: groups.web.schedule.time_zone: \"Mars/Olympus\" is no time zone"},
		{good + "    schedule: {cron: \"0 2 * * *\", blackouts: [{from_date: tomorrow, to_date: 2026-12-01}]}\n", "f.yaml:4: groups.web.schedule.blackouts[0]: \"tomorrow\""},
		{good + "    schedule: {cron: \"0 2 * * *\", blackouts: [{from_time: \"00:00\", to_time: \"23:59\"}]}\n", "never comes, or only in blackouts"},
		{good + "    notify: [bob]\n", "f.yaml:4: groups.web.notify: there is no receiver \"bob\"; there is none"},
		{good + "    ports: [99999]\n", "f.yaml:4: "},
		{good + "    variants: [snu]\n", "\"snu\": write some of sni, key, version, quic"},
		{good + "    family: \"5\"\n", "write 4 or 6"},
		{good + "    zone: DMZ 1\n", "f.yaml:4: groups.web.zone: \"DMZ 1\" is no name for a network zone"},
		{good + "  Office: {targets: {inline: [a]}}\n", "f.yaml:4: groups.Office: \"Office\" is no name for a group"},
		{good + "    family: \"5\"\nserve: {cert: a}\nreceivers:\n  me: {}\n", "f.yaml:4: groups.web.family: write 4 or 6, or leave it out for both\n" +
			"f.yaml:5: serve: cert and key belong together\nf.yaml:7: receivers.me: write either"},
		{"groups:\n  Web Sites:\n    targets: {inline: [a]}\n", "is no name for a group"},
		{"groups:\n  web:\n", "f.yaml:2: groups.web: there is nothing in this group"},
		{"groups:\n  web:\n    clients: [go]\n", "groups.web.targets: there are none"},
		{good + "  web:\n    ports: [1]\n", `"web" already defined`},
		{good + "receivers:\n  me: {only: warning}\n", "f.yaml:5: receivers.me: write either url"},
		{good + "receivers:\n  me: {exec: [a], only: bad}\n", "receivers.me.only: severity \"bad\""},
		{good + "receivers:\n  me: {exec: [a], events: [bad]}\n", "\"bad\" is no event: write some of unreachable"},
		{good + "receivers:\n  me: {url: \"smtp://user:secret@host\"}\n", "f.yaml:5: "},
		{good + "serve: {listen: \"0.0.0.0:443\"}\n", "needs TLS"},
		{good + "serve: {listen: \"0.0.0.0:443\", cert: a, key: b}\n", "needs token or users"},
		{good + "serve: {listen: \"8480\"}\n", "is no address"},
		{good + "serve: {cert: a}\n", "cert and key belong together"},
		{good + "database: {env: A, file: b}\n", "f.yaml:4: database: write either env or file"},
	} {
		_, err := Parse([]byte(c.text), "f.yaml")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s\ngives: %v\nwant:  %s", c.text, err, c.want)
		}
	}
}

// Groups in zones need a database that their workers share; which one it is,
// the configuration alone does not say.
func TestZonesNeedPostgreSQL(t *testing.T) {
	config, err := Parse([]byte("groups:\n  a:\n    targets: {inline: [x]}\n  b:\n    targets: {inline: [x]}\n    zone: dmz\n  c:\n    zone: lab\n    targets: {inline: [x]}\n"), "f.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if got := config.Zones(); !slices.Equal(got, []string{"dmz", "lab"}) {
		t.Errorf("zones: %v", got)
	}
	if got := config.InZone("dmz"); len(got) != 1 || got[0].Name != "b" {
		t.Errorf("in dmz: %v", got)
	}
	if got := config.InZone(""); len(got) != 1 || got[0].Name != "a" {
		t.Errorf("in no zone: %v", got)
	}
	if config.Groups["b"].held(time.Now()) {
		t.Error("held without a schedule")
	}
	err = config.CheckDatabase("history.db")
	if err == nil || !strings.Contains(err.Error(), "f.yaml:6: groups.b.zone: the workers of a zone need") || !strings.Contains(err.Error(), "f.yaml:8: groups.c.zone: ") {
		t.Error(err)
	}
	if err := config.CheckDatabase("postgres://u@h/d"); err != nil {
		t.Error(err)
	}
}

// All mistakes are told at once.
func TestMistakesTogether(t *testing.T) {
	_, err := Parse([]byte("groups:\n  a:\n    clients: [go]\n  b:\n    family: \"5\"\n    targets: {inline: [x]}\n"), "f.yaml")
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("want two lines: %v", err)
	}
}

func TestSecret(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "s"), []byte("from file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	getenv := func(name string) string { return map[string]string{"A": " from env "}[name] }
	for _, c := range []struct {
		s          Secret
		want, fail string
	}{
		{Secret{Env: "A"}, "from env", ""}, {Secret{File: "s"}, "from file", ""}, {Secret{}, "", ""},
		{Secret{Env: "B"}, "", "environment variable B is empty"}, {Secret{File: "none"}, "", "no such file"},
	} {
		got, err := c.s.Read(dir, getenv)
		if got != c.want || (err == nil) != (c.fail == "") || err != nil && !strings.Contains(err.Error(), c.fail) {
			t.Errorf("%+v: %q, %v", c.s, got, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(string(Example))
	f.Add("groups: {a: {targets: {inline: [x]}, schedule: {cron: \"* * * * *\", blackouts: [{from_date: 2026-01-01}]}}}")
	f.Fuzz(func(t *testing.T, text string) {
		if config, err := Parse([]byte(text), "f.yaml"); err == nil && len(config.Groups) == 0 {
			t.Error("a configuration without groups was accepted")
		}
	})
}

var _ yaml.NodeUnmarshaler = (*Cron)(nil)
