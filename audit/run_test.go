package audit

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
)

func TestNights(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "a.example", "b.example", "c.example")
	for _, night := range []struct {
		name string
		set  map[string]string
		want string
	}{
		{"the first", nil, "a.example: new, b.example: new, c.example: new"},
		{"a quiet one", nil, ""},
		{"renewals are noise", map[string]string{"a.example": "renewed 1", "b.example": "renewed 1"}, ""},
		{"a chain breaks", map[string]string{"a.example": "renewed 1 incomplete"}, "a.example: refused+worse"},
		{"and stays broken", nil, ""},
		{"even when renewed", map[string]string{"a.example": "renewed 2 incomplete"}, ""},
		{"it is mended", map[string]string{"a.example": "renewed 2"}, "a.example: accepted+better"},
		{"another CA", map[string]string{"b.example": "other CA"}, "b.example: issuer"},
		{"a host is down", map[string]string{"c.example": "down"}, "c.example: unreachable"},
		{"and stays down", nil, ""},
		{"and is back", map[string]string{"c.example": ""}, "c.example: reachable"},
	} {
		for host, state := range night.set {
			w.set(host, state)
		}
		audit := runNight(t, a)
		if audit.State != history.Complete || audit.Endpoints != 3 {
			t.Errorf("%s: %+v", night.name, audit)
		}
		if got := material(t, a, audit.ID); got != night.want {
			t.Errorf("%s: told %q, want %q", night.name, got, night.want)
		}
	}
}

// A group in a network zone is not looked at from anywhere else.
func TestRunStaysInItsZone(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    zone: dmz\n", "a.example")
	for _, zone := range []string{"", "lab"} {
		a.Zone = zone
		if _, err := a.Run(t.Context(), "web"); err == nil || !strings.Contains(err.Error(), "group web belongs to zone dmz, not to ") {
			t.Errorf("in zone %q: %v", zone, err)
		}
	}
	if n := w.scanned("a.example"); n != 0 {
		t.Errorf("%d scans", n)
	}
	a.Zone = "dmz"
	runNight(t, a)
}

// What an unchanged endpoint shows differs every night in how long it took and
// in the text of an error; it is one state all the same.
func TestQuietNightsMakeNoStates(t *testing.T) {
	w := newWorld()
	w.set("b.example", "down")
	a := auditorOf(t, w, "", "a.example", "b.example")
	for range 4 {
		runNight(t, a)
	}
	for _, key := range []string{"a.example:443", "b.example:443"} {
		c, err := a.DB.EndpointByKey(t.Context(), "web", key)
		if err != nil {
			t.Fatal(err)
		}
		line, err := a.DB.Timeline(t.Context(), c.Endpoint.ID, 10)
		if err != nil || len(line) != 1 || line[0].First != 1 || line[0].Last != 4 {
			t.Errorf("%s: %v %v", key, line, err)
		}
	}
}

func TestFlapping(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "blip.example", "flap.example", "dead.example")
	runNight(t, a)
	w.hook = func(host string, scan int) {
		switch {
		case host == "blip.example" && scan == 2:
			w.set(host, "down")
		case host == "flap.example":
			w.set(host, []string{"incomplete", "down"}[scan%2])
		case host == "dead.example":
			w.set(host, "down")
		default:
			w.set(host, "")
		}
	}
	audit := runNight(t, a)
	if got, want := material(t, a, audit.ID), "dead.example: unreachable"; got != want {
		t.Errorf("told %q, want %q", got, want)
	}
	if got := SummaryOf(audit).Flapping; got != 1 {
		t.Errorf("%d endpoints flap, want 1", got)
	}
	if n := w.scanned("dead.example"); n != 3 { // night 1, night 2, once more to confirm
		t.Errorf("the dead host was looked at %d times, want 3", n)
	}
	if audit.State != history.Complete || audit.Endpoints != 3 {
		t.Errorf("%+v", audit)
	}
}

