package reports

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/url"
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

var shots = flag.String("shots", "", "a directory for screenshots of the HTML report, to be looked at")

// A tab is one page in Chromium, with everything that it complained about.
type tab struct {
	context.Context
	t          *testing.T
	mu         sync.Mutex
	complaints []string
}

// open shows a page. Chromium gets no network: the page must need none.
func open(t *testing.T, page []byte) *tab {
	t.Helper()
	path := need(t, "chromium", "chromium")
	dir := t.TempDir() // Chromium's own files go there too
	file := filepath.Join(dir, "report.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.UserDataDir(filepath.Join(dir, "profile")), chromedp.Env("TMPDIR="+dir),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("host-resolver-rules", "MAP * ~NOTFOUND"))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &tab{Context: ctx, t: t}
	if err := chromedp.Listen(ctx, b.listen); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate((&url.URL{Scheme: "file", Path: file}).String()), chromedp.WaitReady(chromedp.CSS("#list")))
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
		said = string(e.Entry.Level) + ": " + e.Entry.Text
	default:
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.complaints = append(b.complaints, said)
}

func (b *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	run(b, chromedp.Steps(steps...))
}

// patience ends a step that hangs; it is no measure of speed.
const patience = 2 * time.Minute

// js evaluates an expression, which may be a promise.
func js[T any](b *tab, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

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

func (b *tab) shot(name string) {
	if *shots == "" {
		return
	}
	// What is off the screen is not painted otherwise.
	js[int](b, `document.querySelectorAll(".ep").forEach(e => e.style.contentVisibility = "visible"), `+settled)
	if err := os.WriteFile(filepath.Join(*shots, name), run(b, chromedp.FullScreenshot(100)), 0o644); err != nil {
		b.t.Fatal(err)
	}
}

// names lists the endpoints that the page shows, in its order.
func (b *tab) names() []string {
	return js[[]string](b, `[...document.querySelectorAll("#list > .ep:not([hidden])")].map(e => e.dataset.n)`)
}

// quiet fails if anything was complained about.
func (b *tab) quiet() {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.complaints {
		b.t.Error(c)
	}
}

const settled = `new Promise(done => setTimeout(() => requestAnimationFrame(done), 200)).then(() => 0)`

func TestPageInBrowser(t *testing.T) {
	b := open(t, show(t, "html", Options{}))
	if n := len(b.names()); n != len(exampleEndpoints()) {
		t.Fatalf("%d endpoints are shown", n)
	}
	b.shot("light.png")

	undrawn := js[[]string](b, `[...document.querySelectorAll(".ep")].filter(e => { e.open = true; const u = e.querySelector(".pic use");
		return e.dataset.state !== "failed" && !(u && u.getBoundingClientRect().height > 40) }).map(e => e.dataset.n)`)
	if len(undrawn) > 0 {
		t.Errorf("no picture of the chain of %v", undrawn)
	}
	b.shot("open.png")

	b.do(chromedp.SendKeys(chromedp.CSS("#search"), "missing-inter shop"))
	js[int](b, settled)
	if got := b.names(); len(got) != 1 || got[0] != "shop.example.com:443" {
		t.Errorf("searching gives %v", got)
	}
	js[int](b, `search.value = "", search.dispatchEvent(new Event("input")), document.querySelector("input[value=ok]").click(), `+settled)
	if got := b.names(); strings.Contains(strings.Join(got, " "), "good.example.com") || len(got) != len(exampleEndpoints())-2 {
		t.Errorf("without those in order there are %v", got)
	}
	for key, first := range map[string]string{"n": "down.example.com:8443", "x": "legacy.example.com:25", "c": "hostile.example.com:443", "s": "hostile.example.com:443"} {
		js[int](b, fmt.Sprintf(`sort.value = %q, sort.dispatchEvent(new Event("change")), 0`, key))
		if got := b.names(); got[0] != first {
			t.Errorf("sorted by %s the first is %s, want %s", key, got[0], first)
		}
	}
	b.quiet()
}

// A link from the list of what expires opens the endpoint that it leads to.
func TestPageLinks(t *testing.T) {
	b := open(t, show(t, "html", Options{}))
	opened := js[string](b, `document.querySelector("#expiry ~ .scroll a").click(), `+settled+`.then(() => document.querySelector(".ep[open]")?.dataset.n ?? "")`)
	if opened != "legacy.example.com:25" {
		t.Errorf("the link opens %q", opened)
	}
	b.quiet()
}

func TestPageOnPhone(t *testing.T) {
	b := open(t, show(t, "html", Options{Lang: "ja"}))
	b.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
	if js[bool](b, `document.querySelectorAll(".ep").forEach(e => e.open = true), document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page has to be scrolled sideways")
	}
	b.shot("phone.png")
	b.quiet()
}

// Without script everything can be read: each endpoint's texts are on the page
// and its details open by themselves; only the tools are gone.
func TestPageWithoutScript(t *testing.T) {
	page := show(t, "html", Options{})
	opened := bytes.ReplaceAll(page, []byte(`<details class="ep`), []byte(`<details open class="ep`))
	b := open(t, opened)
	if _, err := chromedp.Call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	b.do(chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("#list")))
	text := strings.Join(strings.Fields(run(b, chromedp.TextContent(chromedp.CSS("main")))), " ")
	for _, e := range exampleEndpoints() {
		if !strings.Contains(text, e.Name()) {
			t.Errorf("%s is not on the page", e.Name())
		}
		for _, f := range e.Findings {
			if !strings.Contains(text, strings.Join(strings.Fields(f.Message), " ")) {
				t.Errorf("%s: %q is not on the page", e.Name(), f.Message)
			}
		}
	}
	if ids := run(b, chromedp.QueryNodeIDs(chromedp.CSS("#tools:not([hidden])"), chromedp.AtLeast(0))); len(ids) > 0 {
		t.Error("tools that need script are shown")
	}
}

func TestPageIsAccessible(t *testing.T) {
	axe := axeCore(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1200, 360} {
			b := open(t, show(t, "html", Options{}))
			b.do(chromedp.EmulateViewport(width, 900))
			features := []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}
			if _, err := chromedp.Call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: features}); err != nil {
				t.Fatal(err)
			}
			js[int](b, `document.querySelectorAll("details").forEach(e => e.open = true), 0`)
			js[int](b, axe+";0")
			found := js[[]string](b, `axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.filter(v => ["serious", "critical"].includes(v.impact))
				.map(v => v.id + ": " + v.help + ": " + v.nodes.slice(0, 3).map(n => n.html.slice(0, 200) + " " + n.failureSummary).join(" | ")))`)
			for _, f := range found {
				t.Errorf("%s, %d wide: %s", scheme, width, f)
			}
			b.shot(fmt.Sprintf("%s-%d.png", scheme, width))
		}
	}
}

// axeCore gets the accessibility checker's script; it is no part of the product.
func axeCore(t *testing.T) string {
	npm := need(t, "npm", "npm")
	dir := t.TempDir()
	cmd := exec.Command(npm, "install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", dir, "axe-core@4.14.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("npm install axe-core: %v\n%s", err, out)
		}
		t.Skipf("npm install axe-core does not work here: %v", err)
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}

// tenThousand makes a page of 10,000 endpoints, a third of them broken, with
// 40 clients each.
func tenThousand(t testing.TB) []byte {
	t.Helper()
	var page bytes.Buffer
	w, err := New("html", &page, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var tally Tally
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	for i := range 10_000 {
		host := fmt.Sprintf("host%d.example.com", i)
		e := served(host)
		switch i % 6 {
		case 0:
			e = incomplete(host)
		case 1:
			e = rootSent()
			e.Host, e.Target, e.ServerName = host, host, host
		default:
			e.Chain = append(e.Chain, leafCert(host), caCert(1, "intermediate", "inter", interDN, rootDN))
			e.Clients, e.Unsent = verdicts(host, everyone()), []Unsent{unsentRoot()}
		}
		for n := 0; len(e.Clients) < 40; n++ {
			c := e.Clients[n]
			c.Client = fmt.Sprintf("%s.%d", c.Client, n)
			e.Clients = append(e.Clients, c)
		}
		tally.Add(&e)
		if err := w.Endpoint(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.End(tally.Summary(false)); err != nil {
		t.Fatal(err)
	}
	return page.Bytes()
}

func TestPageOfTenThousand(t *testing.T) {
	page := tenThousand(t)
	t.Logf("%.1f MB", float64(len(page))/(1<<20))
	if len(page) > 30<<20 {
		t.Errorf("%d bytes", len(page))
	}
	b := open(t, page)
	if n := len(b.names()); n != 10_000 {
		t.Errorf("%d endpoints are shown", n)
	}
	undrawn := js[int](b, `[...document.querySelectorAll(".ep")].filter(e => { const u = e.querySelector(".pic use"); return !u || !document.querySelector(u.getAttribute("href")) }).length`)
	if undrawn > 0 {
		t.Errorf("%d endpoints have no picture", undrawn)
	}
	js[int](b, `search.value = "host4242.", search.dispatchEvent(new Event("input")), `+settled)
	if got := b.names(); len(got) != 1 {
		t.Errorf("searching gives %d endpoints", len(got))
	}
	b.quiet()
}
