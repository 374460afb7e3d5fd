package yamlfile

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml/ast"
)

// A site has what the files of the program have: keys, names, lists, scalars of
// each kind, what reads itself, and keys of another struct among its own.
type site struct {
	Hosts    []string           `yaml:"hosts"`
	Ports    []uint16           `yaml:"ports"`
	Commands [][]string         `yaml:"commands"`
	Schedule *schedule          `yaml:"schedule"`
	Named    map[string]*colour `yaml:"named"`
	Common   `yaml:",inline"`
}

type Common struct {
	Count int     `yaml:"count"`
	Rate  float64 `yaml:"rate"`
	Fast  bool    `yaml:"fast"`
	Title string  `yaml:"title"`
	Since day     `yaml:"since"`
}

type schedule struct {
	Cron string `yaml:"cron"`
	Zone string `yaml:"zone"`
}

// A colour says more about itself than its type.
type colour struct {
	Name string `yaml:"name"`
	Kind day    `yaml:"kind"`
}

func (c *colour) UnmarshalYAML(node ast.Node) error {
	type plain colour
	if err := Value(node, (*plain)(c)); err != nil {
		return err
	}
	if c.Name == "" {
		return Errorf(node, "it has no name")
	}
	return nil
}

// A weekday is a key that reads itself.
type weekday string

func (w *weekday) UnmarshalYAML(node ast.Node) error {
	text, err := Scalar(node)
	if err == nil && !strings.HasSuffix(text, "day") {
		return Errorf(node, "%q is no weekday", text)
	}
	*w = weekday(text)
	return err
}

// A day fails without a place.
type day struct{ time.Time }

func (d *day) UnmarshalText(text []byte) (err error) {
	if d.Time, err = time.Parse(time.DateOnly, string(text)); err != nil {
		return fmt.Errorf("%q is no day", text)
	}
	return nil
}

// Each mistake is told with its line, its key, what stands there and what to
// type.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{`schedule: "* * * * *"`, "line 1: schedule: this is a text, but keys belong here (cron, zone): type {cron: ...}"},
		{`schedule: [cron]`, "line 1: schedule: this is a list, but keys belong here (cron, zone): type {cron: ...}"},
		{`hosts: a.example`, "line 1: hosts: this is a text, but a list belongs here: type [a.example]"},
		{`hosts: "a: b"`, `line 1: hosts: this is a text, but a list belongs here: type ["a: b"]`},
		{`hosts: {a: b}`, "line 1: hosts: this is a mapping of keys, but a list belongs here: type [...]"},
		{"hosts:\n- [a]", "line 2: hosts[0]: this is a list, but one text belongs here: type a"},
		{"hosts:\n- a:443\n- b: 443", "line 3: hosts[1]: this is a mapping of keys, but one text belongs here: type it without brackets and keys"},
		{`commands: [ls, -l]`, "line 1: commands[0]: this is a text, but a list belongs here: type [ls]"},
		{`ports: 443`, "line 1: ports: this is the number 443, but a list belongs here: type [443]"},
		{`ports: [443, 70000]`, "line 1: ports[1]: this is the number 70000, but a whole number from 0 to 65535 belongs here: type for example 443"},
		{`ports: [443, x]`, "line 1: ports[1]: this is a text, but a whole number from 0 to 65535 belongs here"},
		{`count: many`, "line 1: count: this is a text, but a whole number belongs here: type for example 8"},
		{`count: 1.5`, "line 1: count: this is the number 1.5, but a whole number belongs here"},
		{`count: 99999999999999999999999`, "line 1: count: this is a text, but a whole number"},
		{`rate: [1]`, "line 1: rate: this is a list, but a number belongs here: type 1"},
		{`rate: fast`, "line 1: rate: this is a text, but a number belongs here: type for example 2.5"},
		{`fast: maybe`, "line 1: fast: this is a text: type true or false"},
		{`fast: 1`, "line 1: fast: this is the number 1: type true or false"},
		{`title: [a]`, "line 1: title: this is a list, but one text belongs here: type a"},
		{`title: {a: b}`, "line 1: title: this is a mapping of keys, but one text belongs here"},
		{`since: soon`, `line 1: since: "soon" is no day`},
		{`named: red`, "line 1: named: this is a text, but names belong here, each with its value: type {NAME: ...}"},
		{"named:\n  a: {name: x, kind: soon}", `line 2: named.a.kind: "soon" is no day`},
		{"named:\n  a: {name: [x, y]}", "line 2: named.a.name: this is a list, but one text belongs here"},
		{"named:\n  a: {nmae: x}", `line 2: unknown field "nmae" in named.a: did you mean name?`},
		{"named:\n  a: {kind: 2026-01-01}", "line 2: named.a: it has no name"},
		{"named:\n  a: x", "line 2: named.a: this is a text, but keys belong here (name, kind): type {name: ...}"},
		{`shcedule: {}`, `line 1: unknown field "shcedule": did you mean schedule?`},
		{"title: a\n\ntitle: b", `line 3: mapping key "title" already defined at [1:1]: type it once`},
		{`site`, "line 1: this is a text, but keys belong here (hosts, "},
		{`- site`, "line 1: this is a list, but keys belong here (hosts, "},
		{"title: a\n---\ntitle: b", "line 2: a second document begins here: write one for each file"},
		{"named:\n\ta: {}", "line 2: a tab cannot indent: type spaces"},
		{"hosts: [a", "line 1: the list that begins here does not end: type ]"},
		{"hosts: [*.example]", "line 1: * begins the name of an anchor"},
		{"title: \"a", "line 1: the text that begins here does not end"},
		{"schedule: {cron: a\ntitle: b", "line 2: the mapping does not go on"},
		{"title: a\n  fast: true", "line 1: this has a value already"},
	} {
		_, wrong := Read([]byte(c.in), &site{})
		if wrong == nil || !strings.HasPrefix(wrong.Error(), c.want) {
			t.Errorf("%s\n\tgives %v\n\twant  %s", c.in, wrong, c.want)
		}
	}
}

