package dashboard

import (
	"flag"
	"fmt"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/tlschain/tlschain/reports/browsertest"
)

var shots = flag.String("shots", "", "a directory for screenshots of the dashboard, to be looked at")

// A tab is Chromium on the pages of a server.
type tab struct {
	*browsertest.Tab
	t    *testing.T
	base string
}

// open starts Chromium. It finds our server and no other.
func open(t *testing.T, s *Server) *tab {
	t.Helper()
	server := httptest.NewServer(handler(t, s))
	t.Cleanup(server.Close)
	b := &tab{browsertest.Open(t, "MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"), t, server.URL}
	b.width(1280)
	return b
}

func (b *tab) width(w int64) { b.Do(chromedp.EmulateViewport(w, 900)) }

func (b *tab) visit(path string) {
	b.t.Helper()
	b.Do(chromedp.Navigate(b.base+path), chromedp.WaitReady(chromedp.CSS("footer")))
}

// follow clicks on the first link with a text, within what a selector names.
func (b *tab) follow(within, text string) {
	b.t.Helper()
	if !browsertest.JS[bool](b.Tab, fmt.Sprintf(`(() => { const a = [...document.querySelectorAll(%q)].find(a => a.textContent.includes(%q)); if (!a) return false; a.dataset.here = ""; return true })()`, within+" a", text)) {
		b.t.Fatalf("there is no link %q in %s of %s", text, within, b.text("h1"))
	}
	b.Do(chromedp.Click(chromedp.CSS("[data-here]")), chromedp.WaitReady(chromedp.CSS("footer")))
	b.Do(chromedp.WaitNotPresent(chromedp.CSS("[data-here]")), chromedp.WaitReady(chromedp.CSS("footer")))
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return browsertest.JS[string](b.Tab, fmt.Sprintf(`[...document.querySelectorAll(%q)].map(e => e.innerText).join(" ").replace(/\s+/g, " ")`, selector))
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
	b.Shot(filepath.Join(*shots, name+".png"))
}

// pages are one of each kind, over the gallery.
func pages(b *tab, s *Server) map[string]string {
	all := map[string]string{"overview": "/", "group": "/groups/websites", "endpoints": "/endpoints", "audits": "/audits", "rules": "/rules", "outlook": "/outlook", "waivers": "/waivers", "rule": "/rules/missing-intermediate", "diff": "/diff?from=64&to=88"}
	for name, host := range map[string]string{"broken": "www.bakery", "mended": "tickets.ferry", "late": "status.sparebank", "silent": "www.morning-news"} {
		b.visit("/endpoints?search=" + host)
		all[name] = browsertest.JS[string](b.Tab, `document.querySelector("tbody th a")?.getAttribute("href") ?? ""`)
	}
	gone, err := s.DB.EndpointByKey(b, "websites", "old.theatre.example:443") // no list has it
	if err != nil {
		b.t.Fatal(err)
	}
	all["gone"] = fmt.Sprint("/endpoints/", gone.Endpoint.ID)
	b.visit("/audits")
	all["audit"] = browsertest.JS[string](b.Tab, `document.querySelector("tbody th a").getAttribute("href")`)
	return all
}

// A morning: from the overview to what broke, to its file, and back to how it was.
func TestMorning(t *testing.T) {
	gallery := newGallery(t)
	b := open(t, gallery)
	b.visit("/")
	b.wants(".tiles", "4 error", "1 unreachable")
	b.wants("#changed ~ .scroll", "mx2.fjordvik.example:25", "+ missing-intermediate (error)", "refused by")
	b.wants("main", "not renewed as usual", "Fixes that help most", "failed: running false: exit status 1")
	b.follow("#changed ~ .scroll", "mx2.fjordvik")
	b.wants("h1", "starttls+smtp://mx2.fjordvik.example:25")
	b.wants("main", "which the server does not send", "clients refuse it", "first seen")
	if browsertest.JS[float64](b.Tab, `document.querySelector(".pic use").getBoundingClientRect().height`) < 40 {
		t.Error("the chain is not drawn")
	}
	if w := get(handler(t, gallery), browsertest.JS[string](b.Tab, `document.querySelector("a[download]").getAttribute("href")`)); strings.Count(w.Body.String(), "BEGIN CERTIFICATE") != 2 {
		t.Errorf("the corrected file: %d\n%s", w.Code, w.Body)
	}
	b.follow("table", "2026-10-24")
	b.wants("main", "This is how it was from 2026-10-24 01:15 UTC to 2026-11-21 01:15 UTC", "How it is now", "All 27 clients accept")
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
	b.Do(chromedp.SetValue(chromedp.CSS("[name=search]"), "SPAREBANK"), chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS("tbody tr:only-child")))
	b.follow("tbody", "status.sparebank")
	b.wants("main", "Not renewed as usual.", "usually renewed by 2026-11-1")
	b.Quiet()
}

