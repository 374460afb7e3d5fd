package reports

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/tlschain/tlschain/reports/browsertest"
)

// manyEndpoints is a page of n endpoints, of which every tenth is as bad as any
// of the example's, and the others are as its first one that is well.
func manyEndpoints(t *testing.T, n int) []byte {
	t.Helper()
	var page bytes.Buffer
	w, err := New("html", &page, Options{})
	if err != nil {
		t.Fatal(err)
	}
	examples := exampleEndpoints()
	well := examples[0]
	for _, e := range examples {
		if e.Status == OK && e.Worst() == 0 {
			well = e
		}
	}
	if err := w.Begin(exampleHeader()); err != nil {
		t.Fatal(err)
	}
	var tally Tally
	for i := range n {
		e := well
		if i%10 == 0 {
			e = examples[i/10%len(examples)]
		}
		e.Host, e.Port = fmt.Sprintf("host%06d.example", i), 443
		e.Target, e.ServerName, e.STARTTLS, e.Transport = e.Host, e.Host, "", ""
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

// Of many endpoints the worst are there at once, and all others are found,
// sorted, shown one after another and led to.
func TestManyInBrowser(t *testing.T) {
	const n = pagedFrom + 1
	page := manyEndpoints(t, n)
	b := open(t, page)
	if got := len(b.names()); got != pageRows {
		t.Fatalf("%d endpoints are shown", got)
	}
	if text := browsertest.JS[string](b.Tab, `document.getElementById("shown").textContent`); !strings.HasPrefix(text, fmt.Sprint(n)) {
		t.Errorf("%q", text)
	}
	// By key, not by a click: endpoints that come into sight while the page scrolls
	// to the button are drawn then, and the button moves from under the pointer.
	b.Do(chromedp.SendKeys("#more", kb.Enter))
	browsertest.JS[int](b.Tab, settled)
	if got := len(b.names()); got != 2*pageRows {
		t.Errorf("%d endpoints are shown after more", got)
	}
	browsertest.JS[int](b.Tab, `(() => { const s = document.getElementById("search"); s.value = "host004999"; s.dispatchEvent(new Event("input")); return 0 })()`)
	browsertest.JS[int](b.Tab, settled)
	if got := b.names(); len(got) != 1 || !strings.HasPrefix(got[0], "host004999") {
		t.Errorf("found %v", got)
	}
	browsertest.JS[int](b.Tab, `(() => { const s = document.getElementById("search"); s.value = ""; const o = document.getElementById("sort");
		o.value = "n"; o.dispatchEvent(new Event("change")); return 0 })()`)
	browsertest.JS[int](b.Tab, settled)
	if got := b.names(); len(got) != pageRows || !strings.HasPrefix(got[0], "host000000") || !strings.HasPrefix(got[1], "host000001") {
		t.Errorf("by name: %d, first %v", len(got), got[:2])
	}
	browsertest.JS[int](b.Tab, `(() => { location.hash = "#e4000"; return 0 })()`)
	browsertest.JS[int](b.Tab, settled)
	if !browsertest.JS[bool](b.Tab, `!!document.getElementById("e4000")?.closest("details").open`) {
		t.Error("an endpoint is not led to")
	}
}

// TestOpens100000 tells how long Chromium takes for a page of 100,000 endpoints;
// it runs where -shots says where to keep the page.
func TestOpens100000(t *testing.T) {
	if *shots == "" {
		return
	}
	page := manyEndpoints(t, 100_000)
	if err := os.WriteFile(filepath.Join(*shots, "many.html"), page, 0o644); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	b := open(t, page)
	took := browsertest.JS[float64](b.Tab, `performance.getEntriesByType("navigation")[0].loadEventEnd`)
	t.Logf("%d MB, Chromium started and the page there after %v; loaded after %.0f ms; %d shown", len(page)>>20, time.Since(began), took, len(b.names()))
}