func TestConfirmOnceMeansNoSecondLook(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "    confirm: {times: 1}\n", "a.example")
	runNight(t, a)
	w.set("a.example", "down")
	audit := runNight(t, a)
	if got := material(t, a, audit.ID); got != "a.example: unreachable" || w.scanned("a.example") != 2 {
		t.Errorf("told %q after %d looks", got, w.scanned("a.example"))
	}
}

func TestStoppedAuditKeepsWhatItSaw(t *testing.T) {
	w := newWorld()
	var hosts []string
	for n := range 50 {
		hosts = append(hosts, fmt.Sprintf("host%02d.example", n))
	}
	a := auditorOf(t, w, "", hosts...)
	runNight(t, a)
	ctx, stop := context.WithCancel(t.Context())
	w.hook = func(host string, scan int) {
		if host == "host20.example" {
			stop()
		}
	}
	audit, err := a.Run(ctx, "web")
	if err != nil {
		t.Fatal(err)
	}
	if audit.State != history.Partial || audit.Endpoints != 21 {
		t.Errorf("a stopped audit: %+v", audit)
	}
	w.hook = nil
	if next := runNight(t, a); next.State != history.Complete || material(t, a, next.ID) != "" {
		t.Errorf("the next audit: %+v %q", next, material(t, a, next.ID))
	}
}

func TestEndpointComesBackWhole(t *testing.T) {
	w := newWorld()
	w.set("a.example", "incomplete")
	a := auditorOf(t, w, "", "a.example:8443", "[2001:db8::1]:443", "starttls+smtp://b.example:25", "www.example@192.0.2.7:443")
	audit := runNight(t, a)
	var keys []string
	for row, err := range a.DB.Rows(t.Context(), audit.ID) {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, row.Endpoint.Key)
		got, err := Endpoint(row.Endpoint, row.State)
		if err != nil {
			t.Fatal(err)
		}
		if got.Host != "a.example" {
			continue
		}
		want := fake(scanner.Target{Text: "a.example:8443", Host: "a.example", Port: 8443, ServerName: "a.example"}, "incomplete")
		want.Handshake.DurationMS = got.Handshake.DurationMS
		if d := cmp.Diff(string(want.AppendJSON(nil)), string(got.AppendJSON(nil))); d != "" {
			t.Errorf("(-stored +read):\n%s", d)
		}
	}
	want := []string{"[2001:db8::1]:443", "a.example:8443", "starttls+smtp://b.example:25", "www.example@192.0.2.7:443"}
	if d := cmp.Diff(want, keys); d != "" {
		t.Errorf("keys (-want +got):\n%s", d)
	}
}

func TestSources(t *testing.T) {
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusForbidden)
		}
		fmt.Fprintln(w, "url.example")
	}))
	defer web.Close()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"hosts.txt": "# list\nfile.example\nnot a target\n",
		"zone":      "$TTL 1h\n@ IN SOA ns hostmaster 1 1 1 1 1\n@ IN A 192.0.2.1\nwww IN CNAME @\n*.wild IN A 192.0.2.1\n_sip IN A 192.0.2.1\ntxt IN TXT \"x\"\nwww IN AAAA 2001:db8::1\n",
		"token":     "s3cret\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	hosts := func(yaml string) string {
		config, err := Parse([]byte("groups:\n  web:\n    targets:\n"+yaml), filepath.Join(dir, "tlschain.yaml"))
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		g := config.Groups["web"]
		for target, err := range g.targets(t.Context(), g.lists(os.Getenv), nil) {
			var source *sourceError
			switch {
			case errors.As(err, &source):
				out = append(out, "SOURCE")
			case err != nil:
				out = append(out, "LINE")
			default:
				out = append(out, target.Host)
			}
		}
		return strings.Join(out, " ")
	}
	for _, c := range []struct{ yaml, want string }{
		{"      inline: [inline.example, \"10.0.0.1-10.0.0.2\"]\n", "inline.example 10.0.0.1 10.0.0.2"},
		{"      files: [hosts.txt]\n", "file.example LINE"},
		{"      files: [none.txt]\n      inline: [inline.example]\n", "inline.example SOURCE"},
		{"      commands: [[echo, command.example]]\n", "command.example"},
		{"      commands: [[sh, -c, \"echo half.example; exit 3\"]]\n", "half.example SOURCE"},
		{"      commands: [[no-such-program]]\n", "SOURCE"},
		{"      urls: [{url: \"" + web.URL + "\", token: {file: token}}]\n", "url.example"},
		{"      urls: [{url: \"" + web.URL + "\"}]\n", "SOURCE"},
		{"      zones: [{file: zone, origin: example.com}]\n", "example.com www.example.com"},
		{"      zones: [{file: hosts.txt, origin: example.com}]\n", "SOURCE"},
	} {
		if got := hosts(c.yaml); got != c.want {
			t.Errorf("%s gives %q, want %q", c.yaml, got, c.want)
		}
	}
}

