package dashboard

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

var shots = flag.String("shots", "", "a directory for screenshots of the dashboard, to be looked at")

// A tab is Chromium on the pages of a server, with all that it complained about.
type tab struct {
	context.Context
	t          *testing.T
	base       string
	mu         sync.Mutex
	complaints []string
}

// open starts Chromium. It finds our server and no other.
func open(t *testing.T, s *Server) *tab {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is missing: apt-get install chromium")
		}
		t.Skip("chromium is missing: apt-get install chromium")
	}
	server := httptest.NewServer(handler(t, s))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Env("TMPDIR="+dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &tab{Context: ctx, t: t, base: server.URL}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.width(1280)
	return b
}

func (b *tab) listen(event any) {
	said := ""
	switch e := event.(type) {
	case *runtime.EventConsoleAPICalled:
		said = "console." + string(e.Type)
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
	case *log.EventEntryAdded:
		said = string(e.Entry.Level) + ": " + e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, said)
}

// patience ends a step that hangs; it is no measure of speed.
const patience = 2 * time.Minute

func run[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b, patience)
	defer stop()
	v, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return v
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(steps...))
}

// js evaluates an expression, which may be a promise.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

func (b *tab) width(w int64) { b.do(chromedp.EmulateViewport(w, 900)) }

func (b *tab) visit(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("footer")))
}