// What is to come: in a picture, and day by day.
func TestOutlookPage(t *testing.T) {
	b := open(t, newGallery(t))
	b.visit("/")
	b.follow("header", "Outlook")
	b.wants("main", "for 49 endpoints", "tickets.ferry.example:443")
	b.wants("tbody tr:has(.mark.error)", "2026-12-20", "\"Fjordvik TLS CA 2\" is revoked from this day on", "android-10", "Renew under another root")
	if n := browsertest.JS[float64](b.Tab, `[...document.querySelectorAll(".months rect")].filter(r => r.getBoundingClientRect().height >= 2 && getComputedStyle(r).fill != "rgb(0, 0, 0)").length`); n < 6 {
		t.Errorf("the picture has %v bars", n)
	}
	b.Do(chromedp.SetValue(chromedp.CSS("[name=group]"), "internal"), chromedp.Click(chromedp.CSS("form button")), chromedp.WaitVisible(chromedp.CSS("tbody tr:nth-child(3):last-child")))
	b.wants("main", "for 3 endpoints of internal")
	b.follow("tbody", "git.gronnfjell")
	b.wants("h1", "Endpoints")
	b.wants("tbody", "git.gronnfjell.example:443")
	b.Quiet()
}

// The issuers that fix many are had in one file.
func TestIssuers(t *testing.T) {
	gallery := newGallery(t)
	h := handler(t, gallery)
	fixes, err := gallery.DB.Fixes(t.Context(), 1)
	if err != nil || len(fixes) != 1 || fixes[0].N != 3 {
		t.Fatal(fixes, err)
	}
	w := get(h, fmt.Sprintf("/mends/%x/issuers.pem", fixes[0].Bundle[:]))
	if strings.Count(w.Body.String(), "BEGIN CERTIFICATE") != 1 || !strings.HasPrefix(w.Header().Get("Content-Disposition"), `attachment; filename="issuers-`) {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	for path, want := range map[string]string{"/mends/12/issuers.pem": "not found", fmt.Sprintf("/mends/%064x/issuers.pem", 7): "no fix is known"} {
		if w := get(h, path); w.Code != 404 || !strings.Contains(w.Body.String(), want) {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// Every page fits a phone, and passes the accessibility checker.
func TestPagesFitAndAreAccessible(t *testing.T) {
	axe := browsertest.GetAxe(t)
	gallery := newGallery(t)
	b := open(t, gallery)
	for name, path := range pages(b, gallery) {
		for scheme, width := range map[string]int64{"light": 390, "dark": 1280} {
			b.Scheme(scheme)
			b.width(width)
			b.visit(path)
			if browsertest.JS[bool](b.Tab, `document.documentElement.scrollWidth > innerWidth`) {
				t.Errorf("%s has to be scrolled sideways at %d", name, width)
			}
			if narrow := browsertest.JS[string](b.Tab, `[...document.querySelectorAll("th, td")].filter(c => c.offsetWidth > 0 && c.innerText.trim() && c.offsetHeight > 12 * c.offsetWidth).map(c => c.innerText).join()`); narrow != "" {
				t.Errorf("%s at %d has columns of one letter: %q", name, width, narrow)
			}
			for _, f := range axe.Barriers(b.Tab) {
				t.Errorf("%s, %s, %d wide: %s", name, scheme, width, f)
			}
			b.shot(fmt.Sprintf("%s-%s-%d", name, scheme, width))
		}
	}
	b.Quiet()
}
