package dashboard

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/audit/history/pgtest"
)

// What a stranger may type is an answer of a stranger's fault, whatever the
// database: nothing of it is ours, and nothing of it is put into the log.
func TestStrangeRequests(t *testing.T) {
	databases := map[string]string{"SQLite": filepath.Join(t.TempDir(), "history.db")}
	if !testing.Short() {
		databases["PostgreSQL"] = pgtest.Start(t).Database(t)
	}
	var paths []string
	for _, v := range []string{"%00", "%ff%fe", "%ed%a0%80", "%25%5f%5c%27%22%3b--", "%0d%0aSet-Cookie:%20a=b", "-1", "0", "9223372036854775807",
		"9223372036854775808", "1e9", "..%2f..%2fetc%2fpasswd", strings.Repeat("A", 30_000), strings.Repeat("%25", 5_000)} {
		for _, path := range []string{"/groups/@", "/endpoints?search=@", "/endpoints?group=@", "/endpoints?rule=@", "/endpoints?bundle=@",
			"/endpoints?severity=@", "/endpoints?after=@&after_severity=@&after_id=@", "/endpoints?after=@&after_severity=1&after_id=1",
			"/endpoints/@", "/endpoints/1?at=@", "/endpoints/@/bundle.pem", "/mends/@/issuers.pem", "/audits?group=@", "/audits?before=@",
			"/audits/@", "/diff?from=@&to=@", "/rules/@", "/outlook?group=@", "/outlook?days=@", "/waivers?group=@", "/static/@", "/@",
			"/api/v1/endpoints?group=@", "/api/v1/endpoints?search=@", "/api/v1/endpoints?rule=@",
			"/api/v1/endpoints?after=@&after_severity=1&after_id=1", "/api/v1/audits?group=@", "/api/v1/audits?before=@", "/api/v1/audits/@",
			"/api/v1/audits/@/endpoints", "/api/v1/audits/@/changes", "/api/v1/endpoints/@", "/api/v1/diff?from=@&to=@", "/api/v1/@",
			"/calendar/@/outlook.ics", "/metrics?@=@", "/healthz?@", "//@/..", "/?lang=@"} {
			paths = append(paths, strings.ReplaceAll(path, "@", v))
		}
	}
	for name, where := range databases {
		s := filledAt(t, "serve: {calendar: {env: TOKENS}}\n", where)
		s.Getenv = func(string) string { return "0123456789012345678901" }
		asked := ""
		s.Report = func(err error) { t.Errorf("%s: %.120s: reported: %v", name, asked, err) }
		h := handler(t, s)
		for _, path := range paths {
			asked = path
			w := get(h, path)
			if w.Code >= 500 {
				t.Errorf("%s: %.120s: %d %.200s", name, path, w.Code, w.Body)
			}
			if to := w.Header().Get("Location"); strings.HasPrefix(to, "//") || strings.Contains(to, ":") && !strings.HasPrefix(to, "/") {
				t.Errorf("%s: %.120s leads to %.120s", name, path, to)
			}
			if w.Header().Get("Set-Cookie") != "" {
				t.Errorf("%s: %.120s sets a cookie", name, path)
			}
		}
	}
}

// Nothing can be changed over HTTP, so that no other site's form can do it.
func TestNothingIsChangedOverHTTP(t *testing.T) {
	h := handler(t, filled(t, ""))
	for _, path := range []string{"/", "/endpoints", "/endpoints/1", "/audits/1", "/waivers", "/outlook", "/metrics", "/healthz", "/api/v1/groups",
		"/api/v1/waivers", "/rules/missing-intermediate"} {
		for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "PROPFIND", "BREW"} {
			r := httptest.NewRequest(method, "http://127.0.0.1:8480"+path, strings.NewReader("a=b"))
			r.Host = "127.0.0.1:8480"
			r.Header.Set("X-HTTP-Method-Override", "GET")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r)
			if w.Code != http.StatusMethodNotAllowed && w.Code != http.StatusNotFound {
				t.Errorf("%s %s: %d", method, path, w.Code)
			}
		}
	}
}

// Without a password, a page of some other site must not read ours by a name
// that it lets point to this machine.
func TestNamesThatPointHere(t *testing.T) {
	h := handler(t, filled(t, ""))
	for host, want := range map[string]int{
		"127.0.0.1:8480": 200, "localhost": 200, "LOCALHOST:8480": 200, "[::1]:8480": 200,
		"evil.example": 421, "evil.example:8480": 421, "127.0.0.1.evil.example": 421, "localhost.evil.example": 421, "localhost@evil.example": 421,
		"evil.example#localhost": 421, "": 421, "0.0.0.0": 421, "127.0.0.1:8480:evil": 421, "[::ffff:127.0.0.1]": 421, "127.1": 421,
	} {
		for _, path := range []string{"/", "/api/v1/groups", "/metrics", "/static/style.css"} {
			if w := get(h, path, func(r *http.Request) { r.Host = host }); w.Code != want {
				t.Errorf("%q %s: %d, want %d", host, path, w.Code, want)
			}
		}
	}
}