// A list that cannot be read makes nobody gone.
func TestFailedSourceMakesPartialAudit(t *testing.T) {
	w := newWorld()
	dir := t.TempDir()
	file := filepath.Join(dir, "hosts.txt")
	if err := os.WriteFile(file, []byte("b.example\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	a := auditorOf(t, w, "", "a.example")
	a.Config.Groups["web"].Targets.Files = []string{file}
	runNight(t, a)
	os.Remove(file)
	audit := runNight(t, a)
	if audit.State != history.Partial || material(t, a, audit.ID) != "" || len(SummaryOf(audit).Troubles) != 1 {
		t.Errorf("%+v", audit)
	}
	if c, err := a.DB.EndpointByKey(t.Context(), "web", "b.example:443"); err != nil || c.Gone != 0 {
		t.Errorf("b.example is gone: %+v %v", c, err)
	}
	a.Config.Groups["web"].Targets.Files = nil
	audit = runNight(t, a)
	if got := material(t, a, audit.ID); got != "b.example: gone" {
		t.Errorf("taken off the list: told %q", got)
	}
}

func TestOneAuditOfAGroupAtATime(t *testing.T) {
	w := newWorld()
	a := auditorOf(t, w, "", "a.example")
	w.hook = func(string, int) {
		w.hook = nil
		if _, err := a.Run(t.Context(), "web"); !errors.Is(err, history.ErrBusy) {
			t.Errorf("a second audit at the same time: %v", err)
		}
	}
	runNight(t, a)
	if _, err := a.Run(t.Context(), "mail"); err == nil || !strings.Contains(err.Error(), "there is web") {
		t.Errorf("a group that is not there: %v", err)
	}
}

func TestExpiresFollowsTheClientsPath(t *testing.T) {
	e := fake(scanner.Target{Host: "a.example", ServerName: "a.example"}, "")
	stale := reports.Certificate{Position: 2, Role: "cross", SHA256: reports.Hash{9}, NotAfter: e.Chain[0].NotAfter.AddDate(-1, 0, 0)}
	e.Chain = append(e.Chain, stale)
	e.Chain[1].NotAfter = e.Chain[0].NotAfter.AddDate(0, -1, 0)
	root := reports.Hash{8}
	e.Unsent = []reports.Unsent{{SHA256: root, NotAfter: e.Chain[0].NotAfter.AddDate(-2, 0, 0)}}
	e.Clients = []reports.Client{{Client: "go", Accepted: true, Path: []reports.Hash{e.Chain[0].SHA256, e.Chain[1].SHA256, root}}}
	if got := factsOf(&e).Expires; !got.Equal(e.Chain[1].NotAfter) {
		t.Errorf("expires %v, want the intermediate's end %v", got, e.Chain[1].NotAfter)
	}
	e.Clients = append(slices.Clone(e.Clients), reports.Client{Client: "old", Accepted: true, Path: []reports.Hash{e.Chain[0].SHA256, stale.SHA256, root}})
	if got := factsOf(&e).Expires; !got.Equal(stale.NotAfter) {
		t.Errorf("expires %v, want %v, when the first client breaks", got, stale.NotAfter)
	}
}
