package dashboard

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/net/html"

	"github.com/tlschain/tlschain/audit"
	"github.com/tlschain/tlschain/audit/history"
)

var now = time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)

const hostile = `<script>alert(1)</script>"'>&{{.}}`

// filled is a server over a history of two nights: a.example breaks, b.example
// is fine, c.example is unreachable, and the text of one is hostile.
func filled(t testing.TB, yaml string) *Server {
	t.Helper()
	return filledAt(t, yaml, filepath.Join(t.TempDir(), "history.db"))
}

// filledAt is filled, with the history at a place that is empty yet.
func filledAt(t testing.TB, yaml, where string) *Server {
	t.Helper()
	dir := t.TempDir()
	config, err := audit.Parse([]byte("groups:\n  web:\n    targets: {inline: [a.example]}\n    schedule: {cron: \"0 2 * * *\"}\n  mail:\n    targets: {inline: [mx.example]}\n"+yaml), filepath.Join(dir, "tlschain.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	db, err := history.Open(t.Context(), where)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	for night := range 2 {
		w, err := db.Begin(t.Context(), "web", now.AddDate(0, 0, night-2))
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"a.example", "b.example", "c.example", hostile} {
			if err := w.Add(t.Context(), seen(host, night)); err != nil {
				t.Fatal(err)
			}
		}
		summary := fmt.Sprintf(`{"worst":[3,0,0,%d],"status":{"ok":3,"failed":1},"skipped":7,"skipped_lines":["hosts.txt:3: nonsense"],"clients":["go"]}`, night)
		if err := w.Finish(t.Context(), now.AddDate(0, 0, night-2).Add(time.Minute), true, summary); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Plan(t.Context(), "web", history.Planned{Next: now.Add(14 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	if err := db.Queue(t.Context(), history.Notice{Audit: 2, Group: "web", Receiver: "mail", At: now, Title: hostile}); err != nil {
		t.Fatal(err)
	}
	return &Server{Config: config, DB: db, Now: func() time.Time { return now }, Version: "test", Getenv: os.Getenv, Report: func(err error) { t.Errorf("reported: %v", err) }}
}

func certificate(name string) history.Certificate {
	h := sha256.Sum256([]byte(name))
	doc := fmt.Sprintf(`{"subject":%q,"issuer":"CN=Root","sha256":"%x","not_before":"2026-01-01T00:00:00Z","not_after":"2026-06-01T00:00:00Z","key":"EC P-256"}`, name, h)
	return history.Certificate{SHA256: h, Doc: []byte(doc), DER: []byte("DER of " + name)}
}

func seen(host string, night int) history.Seen {
	leaf, ca := certificate("CN="+host), certificate("CN=CA")
	s := history.Seen{Key: host + ":443"}
	who, _ := json.Marshal(map[string]any{"target": host, "host": host, "port": 443, "server_name": host})
	s.Identity = string(who)
	s.Facts = history.Facts{Status: "ok", Issuer: "CN=CA", Leaf: leaf.SHA256, Expires: now.AddDate(0, 0, 29)}
	s.Chain = []history.Certificate{leaf, ca}
	bundle := sha256.Sum256(ca.SHA256[:])
	doc := fmt.Sprintf(`{"status":"ok","presentation":"ok","chain":[{"position":0,"role":"leaf","sha256":"%x"},{"position":1,"role":"intermediate","sha256":"%x"}],
		"missing":[],"findings":[],"clients":[{"client":"go","accepted":true,"by":"presented","reason":"ok","path":[]}],"bundle_sha256":"%x","bundle":["%x"]}`, leaf.SHA256[:], ca.SHA256[:], bundle, ca.SHA256[:])
	switch {
	case host == "c.example":
		s.Chain, s.Facts = nil, history.Facts{Status: "failed", Failure: "refused"}
		doc = `{"status":"failed","error":{"code":"refused","message":"connection refused"},"presentation":null,"chain":[],"missing":[],"findings":[],"clients":[]}`
	case host == "a.example" && night > 0:
		s.Chain = s.Chain[:1]
		s.Worst, s.Presentation, s.Rules, s.Refused, s.Bundle = 3, 3, "missing-intermediate=error", "go", bundle
		text, _ := json.Marshal("the issuer is missing " + hostile)
		doc = fmt.Sprintf(`{"status":"ok","presentation":"error","chain":[{"position":0,"role":"leaf","sha256":"%x"}],"missing":[{"after":0,"subject":"CN=CA"}],
			"findings":[{"rule":"missing-intermediate","severity":"error","message":%s}],"clients":[{"client":"go","accepted":false,"reason":"incomplete"}],"bundle_sha256":"%x","bundle":["%x"]}`, leaf.SHA256[:], text, bundle, ca.SHA256[:])
	}
	s.Doc, s.Hash = []byte(doc), sha256.Sum256([]byte(host+doc))
	return s
}

func handler(t testing.TB, s *Server) http.Handler {
	t.Helper()
	h, err := s.Handler()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func get(h http.Handler, path string, change ...func(*http.Request)) *httptest.ResponseRecorder {
	r := httptest.NewRequest("GET", "http://127.0.0.1:8480"+path, nil)
	for _, f := range change {
		f(r)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestPages(t *testing.T) {
	h := handler(t, filled(t, ""))
	for _, c := range []struct {
		path  string
		wants []string
	}{
		{"/", []string{`<a href="/groups/web">web</a>`, "mail", "in 14 hours", `<a class="tag error" href="/rules/missing-intermediate">`, "in 29 days", "<polyline", "not yet", "clients refuse it", "What the last audits changed", "refused by go", `id="silent"`}},
		{"/groups/web", []string{"a.example:443", `<a href="/audits/2">2</a>`}},
		{"/groups/mail", []string{"None yet."}},
		{"/endpoints", []string{"a.example:443", "b.example:443", "unreachable", "refused"}},
		{"/endpoints?severity=error", []string{"a.example:443"}},
		{"/endpoints?rule=missing-intermediate&search=A.EX", []string{"a.example:443"}},
		{"/endpoints/1", []string{"CN=a.example", `<use href="#g0"`, `<g id="g0">`, "+ CN=CA", "incomplete", "Download the corrected file", "worse, clients refuse it", "&#43; missing-intermediate (error)", "first seen", `href="/rules/missing-intermediate"`}},
		{"/endpoints/1?at=1", []string{"This is how it was", "All 1 clients accept"}},
		{"/endpoints/3", []string{"connection refused"}},
		{"/audits", []string{`<a href="/audits/1">1</a>`, "complete"}},
		{"/audits/2", []string{"a.example:443", "worse", "refused by go"}},
		{"/diff?from=1&to=2", []string{"a.example:443", "worse"}},
		{"/diff?from=2&to=2", []string{"Nothing that matters changed"}},
		{"/rules", []string{"missing-intermediate", "wrong-order"}},
		{"/rules/missing-intermediate", []string{"Why it matters"}},
		{"/static/style.css", []string{".trend"}},
		{"/static/icon.svg", []string{"<svg"}},
		{"/static/report.css", []string{"prefers-color-scheme"}},
		{"/healthz", []string{"ok"}},
	} {
		w := get(h, c.path)
		if w.Code != 200 {
			t.Errorf("%s: %d %s", c.path, w.Code, w.Body)
			continue
		}
		for _, want := range c.wants {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s lacks %q:\n%s", c.path, want, w.Body)
			}
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			harmless(t, c.path, w.Body.String())
		}
	}
	for path, code := range map[string]int{
		"/groups/none": 404, "/endpoints/99": 404, "/endpoints/x": 404, "/audits/99": 404, "/rules/none": 404, "/nothing": 404, "/diff": 400, "/diff?from=1&to=99": 404,
		"/endpoints?severity=bad": 400, "/endpoints?bundle=zz": 400, "/endpoints?after=x": 400, "/audits?before=x": 400, "/endpoints/2/bundle.pem": 404, "/api/v1/audits/99/endpoints": 404,
	} {
		if w := get(h, path); w.Code != code {
			t.Errorf("%s: %d, want %d", path, w.Code, code)
		}
	}
	if w := get(h, "/", func(r *http.Request) { r.Method = "POST" }); w.Code != 405 {
		t.Errorf("POST is answered with %d", w.Code)
	}
}

// harmless holds that no element or attribute of an attacker's is in the page,
// and that a reader of HTML finds its way.
func harmless(t *testing.T, path, text string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	headings := 0
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.ElementNode {
			switch n.Data {
			case "script", "style", "iframe", "object", "base":
				t.Errorf("%s holds a %s element", path, n.Data)
			case "h1":
				headings++
			case "th":
				if !regexp.MustCompile(`scope="(col|row)"`).MatchString(attributes(n)) {
					t.Errorf("%s: a heading cell says not what it heads", path)
				}
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "href" && !strings.HasPrefix(a.Val, "/") && a.Val != "#g0" {
					t.Errorf("%s: %s has the attribute %s=%q", path, n.Data, a.Key, a.Val)
				}
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	if headings != 1 {
		t.Errorf("%s has %d headings h1", path, headings)
	}
}

func attributes(n *html.Node) (text string) {
	for _, a := range n.Attr {
		text += fmt.Sprintf(" %s=%q", a.Key, a.Val)
	}
	return text
}

func TestBundle(t *testing.T) {
	w := get(handler(t, filled(t, "")), "/endpoints/1/bundle.pem")
	first, rest := pem.Decode(w.Body.Bytes())
	second, _ := pem.Decode(rest)
	if w.Code != 200 || string(first.Bytes) != "DER of CN=a.example" || string(second.Bytes) != "DER of CN=CA" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	if got := w.Header().Get("Content-Disposition"); got != `attachment; filename="a.example.fullchain.pem"` {
		t.Error(got)
	}
}

// Where bytes are missing, the page says which and how to get them.
func TestBundleLacksBytes(t *testing.T) {
	s := filled(t, "")
	w, err := s.DB.Begin(t.Context(), "web", now)
	if err != nil {
		t.Fatal(err)
	}
	lacks := seen("a.example", 1)
	ca, url := certificate("CN=Nobody's"), "http://ca.example/"+hostile
	text, _ := json.Marshal(url)
	lacks.Doc = fmt.Appendf(nil, `{"status":"ok","presentation":"error","chain":[{"position":0,"role":"leaf","sha256":"%x"}],"missing":[{"after":0,"subject":"CN=Nobody's","sha256":"%x","aia_url":%s}],
		"bundle_sha256":"%x","bundle":["%x"],"unsent":[{"sha256":"%x","subject":"CN=Nobody's"}]}`, lacks.Leaf[:], ca.SHA256[:], text, sha256.Sum256(ca.SHA256[:]), ca.SHA256[:], ca.SHA256[:])
	lacks.Hash[0] ^= 1
	if err := w.Add(t.Context(), lacks); err != nil {
		t.Fatal(err)
	}
	if err := w.Finish(t.Context(), now, false, "{}"); err != nil {
		t.Fatal(err)
	}
	h := handler(t, s)
	page := get(h, "/endpoints/1").Body.String()
	for _, want := range []string{"not the bytes of", "CN=Nobody&#39;s", ca.SHA256.String(), "http://ca.example/&lt;script&gt;", "tlschain fix a.example --aia"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q:\n%s", want, page)
		}
	}
	if strings.Contains(page, "bundle.pem") {
		t.Error("the page offers a file that there is not")
	}
	if w := get(h, "/endpoints/1/bundle.pem"); w.Code != 404 || !strings.Contains(w.Body.String(), "and writes it:\ntlschain fix a.example --aia\n") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestFileName(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"www.example.com", "www.example.com"}, {"*.example.com", "example.com"}, {"../../etc/passwd", "etc_passwd"}, {"a\"; x=\"b\r\nc", "a___x__b__c"}, {"2001:db8::1", "2001_db8__1"}, {"..", "spare"}, {"", "spare"},
	} {
		if got := fileName(c.in, "spare"); got != c.want {
			t.Errorf("%q becomes %q, want %q", c.in, got, c.want)
		}
	}
}

func TestMetrics(t *testing.T) {
	s := filled(t, "receivers: {mail: {exec: [a]}}\n")
	w := get(handler(t, s), "/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			key := name
			for _, l := range m.Label {
				if l.GetValue() != "" { // which is as good as absent
					key += "," + l.GetValue()
				}
			}
			got[key] = m.GetGauge().GetValue()
		}
	}
	for key, want := range map[string]float64{
		"tlschain_endpoints,web,error,ok": 1, "tlschain_endpoints,web,ok,ok": 2, "tlschain_endpoints,web,unreachable,failed": 1, "tlschain_endpoints,mail,error,ok": 0,
		"tlschain_audit_last_success_timestamp_seconds,web": float64(now.AddDate(0, 0, -1).Add(time.Minute).Unix()), "tlschain_audit_duration_seconds,web": 60,
		"tlschain_severity,a.example:443,web,a.example": 3, "tlschain_findings,web,missing-intermediate,error": 1, "tlschain_endpoint_captured,c.example:443,web,c.example": 0,
		"tlschain_chain_not_after_timestamp_seconds,b.example:443,web,b.example": float64(now.AddDate(0, 0, 29).Unix()), "tlschain_build_info,test": 1, "tlschain_notifications_failed,mail": 0,
	} {
		if value, ok := got[key]; !ok || value != want {
			t.Errorf("%s: got %v (there: %v), want %v", key, value, ok, want)
		}
	}
	s.Config.Serve.Metrics = "groups"
	if w := get(handler(t, s), "/metrics"); strings.Contains(w.Body.String(), "a.example") {
		t.Error("metrics_detail: groups leaves endpoints in")
	}
}

func TestSafeHeaders(t *testing.T) {
	h := handler(t, filled(t, ""))
	for _, path := range []string{"/", "/api/v1/groups", "/nothing", "/healthz"} {
		header := get(h, path).Header()
		if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "script-src") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: %s", path, csp)
		}
		if header.Get("X-Content-Type-Options") != "nosniff" || header.Get("Set-Cookie") != "" {
			t.Errorf("%s: %v", path, header)
		}
	}
	// A name that an attacker lets point to 127.0.0.1 reaches nothing.
	if w := get(h, "/", func(r *http.Request) { r.Host = "attacker.example:8480" }); w.Code != http.StatusMisdirectedRequest {
		t.Errorf("a stranger's name is answered with %d", w.Code)
	}
	for _, host := range []string{"localhost:8480", "127.0.0.1", "[::1]:8480"} {
		if w := get(h, "/", func(r *http.Request) { r.Host = host }); w.Code != 200 {
			t.Errorf("%s is answered with %d", host, w.Code)
		}
	}
}

func TestPasswords(t *testing.T) {
	hash, err := bcrypt.GenerateFromPassword([]byte("right"), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	users := filepath.Join(dir, "users")
	if err := os.WriteFile(users, append([]byte("# comment\nann:"), append(hash, '\n')...), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TEST_TOKEN", "the-token-of-tests")
	s := filled(t, "serve: {token: {env: TEST_TOKEN}, users: "+users+"}\n")
	s.Report = func(error) {} // that bcrypt is too cheap here
	h := handler(t, s)
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	bearer := func(token string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
	}
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		code   int
	}{
		{"nothing", func(*http.Request) {}, 401}, {"right", basic("ann", "right"), 200}, {"right again", basic("ann", "right"), 200}, {"wrong", basic("ann", "wrong"), 401},
		{"another user", basic("bob", "right"), 401}, {"token", bearer("the-token-of-tests"), 200}, {"wrong token", bearer("the-token-of-test"), 401}, {"empty token", bearer(""), 401},
		{"token as password", basic("anybody", "the-token-of-tests"), 200}, {"the hash", basic("ann", string(hash)), 401},
	} {
		for i, path := range []string{"/", "/metrics", "/api/v1/groups", "/endpoints/1/bundle.pem"} {
			from := func(r *http.Request) { r.RemoteAddr = fmt.Sprintf("192.0.2.%d:1", i) } // few guesses from each
			if w := get(h, path, c.change, from); w.Code != c.code {
				t.Errorf("%s: %s is answered with %d, want %d", c.name, path, w.Code, c.code)
			}
		}
	}
	if w := get(h, "/healthz"); w.Code != 200 || strings.Contains(w.Body.String(), "example") {
		t.Errorf("/healthz needs no password and tells nothing: %d %s", w.Code, w.Body)
	}
}

func TestUsersFileMistakes(t *testing.T) {
	for text, want := range map[string]string{"ann:plain\n": ":1: this is not user:bcrypt-hash", "# none\n": "there is no user"} {
		file := filepath.Join(t.TempDir(), "users")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := filled(t, "serve: {users: "+file+"}\n").Handler(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", text, err)
		}
	}
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