// follow clicks on the first link with a text, within what a selector names.
func (b *tab) follow(within, text string) {
	b.t.Helper()
	if !js[bool](b, fmt.Sprintf(`(() => { const a = [...document.querySelectorAll(%q)].find(a => a.textContent.includes(%q)); if (!a) return false; a.dataset.here = ""; return true })()`, within+" a", text)) {
		b.t.Fatalf("there is no link %q in %s of %s", text, within, b.text("h1"))
	}
	b.do(chromedp.Click(chromedp.CSS("[data-here]")), chromedp.WaitReady(chromedp.CSS("footer")))
	b.do(chromedp.WaitNotPresent(chromedp.CSS("[data-here]")), chromedp.WaitReady(chromedp.CSS("footer")))
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return js[string](b, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join(" ").replace(/\s+/g, " ")`, selector))
}

func (b *tab) wants(selector string, texts ...string) {
	b.t.Helper()
	page := b.text(selector)
	for _, text := range texts {
		if !strings.Contains(page, text) {
			b.t.Errorf("%s: %s lacks %q: %s", b.text("h1"), selector, text, page)
		}
	}
}

func (b *tab) shot(name string) {
	if *shots == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), run(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// quiet fails if anything was complained about, such as what the content
// security policy forbids.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Error(c)
	}
}

func (b *tab) scheme(name string) {
	b.t.Helper()
	features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}}
	if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
		b.t.Fatal(err)
	}
}

// pages are one of each kind, over the gallery.
func pages(b *tab, s *Server) map[string]string {
	all := map[string]string{"overview": "/", "group": "/groups/websites", "endpoints": "/endpoints", "audits": "/audits", "rules": "/rules", "rule": "/rules/missing-intermediate", "diff": "/diff?from=64&to=88"}
	for name, host := range map[string]string{"broken": "www.bakery", "mended": "tickets.ferry", "late": "status.sparebank", "silent": "www.morning-news"} {
		b.visit("/endpoints?search=" + host)
		all[name] = js[string](b, `document.querySelector("tbody th a")?.getAttribute("href") ?? ""`)
	}
	gone, err := s.DB.EndpointByKey(b, "websites", "old.theatre.example:443") // no list has it
	if err != nil {
		b.t.Fatal(err)
	}
	all["gone"] = fmt.Sprint("/endpoints/", gone.Endpoint.ID)
	b.visit("/audits")
	all["audit"] = js[string](b, `document.querySelector("tbody th a").getAttribute("href")`)
	return all
}

// A morning: from the overview to what broke, to its file, and back to how it was.
func TestMorning(t *testing.T) {
	gallery := newGallery(t)
	b := open(t, gallery)
	b.visit("/")
	b.wants(".tiles", "4 error", "1 unreachable")
	b.wants("#changed ~ .scroll", "mx2.fjordvik.example:25", "+ missing-intermediate (error)", "refused by")
	b.wants("main", "not renewed as usual", "What mends most", "failed: running false: exit status 1")
	b.follow("#changed ~ .scroll", "mx2.fjordvik")
	b.wants("h1", "starttls+smtp://mx2.fjordvik.example:25")
	b.wants("main", "which the server does not send", "clients refuse it", "first seen")
	if js[float64](b, `document.querySelector(".pic use").getBoundingClientRect().height`) < 40 {
		t.Error("the chain is not drawn")
	}
	if w := get(handler(t, gallery), js[string](b, `document.querySelector("a[download]").getAttribute("href")`)); strings.Count(w.Body.String(), "BEGIN CERTIFICATE") != 2 {
		t.Errorf("the corrected file: %d\n%s", w.Code, w.Body)
	}
	b.follow("table", "2026-10-24")
	b.wants("main", "This is how it was from 2026-10-24 01:15 UTC to 2026-11-21 01:15 UTC", "How it is now", "All 26 clients accept")
	b.follow("main", "How it is now")
	b.follow(".f", "missing-intermediate")
	b.wants("main", "Why it matters", "tlschain fix")
	b.follow("main", "endpoints with this finding")
	b.wants("tbody", "www.bakery.example:443", "login.school.example:443")
	b.follow("header", "Overview")
	b.follow("#groups ~ .scroll", "websites")
	b.wants("h1", "websites")
	b.wants("main", "www.morning-news.example:443", "status.sparebank.example:443")
	b.follow("header", "Audits")
	b.follow("tbody", "90")
	b.wants("h1", "Audit 90")
	b.follow("header", "Rules")
	b.wants("tbody", "missing-intermediate")
	b.follow("header", "Endpoints")
	b.do(chromedp.SetValue(chromedp.CSS("[name=search]"), "SPAREBANK"), chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS("tbody tr:only-child")))
	b.follow("tbody", "status.sparebank")
	b.wants("main", "Not renewed as usual.", "usually renewed by 2026-11-1")
	b.quiet()
}

// The issuers that mend many are had in one file.
func TestIssuers(t *testing.T) {
	gallery := newGallery(t)
	h := handler(t, gallery)
	mends, err := gallery.DB.Mends(t.Context(), 1)
	if err != nil || len(mends) != 1 || mends[0].N != 3 {
		t.Fatal(mends, err)
	}
	w := get(h, fmt.Sprintf("/mends/%x/issuers.pem", mends[0].Bundle))
	if strings.Count(w.Body.String(), "BEGIN CERTIFICATE") != 1 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="issuers-`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	for path, want := range map[string]string{"/mends/12/issuers.pem": "not found", fmt.Sprintf("/mends/%064x/issuers.pem", 7): "tlschain fix writes it"} {
		if w := get(h, path); w.Code != 404 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// Every page fits a phone, and passes the accessibility checker.
func TestPagesFitAndAreAccessible(t *testing.T) {
	axe := axeCore(t)
	gallery := newGallery(t)
	b := open(t, gallery)
	for name, path := range pages(b, gallery) {
		for scheme, width := range map[string]int64{"light": 390, "dark": 1280} {
			b.scheme(scheme)
			b.width(width)
			b.visit(path)
			if js[bool](b, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s has to be scrolled sideways at %d", name, width)
			}
			if narrow := js[string](b, `[...document.querySelectorAll("th, td")].filter(c => c.offsetWidth > 0 && c.innerText.trim() && c.offsetHeight > 12 * c.offsetWidth).map(c => c.innerText).join()`); narrow != "" {
				t.Errorf("%s at %d has columns of one letter: %q", name, width, narrow)
			}
			js[int](b, axe+";0")
			found := js[[]string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact))
				.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")))`)
			for _, f := range found {
				t.Errorf("%s, %s, %d wide: %s", name, scheme, width, f)
			}
			b.shot(fmt.Sprintf("%s-%s-%d", name, scheme, width))
		}
	}
	b.quiet()
}

// axeCore gets the accessibility checker's script; it is no part of the product.
func axeCore(t *testing.T) string {
	t.Helper()
	npm, err := exec.LookPath("npm")
	dir := t.TempDir()
	var out []byte
	if err == nil {
		out, err = exec.Command(npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, "axe-core@4.14.1").CombinedOutput()
	}
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("npm install axe-core: %v\n%s", err, out)
	}
	if err != nil {
		t.Skipf("npm install axe-core does not work here (apt-get install npm): %v", err)
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}
