package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/cmd/tlschain/internal/publishertest"
	"github.com/tlschain/tlschain/rules/catalog"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A dataHome is where one user's facts are kept, and publishers to ask.
type dataHome struct {
	*publishertest.Server
	dir string
}

func newDataHome(t *testing.T) *dataHome {
	t.Helper()
	h := &dataHome{Server: publishertest.Start(t), dir: t.TempDir()}
	h.Set(publishertest.ChromeCerts, tlstest.For(t).Root("new").PEM())
	h.chromeWithout(0)
	return h
}

// chromeWithout publishes Chrome's list of our facts, less its last anchors.
func (h *dataHome) chromeWithout(n int) {
	store, _ := catalog.Embedded().Store("chrome-156")
	var anchors []publishertest.Anchor
	for _, a := range store.Anchors.All() {
		c := store.Constraints[a.SHA256]
		anchors = append(anchors, publishertest.Anchor{SHA256: a.SHA256, Until: c.SCTUntil, From: c.From, Added: c.Intermediate})
	}
	h.Set(publishertest.ChromeStore, publishertest.Textproto(40+n, anchors[:len(anchors)-n]...))
}

func (h *dataHome) environ(name string) string {
	return map[string]string{"XDG_CACHE_HOME": h.dir, "SSL_CERT_FILE": h.CAFile}[name]
}

func (h *dataHome) run(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(""), &out, &err, h.environ)
	return code, out.String(), err.String()
}

func (h *dataHome) source() string { return "chrome=" + h.URL + "/chrome" }

// anchors counts those that the kept facts have of Chrome's store.
func (h *dataHome) anchors(t *testing.T) (n int) {
	t.Helper()
	file, err := os.Open(filepath.Join(h.dir, name, "facts.bin"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	facts, err := catalog.Read(file)
	if err != nil {
		t.Fatalf("the facts are half: %v", err)
	}
	for _, s := range facts.Stores() {
		if s.Client == "chrome" {
			n = len(s.Anchors.All())
		}
	}
	return n
}

func (h *dataHome) files(t *testing.T) map[string]string {
	t.Helper()
	all := make(map[string]string)
	found, err := filepath.Glob(filepath.Join(h.dir, name, "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range found {
		all[filepath.Base(file)] = string(read(t, file))
	}
	return all
}

// An update by way of the command line: what is the same, newer, refused, forced.
func TestDataUpdate(t *testing.T) {
	h := newDataHome(t)
	expect := func(wantCode int, wantOut, wantErr string, args ...string) {
		t.Helper()
		code, stdout, stderr := h.run(t, args...)
		if code != wantCode || !strings.Contains(stdout, wantOut) || !strings.Contains(stderr, wantErr) || wantErr == "" && stderr != "" {
			t.Errorf("%q: exit code %d, want %d\n%s%s", args, code, wantCode, stdout, stderr)
		}
	}
	expect(1, "1 CA certificates are new", "", "data", "check", "--source", h.source())
	if len(h.files(t)) > 0 {
		t.Error("data check wrote something")
	}
	expect(0, "1 CA certificates are new", "", "data", "update", "--source", h.source())
	expect(0, "nothing has changed", "", "data", "update", "--source", h.source()) // by its ETag
	h.chromeWithout(1)
	before := h.files(t)
	expect(1, "newer", "", "data", "check", "--source", h.source())
	if after := h.files(t); after["facts.bin"] != before["facts.bin"] || after["sources.json"] != before["sources.json"] {
		t.Error("data check wrote something")
	}
	expect(0, "0 anchors more, 1 fewer", "", "data", "update", "--source", h.source())

	// Into a closed network.
	stick := filepath.Join(t.TempDir(), "stick")
	expect(0, "are in "+stick, "", "data", "export", stick)
	other := &dataHome{Server: h.Server, dir: t.TempDir()}
	if code, stdout, stderr := other.run(t, "data", "update", "--from", stick); code != 0 {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	if other.files(t)["facts.bin"] != h.files(t)["facts.bin"] {
		t.Error("the facts are others in the closed network")
	}

	h.chromeWithout(60)
	before = h.files(t)
	const refusal = "tlschain: chrome: it would lose 59 of 114 anchors of chrome"
	expect(2, "", refusal, "data", "check", "--source", h.source())
	expect(2, "chrome       not taken", refusal, "data", "update", "--source", h.source())
	if after := h.files(t); after["facts.bin"] != before["facts.bin"] {
		t.Error("what was refused was kept")
	}
	expect(0, "without 59 of 114 anchors of chrome", "", "data", "update", "--force", "--source", h.source())

	expect(2, "", `there is no source "opera"`, "data", "update", "--source", "opera")
	expect(2, "", "begins with https://", "data", "update", "--source", "chrome=http://192.0.2.1/")
	expect(0, "0 days old", "", "data", "check", "--offline")

	expect(2, "", "data export takes one folder", "data", "export")
}

// Killed while a publisher answers, an update leaves the old facts.
func TestDataUpdateKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it stops the program again and again")
	}
	h := newDataHome(t)
	update := func() *exec.Cmd {
		cmd := exec.Command(builtBinary(t), "data", "update", "--source", h.source())
		cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+h.dir, "SSL_CERT_FILE="+h.CAFile)
		return cmd
	}
	if out, err := update().CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, path := range []string{publishertest.ChromeStore, publishertest.ChromeCerts} {
		old := h.anchors(t)
		h.chromeWithout(1)
		asked := make(chan struct{}, 10) // it may be asked again
		h.Instead(path, func(_ http.ResponseWriter, r *http.Request) {
			asked <- struct{}{}
			<-r.Context().Done()
		})
		cmd := update()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-asked
		cmd.Process.Kill()
		cmd.Wait()
		if now := h.anchors(t); now != old {
			t.Errorf("killed while %s was on its way: %d anchors, there were %d", path, now, old)
		}
	}
	h.Set(publishertest.ChromeCerts, tlstest.For(t).Root("new").PEM())

	// What killed ones left on their way is in nobody's way.
	h.chromeWithout(1)
	if out, err := update().CombinedOutput(); err != nil || h.anchors(t) != 115-1 {
		t.Errorf("the next update: %v\n%s", err, out)
	}
}