// What is right stays so: nothing, comments, anchors, merged mappings, numbers
// as texts, and keys of the inlined struct.
func TestRead(t *testing.T) {
	for _, in := range []string{"", "# nothing yet\n", "title: 5\ncount: 0x10\nrate: 3\nfast: true\nsince: 2026-01-01", "schedule:\nnamed:\n  a:\n",
		"named:\n  a: &a {name: x}\n  b: *a\nhosts: &h [a]\ncommands: [*h]\nschedule: {<<: &z {zone: UTC}, cron: x}\n", "title: |\n  two\n  lines\n"} {
		s := site{}
		if _, wrong := Read([]byte(in), &s); wrong != nil {
			t.Errorf("%s\n\tgives %v", in, wrong)
		} else if strings.Contains(in, "two") && s.Title != "two\nlines\n" {
			t.Errorf("title %q", s.Title)
		}
	}
	_, wrong := Read([]byte("\n  fast: 1"), &site{})
	if got := wrong.In("a.yaml").Error(); got != "a.yaml:2:9: fast: this is the number 1: type true or false" {
		t.Error(got)
	}
}

// All mistakes are told, in their order, each once: wrong types, unknown keys, and
// what reads itself and cannot, within lists and names too.
func TestMistakesTogether(t *testing.T) {
	const text = `since: tomorrow
hosts: a.example
named:
  a: {name: x, kind: yes}
  b: {kind: 2026-01-01}
  c: {nam: y, kind: never}
fats: true
ports: [80, http, -1]
`
	_, wrong := Read([]byte(text), &site{})
	want := []string{"a.yaml:1:8: since: ", "a.yaml:2:8: hosts: ", "a.yaml:4:22: named.a.kind: ", "a.yaml:5:", "a.yaml:6:7: unknown field \"nam\" in named.c",
		"a.yaml:6:21: named.c.kind", "a.yaml:7:1: unknown field \"fats\"", "a.yaml:8:13: ports[1]", "a.yaml:8:19: ports[2]"}
	got := strings.Split(wrong.In("a.yaml").Error(), "\n")
	if len(got) != len(want) {
		t.Fatalf("%d mistakes, want %d:\n%v", len(got), len(want), strings.Join(got, "\n"))
	}
	for i, begins := range want {
		if !strings.HasPrefix(got[i], begins) {
			t.Errorf("%s\nwant %s", got[i], begins)
		}
	}
	_, wrong = Read([]byte("since: &day 2026-01-01\nnamed:\n  a: {name: x, kind: *day}\nfats: true\n"), &site{})
	if len(wrong) != 1 || wrong[0].Unknown != "fats" {
		t.Errorf("an alias is no mistake: %v", wrong)
	}
	var holidays struct {
		Named map[weekday]bool `yaml:"named"`
	}
	_, wrong = Read([]byte("named:\n  monday: true\n  moonday1: false\n  friday: yes\n  fridy1: true\n"), &holidays)
	if got := wrong.In("a.yaml").Error(); got != "a.yaml:3:3: named: \"moonday1\" is no weekday\n"+
		"a.yaml:4:11: named.friday: this is a text: type true or false\na.yaml:5:3: named: \"fridy1\" is no weekday" {
		t.Errorf("keys that read themselves: %s", got)
	}
	_, wrong = Read([]byte("ports: ["+strings.Repeat("x, ", 1000)+"]"), &site{})
	if len(wrong) != maxErrors {
		t.Errorf("%d of a thousand mistakes", len(wrong))
	}
}
