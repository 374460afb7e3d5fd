package reports

import (
	"bytes"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"github.com/tlschain/tlschain/reports/browsertest"
)

var shots = flag.String("shots", "", "a directory for screenshots of the HTML report, to be looked at")

// A tab is one report in Chromium.
type tab struct{ *browsertest.Tab }

// open shows a page. Chromium gets no network: the page must need none.
func open(t *testing.T, page []byte) tab {
	t.Helper()
	file := filepath.Join(t.TempDir(), "report.html")
	if err := os.WriteFile(file, page, 0o644); err != nil {
		t.Fatal(err)
	}
	b := tab{browsertest.Open(t, "MAP * ~NOTFOUND")}
	b.Do(chromedp.EmulateViewport(1200, 900), chromedp.Navigate((&url.URL{Scheme: "file", Path: file}).String()), chromedp.WaitReady(chromedp.CSS("#list")))
	return b
}

func (b tab) shot(name string) {
	if *shots == "" {
		return
	}
	// What is off the screen is not painted otherwise.
	browsertest.JS[int](b.Tab, `document.querySelectorAll(".ep").forEach(e => e.style.contentVisibility = "visible"), `+settled)
	b.Shot(filepath.Join(*shots, name))
}

// names lists the endpoints that the page shows, in its order.
func (b tab) names() []string {
	return browsertest.JS[[]string](b.Tab, `[...document.querySelectorAll("#list > .ep:not([hidden])")].map(e => e.dataset.n)`)
}

const settled = `new Promise(done => setTimeout(() => requestAnimationFrame(done), 200)).then(() => 0)`

func TestPageInBrowser(t *testing.T) {
	b := open(t, show(t, "html", Options{}))
	if n := len(b.names()); n != len(exampleEndpoints()) {
		t.Fatalf("%d endpoints are shown", n)
	}
	b.shot("light.png")

	undrawn := browsertest.JS[[]string](b.Tab, `[...document.querySelectorAll(".ep")].filter(e => { e.open = true; const u = e.querySelector(".pic use");
		return e.dataset.state !== "failed" && !(u && u.getBoundingClientRect().height > 40) }).map(e => e.dataset.n)`)
	if len(undrawn) > 0 {
		t.Errorf("no picture of the chain of %v", undrawn)
	}
	b.shot("open.png")

	b.Do(chromedp.SendKeys(chromedp.CSS("#search"), "missing-inter shop"))
	browsertest.JS[int](b.Tab, settled)
	if got := b.names(); len(got) != 1 || got[0] != "shop.example.com:443" {
		t.Errorf("searching gives %v", got)
	}
	browsertest.JS[int](b.Tab, `search.value = "", search.dispatchEvent(new Event("input")), document.querySelector("input[value=ok]").click(), `+settled)
	if got := b.names(); strings.Contains(strings.Join(got, " "), "good.example.com") || len(got) != len(exampleEndpoints())-2 {
		t.Errorf("without those in order there are %v", got)
	}
	for key, first := range map[string]string{"n": "down.example.com:8443", "x": "legacy.example.com:25", "c": "hostile.example.com:443", "s": "hostile.example.com:443"} {
		browsertest.JS[int](b.Tab, fmt.Sprintf(`sort.value = %q, sort.dispatchEvent(new Event("change")), 0`, key))
		if got := b.names(); got[0] != first {
			t.Errorf("sorted by %s the first is %s, want %s", key, got[0], first)
		}
	}
	b.Quiet()
}

// A link from the list of what expires opens the endpoint that it leads to.
func TestPageLinks(t *testing.T) {
	b := open(t, show(t, "html", Options{}))
	opened := browsertest.JS[string](b.Tab, `document.querySelector("#expiry ~ .scroll a").click(), `+settled+`.then(() => document.querySelector(".ep[open]")?.dataset.n ?? "")`)
	if opened != "legacy.example.com:25" {
		t.Errorf("the link opens %q", opened)
	}
	b.Quiet()
}

func TestPageOnPhone(t *testing.T) {
	b := open(t, show(t, "html", Options{Lang: "ja"}))
	b.Do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile))
	if browsertest.JS[bool](b.Tab, `document.querySelectorAll(".ep").forEach(e => e.open = true), document.documentElement.scrollWidth > innerWidth`) {
		t.Error("the page has to be scrolled sideways")
	}
	b.shot("phone.png")
	b.Quiet()
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
	b.Do(chromedp.Reload(), chromedp.WaitReady(chromedp.CSS("#list")))
	text := strings.Join(strings.Fields(browsertest.Run(b.Tab, chromedp.TextContent(chromedp.CSS("main")))), " ")
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
	if ids := browsertest.Run(b.Tab, chromedp.QueryNodeIDs(chromedp.CSS("#tools:not([hidden])"), chromedp.AtLeast(0))); len(ids) > 0 {
		t.Error("tools that need script are shown")
	}
}

func TestPageIsAccessible(t *testing.T) {
	axe := browsertest.GetAxe(t)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1200, 360} {
			b := open(t, show(t, "html", Options{}))
			b.Do(chromedp.EmulateViewport(width, 900))
			b.Scheme(scheme)
			browsertest.JS[int](b.Tab, `document.querySelectorAll("details").forEach(e => e.open = true), 0`)
			for _, f := range axe.Barriers(b.Tab) {
				t.Errorf("%s, %d wide: %s", scheme, width, f)
			}
			b.shot(fmt.Sprintf("%s-%d.png", scheme, width))
		}
	}
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
	if n := len(b.names()); n != pageRows {
		t.Errorf("%d endpoints are elements", n)
	}
	if text := browsertest.JS[string](b.Tab, `document.getElementById("shown").textContent`); !strings.HasPrefix(text, "10000 ") {
		t.Errorf("it tells: %s", text)
	}
	undrawn := browsertest.JS[int](b.Tab, `[...document.querySelectorAll(".ep")].filter(e => { const u = e.querySelector(".pic use"); return !u || !document.querySelector(u.getAttribute("href")) }).length`)
	if undrawn > 0 {
		t.Errorf("%d endpoints have no picture", undrawn)
	}
	browsertest.JS[int](b.Tab, `search.value = "host4242.", search.dispatchEvent(new Event("input")), `+settled)
	if got := b.names(); len(got) != 1 {
		t.Errorf("searching gives %d endpoints", len(got))
	}
	b.Quiet()
}
