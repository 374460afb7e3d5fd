package dashboard

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/reports/browsertest"
)

// many is a server over 2,000 endpoints in two groups: of each ten, one has an
// error, two have warnings, one both, and one does not answer.
func many(t *testing.T) *Server {
	t.Helper()
	dir := t.TempDir()
	config, err := audit.Parse([]byte("groups:\n  shops:\n    targets: {inline: [a.example]}\n  branches:\n    targets: {inline: [b.example]}\n"), filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), filepath.Join(dir, "history.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for _, group := range []string{"shops", "branches"} {
		w, err := db.Begin(t.Context(), group, now)
		if err != nil {
			t.Fatal(err)
		}
		var all []history.Seen
		for n := range 1000 {
			s := seen(fmt.Sprintf("host%03d.%s.example", n, group), 0)
			switch n % 10 {
			case 0:
				s.Worst, s.Rules, s.Bundle = 3, "missing-intermediate=error", sha256.Sum256([]byte{byte(n % 40)})
			case 1, 2:
				s.Worst, s.Rules = 2, "root-in-chain=warning"
			case 3:
				s.Worst, s.Rules = 3, "expired-leaf=error root-in-chain=warning"
			case 4:
				s = seen("c.example", 0)
				s.Key = fmt.Sprintf("host%03d.%s.example:443", n, group)
			}
			if s.Status == "ok" {
				s.Expires = now.AddDate(0, 0, (n*7)%400-20)
			}
			s.Hash = sha256.Sum256([]byte(s.Key))
			all = append(all, s)
		}
		if err := w.Add(t.Context(), all...); err != nil {
			t.Fatal(err)
		}
		if err := w.Finish(t.Context(), now.Add(time.Minute), true, `{"worst":[500,0,200,200],"status":{"ok":900,"failed":100},"clients":["go"]}`); err != nil {
			t.Fatal(err)
		}
	}
	return &Server{Config: config, DB: db, Now: func() time.Time { return now }, Version: "test", Getenv: func(string) string { return "" },
		Report: func(err error) { t.Errorf("reported: %v", err) }}
}

var counted = regexp.MustCompile(`<td class="number"><a href="/endpoints\?([^"]*(?:rule|bundle)=[^"]*)">(\d+)</a></td>`)

// At 2,000 endpoints the overview says how many have which finding and which fix,
// each number leads to as many endpoints, lists are by severity and then by
// expiry, and what does not answer is apart.
func TestOverviewOfMany(t *testing.T) {
	h := handler(t, many(t))
	page := get(h, "/").Body.String()
	if len(page) > 60_000 {
		t.Errorf("the overview has %d bytes", len(page))
	}
	links := counted.FindAllStringSubmatch(page, -1)
	var numbers []string
	for _, link := range links {
		numbers = append(numbers, link[2])
		rows := rowsOf(t, h, "/endpoints.csv?"+strings.ReplaceAll(link[1], "&amp;", "&"))
		if strconv.Itoa(len(rows)) != link[2] {
			t.Errorf("%s leads to %d endpoints, not %s", link[1], len(rows), link[2])
		}
	}
	if got := strings.Join(numbers, " "); got != "200 200 600 50 50 50 50" { // two errors, a warning, four fixes
		t.Errorf("numbers on the overview: %s", got)
	}
	worst, silent, ok := strings.Cut(page[strings.Index(page, `id="worst"`):], `id="silent"`)
	if !ok || strings.Contains(worst, "unreachable") || strings.Count(silent[:strings.Index(silent, "<h2")], `class="mark unreachable"`) != 10 {
		t.Error("what does not answer is not apart")
	}
	if news := page[strings.Index(page, `id="changed"`):strings.Index(page, `id="groups"`)]; strings.Count(news, `class="mark error"`) != 2*maxNews {
		t.Error("the news do not begin with what is worst")
	}
	if rows := rowsOf(t, h, "/endpoints.csv"); len(rows) != 2000 {
		t.Errorf("the download has %d endpoints", len(rows))
	}
	if w := get(h, "/endpoints.csv?severity=bad"); w.Code != 400 {
		t.Errorf("a filter that means nothing: %d", w.Code)
	}

	var before apiCurrent
	seen := 0
	for path := "/api/v1/endpoints?group=shops"; path != ""; {
		var list struct {
			Endpoints []apiCurrent
			Next      string
		}
		if err := json.Unmarshal(get(h, path).Body.Bytes(), &list); err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Endpoints {
			if seen++; seen > 1 && worse(before.State, c.State) {
				t.Fatalf("%+v is listed before %+v", before.State, c.State)
			}
			before = c
		}
		path = list.Next
	}
	if seen != 1000 {
		t.Errorf("%d endpoints over all pages", seen)
	}
}

// worse reports whether b belongs before a.
func worse(a, b apiFacts) bool {
	order := strings.Fields("error warning info unreachable ok")
	x, y := slices.Index(order, a.Severity), slices.Index(order, b.Severity)
	return y < x || x == y && a.Expires != nil && b.Expires.Before(*a.Expires)
}

// rowsOf are the rows of a download, without its header.
func rowsOf(t *testing.T, h http.Handler, path string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(get(h, path).Body).ReadAll()
	if err != nil || len(rows) == 0 {
		t.Fatal(path, err)
	}
	return rows[1:]
}

// The overview of 2,000 endpoints can be read on a desk and in a hand.
func TestOverviewOfManyInBrowser(t *testing.T) {
	b := open(t, many(t))
	for _, width := range []int64{1280, 390} {
		b.width(width)
		b.visit("/")
		b.wants("main", "missing-intermediate", "all endpoints as CSV")
		if over := browsertest.JS[int](b.Tab, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); over > 0 {
			t.Errorf("at %d it is %d wider than the window", width, over)
		}
		b.shot(fmt.Sprintf("many-%d", width))
	}
	b.follow("#rules + .scroll td.number", "600")
	b.wants("main", "root-in-chain", "Download as CSV")
	b.shot("many-rule")
}
