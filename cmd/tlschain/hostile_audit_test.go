package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"golang.org/x/net/html"

	"github.com/tlschain/tlschain/reports/browsertest"
)

// An audited stranger has had two nights, in the second of which all broke.
func auditStranger(t *testing.T) (s *stranger, config string, do func(name string, most bool, args ...string) string) {
	t.Helper()
	s = newStranger(t)
	s.whole.Store(true)
	var hooked inbox
	webhook := httptest.NewServer(&hooked)
	t.Cleanup(webhook.Close)
	sent := filepath.Join(s.dir, "sent.json")
	write(t, s.dir, "tokens", []byte(strings.Repeat("t", 40)))
	config = write(t, s.dir, "tlschain.yaml", []byte(fmt.Sprintf(`
serve: {calendar: {file: tokens}, tag_labels: [team], listen: "127.0.0.1:0"}
receivers:
  ops: {exec: [sh, -c, "cat >> %s"], digest: daily}
  hook: {url: {env: HOOK}}
groups:
  web:
    targets: {files: [list.csv, mistakes.csv]}
    clients: [go, chrome]
    roots: roots.pem
    pool: [pool.pem]
    waivers: waivers.yaml
    pace: {timeout: 60s, retries: 0}
    schedule: {cron: "0 2 * * *"}
    notify: [ops, hook]
`, sent)))
	do = func(name string, most bool, args ...string) string {
		t.Helper()
		var out, said bytes.Buffer
		run(t.Context(), append(args, "--config", config), strings.NewReader(""), &out, &said, func(name string) string {
			return map[string]string{"HOOK": "generic+" + webhook.URL + "/?template=json"}[name]
		})
		way{t, name, most}.judge(out.String())
		way{t, name + ", errors", false}.judge(said.String())
		return out.String() + said.String()
	}
	do("audit run", false, "audit", "run")
	s.whole.Store(false)
	if os.Remove(s.waivers) == nil {
		write(t, s.dir, "waivers.yaml", []byte("waivers: []\n"))
	}
	do("audit run again", false, "audit", "run")
	messages := string(read(t, sent))
	way{t, "a program that is told", false}.judge(messages)
	if all := hooked.all(); len(all) == 0 {
		t.Error("the webhook is not called")
	} else {
		way{t, "a webhook", false}.judge(strings.Join(all, "\n"))
	}
	return s, config, do
}

// The same in all that an audit has ways out for.
func TestHostileTextInAudits(t *testing.T) {
	s, config, do := auditStranger(t)
	do("audit list", false, "audit", "list")
	do("audit show", false, "audit", "show", "2")
	do("audit diff", false, "audit", "diff", "web")
	for _, format := range []string{"table", "json"} {
		do("audit status "+format, false, "audit", "status", "--format", format)
		do("waivers of audits "+format, false, "waivers", "--format", format)
	}
	for _, format := range []string{"table", "json", "csv"} {
		do("audit affected "+format, false, "audit", "affected", s.roots, "--format", format)
		do("audit outlook "+format, false, "audit", "outlook", "--format", format)
	}
	do("audit outlook ics", false, "audit", "outlook", "--format", "ics")
	for _, format := range []string{"json", "ndjson", "csv", "html", "markdown", "sarif", "junit", "prometheus", "nagios", "github", "gitlab", "dot", "table"} {
		few := slices.Contains([]string{"nagios", "github", "dot", "prometheus"}, format)
		do("audit export "+format, !few, "audit", "export", "2", "--format", format)
	}
	do("audit check-config", false, "audit", "check-config")

	address := serveAudits(t, config)
	b := browsertest.Open(t, "MAP * ~NOTFOUND, EXCLUDE 127.*")
	paths := []string{"/", "/metrics", "/healthz", "/endpoints.csv", "/calendar/" + strings.Repeat("t", 40) + "/outlook.ics"}
	for _, api := range []string{"groups", "audits", "audits/2", "audits/2/endpoints", "audits/2/changes", "endpoints", "endpoints/1", "endpoints/2", "waivers", "outlook", "diff?from=1&to=2"} {
		paths = append(paths, "/api/v1/"+api)
	}
	known := map[string]bool{}
	shown := 0
	for at := 0; at < len(paths) && at < 250; at++ {
		path := paths[at]
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(response.Body)
		response.Body.Close()
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		way{t, path, path == "/endpoints.csv"}.judge(text)
		for name, values := range response.Header {
			way{t, path + ", header " + name, false}.judge(strings.Join(values, "\n"))
		}
		if !strings.HasPrefix(response.Header.Get("Content-Type"), "text/html") || response.StatusCode != http.StatusOK {
			continue
		}
		for _, link := range linksOf(t, path, body) {
			link, _, _ = strings.Cut(link, "#")
			if kind := numbers.ReplaceAllString(link, "N"); strings.HasPrefix(link, "/") && !known[link] && (!strings.Contains(kind, "/endpoints") || len(known) < 200) {
				known[link] = true
				paths = append(paths, link)
			}
		}
		if at%3 > 0 && at > 60 {
			continue // many are alike
		}
		b.Do(chromedp.Navigate("http://"+address+path), chromedp.WaitReady(chromedp.CSS("footer")))
		shown++
		if browsertest.JS[bool](b, `"owned" in window || document.querySelector("script, iframe, object, embed, img[src^=x]") !== null`) {
			t.Errorf("%s is owned", path)
		}
	}
	b.Quiet() // also of what the Content-Security-Policy forbids
	if shown < 30 {
		t.Errorf("only %d pages are there: %s", shown, paths)
	}
	if _, err := os.Stat("owned"); err == nil {
		t.Error("a command ran")
	}
}

var numbers = regexp.MustCompile(`[0-9]+`)

// linksOf are the addresses that a page leads to. It may hold nothing that acts.
func linksOf(t *testing.T, path string, page []byte) (links []string) {
	t.Helper()
	for z := html.NewTokenizer(bytes.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return links
		case html.StartTagToken, html.SelfClosingTagToken:
			tag := z.Token()
			if slices.Contains([]string{"script", "iframe", "object", "embed", "base", "img", "math", "style"}, tag.Data) {
				t.Errorf("%s has an element %s", path, tag)
			}
			for _, a := range tag.Attr {
				value := strings.ToLower(strings.TrimSpace(a.Val))
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || a.Key == "srcdoc" || strings.HasPrefix(value, "javascript:") {
					t.Errorf("%s has an attribute %s=%s", path, a.Key, a.Val)
				}
				if a.Key == "href" && tag.Data == "a" {
					links = append(links, a.Val)
				}
			}
		}
	}
}

// serveAudits is audit serve, until the test ends.
func serveAudits(t *testing.T, config string) (address string) {
	t.Helper()
	address = freeAddress(t)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan string)
	go func() {
		var out bytes.Buffer
		run(ctx, []string{"audit", "serve", "--config", config, "--listen", address}, strings.NewReader(""), &out, &out, func(string) string { return "" })
		ended <- out.String()
	}()
	t.Cleanup(func() {
		stop()
		way{t, "the log of audit serve", false}.judge(<-ended)
	})
	awaitHealthy(t, address)
	return address
}
