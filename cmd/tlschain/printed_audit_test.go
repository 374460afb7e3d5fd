package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/audit/history"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

var (
	codeInPage  = regexp.MustCompile(`(?s)<code[^>]*>(tlschain .*?)</code>`)
	linkInPage  = regexp.MustCompile(`href="(/[^"]*)"`)
	lineOfShell = regexp.MustCompile(`(?m)tlschain (?:fix|scan|check|explain|audit|clients|data|waivers|convert)\b.*$`)
)

// A text of an audit that people read, and whether it tells them what to type.
type printedText struct {
	where, text string
	commands    bool
}

// Everything that an audit tells people to type is typed: what it prints, the
// pages, messages as they arrive and the digest, of endpoints that are reached
// through STARTTLS and at several addresses, and judged by files in a folder
// whose name a shell would take apart.
func TestEveryCommandOfAnAuditRuns(t *testing.T) {
	w := newPrintedWorld(t)
	var texts []printedText
	prints := func(commands bool, args ...string) {
		t.Helper()
		code, out := w.audit(t, args...)
		if code != exitClean && code != exitFindings {
			t.Fatalf("audit %q: exit code %d\n%s", args, code, out)
		}
		texts = append(texts, printedText{"audit " + strings.Join(args, " "), out, commands})
	}
	text, err := os.ReadFile(w.config)
	if err != nil {
		t.Fatal(err)
	}
	begun := filepath.Join(w.dir, "begun.yaml")
	code, out := inProcess(t, "audit", "init", begun)
	if code != exitClean {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	write(t, w.dir, "begun.yaml", text) // edited, as it says
	texts = append(texts, printedText{"audit init", out, true})
	prints(true, "run")
	texts = append(texts, w.messages(t, "changes")...)
	w.makeDigestsDue(t)
	prints(false, "run") // nothing has changed
	texts = append(texts, w.messages(t, "digest")...)
	for format, commands := range commandsIn {
		prints(true, "export", "web", "--format", format)
		var typed strings.Builder
		last := &texts[len(texts)-1]
		for _, match := range commands.FindAllStringSubmatch(last.text, -1) {
			typed.WriteString("tlschain " + html.UnescapeString(match[1]) + "\n")
		}
		last.text = typed.String()
	}
	for _, args := range [][]string{{"list"}, {"show", "web"}, {"status"}, {"outlook"}, {"affected", "I"}} {
		prints(false, args...)
	}
	code, out = inProcess(t, "waivers", filepath.Join(w.dir, "waivers.yaml"))
	if code != exitClean {
		t.Fatalf("exit code %d\n%s", code, out)
	}
	texts = append(texts, printedText{"waivers", out, false})
	texts = append(texts, w.pages(t)...)
	write(t, w.dir, "waivers.yaml", []byte("waivers: []\n"))
	prints(true, "run", "web") // and one is worse
	prints(true, "diff", "2", "5")

	done := map[string]bool{}
	for _, p := range texts {
		found := lineOfShell.FindAllString(p.text, -1)
		if (len(found) > 0) != p.commands {
			t.Errorf("%s: %d commands\n%s", p.where, len(found), p.text)
		}
		for _, line := range found {
			if !done[line] {
				done[line] = true
				w.typeIn(t, p.where, line)
			}
		}
	}
	t.Logf("%d texts, %d commands", len(texts), len(done))
	for _, part := range []string{"audit outlook --config '", "fix shop.example.test@127.0.0.2:", "fix starttls+pop3://", "--resolve", "--roots", "--pool", "--clients"} {
		if !strings.Contains(fmt.Sprint(done), part) {
			t.Errorf("no command with %q in %v", part, done)
		}
	}
}

// typeIn types a line as it stands, but for the folder that a fix is written to.
func (w *printedWorld) typeIn(t *testing.T, where, line string) {
	t.Helper()
	words, folder := splitCommand(line)[1:], t.TempDir()
	if words[0] == "fix" {
		words = append(words, "-d", folder)
	}
	code, out := inProcess(t, words...)
	if code != exitClean {
		t.Errorf("%s: %s: exit code %d\n%s", where, line, code, out)
	}
	if entries, _ := os.ReadDir(folder); words[0] == "fix" && len(entries) == 0 {
		t.Errorf("%s: %s wrote nothing", where, line)
	}
}

// typedInPage are the commands of a page, a line each.
func typedInPage(page string) string {
	var b strings.Builder
	for _, match := range codeInPage.FindAllStringSubmatch(page, -1) {
		b.WriteString(html.UnescapeString(match[1]) + "\n")
	}
	return b.String()
}

// A printedWorld is servers that lack an intermediate, and who is told of them.
type printedWorld struct {
	dir, config, db string
	inboxes         map[string]func() []string // what each receiver got, as people see it
	read            map[string]int             // how much of that was read
}

func newPrintedWorld(t *testing.T) *printedWorld {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := func(name string) *tlstest.Cert {
		return mk.Leaf(name, i, func(t *tlstest.Template) { t.DNSNames = []string{name} })
	}
	pop := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf("pop.example.test")), Preamble: popPreamble})
	behaviour := tlstest.Behaviour{Default: tlstest.Present(leaf("shop.example.test"))}
	shop := mk.Serve(behaviour)
	behaviour.Listen = fmt.Sprintf("127.0.0.2:%d", shop.Addr().Port())
	behaviour.Default = tlstest.Present(leaf("shop.example.test"), root) // the worse of the two addresses
	mk.Serve(behaviour)
	waived := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf("old.example.test"))})

	w := &printedWorld{dir: filepath.Join(t.TempDir(), "Bob's audits & more"), inboxes: map[string]func() []string{}, read: map[string]int{}}
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	w.db = filepath.Join(t.TempDir(), "history.db")
	write(t, w.dir, "the roots.pem", pemOf(root.DER))
	write(t, w.dir, "pool.pem", pemOf(i.DER))
	write(t, w.dir, "clients.yaml", []byte("clients:\n  - {id: till, title: Tills, base: openssl-1.0.2, group: modern}\n"))
	write(t, w.dir, "waivers.yaml", []byte("waivers:\n  - {rule: missing-intermediate, endpoint: \"old.*\", reason: a printer, expires: "+
		time.Now().AddDate(1, 0, 0).Format(time.DateOnly)+"}\n"))
	mailed, hooked, pushed := new(mailSink), new(inbox), new(inbox)
	hook := httptest.NewServer(hooked)
	push := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		pushed.ServeHTTP(rw, r)
		fmt.Fprint(rw, "{}") // as ntfy answers
	}))
	t.Cleanup(func() { hook.Close(); push.Close() })
	smtp := "smtp://" + mailed.listen(t) + "/?from=a@team.example&to=b@team.example&starttls=no&auth=none&encryption=none"
	write(t, w.dir, "mail.url", []byte(smtp))
	write(t, w.dir, "mail-html.url", []byte(smtp+"&usehtml=yes"))
	write(t, w.dir, "hook.url", []byte("generic+"+hook.URL+"/"))
	write(t, w.dir, "push.url", []byte("ntfy://"+strings.TrimPrefix(push.URL, "http://")+"/alerts?scheme=http"))
	w.inboxes["a mail"], w.inboxes["the generic webhook"], w.inboxes["ntfy"] = mailed.texts(t), hookedTexts(t, hooked), pushed.all
	judged := "    clients: [till, go]\n    client_file: clients.yaml\n    roots: the roots.pem\n    pool: [pool.pem]\n" +
		"    waivers: waivers.yaml\n    confirm: {times: 1}\n    notify: [mail, mails, hook, push]\n"
	w.config = write(t, w.dir, "tlschain.yaml", []byte("receivers:\n  mail: {url: {file: mail.url}, digest: weekly}\n"+
		"  mails: {url: {file: mail-html.url}, digest: weekly}\n  hook: {url: {file: hook.url}, digest: weekly}\n"+
		"  push: {url: {file: push.url}, digest: weekly, lang: ja}\ngroups:\n"+
		fmt.Sprintf("  web:\n    targets: {inline: [\"shop.example.test:%d\", \"old.example.test:%d\"]}\n    all_addresses: true\n"+
			"    resolve: [\"shop.example.test:127.0.0.1\", \"shop.example.test:127.0.0.2\", \"old.example.test:127.0.0.1\"]\n",
			shop.Addr().Port(), waived.Addr().Port())+judged+
		fmt.Sprintf("  mail:\n    targets: {inline: [\"starttls+pop3://127.0.0.1:%d\"]}\n    server_name: pop.example.test\n",
			pop.Addr().Port())+judged))
	return w
}

// popPreamble is a POP3 server up to TLS.
func popPreamble(conn net.Conn) error {
	fmt.Fprint(conn, "+OK\r\n")
	one := make([]byte, 1)
	for line := ""; ; {
		if _, err := conn.Read(one); err != nil {
			return err
		}
		if line += string(one); one[0] != '\n' {
			continue
		}
		if line == "STLS\r\n" {
			_, err := fmt.Fprint(conn, "+OK\r\n")
			return err
		}
		fmt.Fprint(conn, "-ERR\r\n")
		line = ""
	}
}

func (w *printedWorld) audit(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	return inProcess(t, append(append([]string{"audit"}, args...), "--config", w.config, "--db", w.db)...)
}

// messages are what every receiver has got since it was last asked.
func (w *printedWorld) messages(t *testing.T, what string) (all []printedText) {
	t.Helper()
	for receiver, inbox := range w.inboxes {
		list := inbox()
		got := list[w.read[receiver]:]
		w.read[receiver] = len(list)
		if len(got) == 0 {
			t.Fatalf("%s: no %s", receiver, what)
		}
		for _, text := range got {
			all = append(all, printedText{receiver + ", " + what, text, true})
		}
	}
	return all
}

// makeDigestsDue lets the time of all digests have come.
func (w *printedWorld) makeDigestsDue(t *testing.T) {
	t.Helper()
	db, err := history.Open(t.Context(), w.db)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	planned, err := db.Reminders(t.Context())
	if err != nil || len(planned) != 4 {
		t.Fatalf("%v, %v", planned, err)
	}
	for receiver, p := range planned {
		due := history.Planned{Next: time.Now().Add(-time.Hour), Spec: p.Spec}
		if mine, err := db.Remind(t.Context(), receiver, p, due, nil); err != nil || !mine {
			t.Fatal(mine, err)
		}
	}
}

// pages are all that lead from the overview, and what they offer to download, of
// a history that knows the certificates after the leaf by their facts only.
func (w *printedWorld) pages(t *testing.T) (all []printedText) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+w.db)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE certificate SET der = NULL WHERE id IN (SELECT certificate_id FROM mend_certificate)", "DELETE FROM mend_certificate",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	bundle := ""
	if err := db.QueryRow("SELECT lower(hex(bundle)) FROM state WHERE bundle IS NOT NULL LIMIT 1").Scan(&bundle); err != nil {
		t.Fatal(err)
	}
	db.Close()
	ctx, stop := context.WithCancel(t.Context())
	address := freeAddress(t)
	var serving sync.WaitGroup
	serving.Go(func() {
		args := []string{"audit", "serve", "--config", w.config, "--db", w.db, "--listen", address}
		run(ctx, args, strings.NewReader(""), t.Output(), t.Output(), func(string) string { return "" })
	})
	defer serving.Wait()
	defer stop()
	awaitHealthy(t, address)
	seen, files := map[string]bool{"/": true}, 0
	for queue := []string{"/", "/mends/" + bundle + "/issuers.pem"}; len(queue) > 0 && len(seen) < 500; queue = queue[1:] {
		path := queue[0]
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		switch kind := response.Header.Get("Content-Type"); {
		case strings.HasPrefix(kind, "text/html"):
			if !strings.HasPrefix(path, "/rules/") { // their prose names commands, and no endpoint
				found := typedInPage(string(text))
				all = append(all, printedText{path, found, found != ""})
			}
			for _, match := range linkInPage.FindAllStringSubmatch(string(text), -1) {
				if to := html.UnescapeString(match[1]); !seen[to] {
					seen[to] = true
					queue = append(queue, to)
				}
			}
			if id, ok := strings.CutPrefix(path, "/endpoints/"); ok && !strings.ContainsAny(id, "/?") {
				queue = append(queue, path+"/bundle.pem")
			}
		case strings.HasSuffix(path, ".pem") && response.StatusCode == http.StatusNotFound:
			files++
			all = append(all, printedText{path, string(text), true})
		}
	}
	commands := map[string]int{}
	for _, p := range all {
		kind, _, _ := strings.Cut(strings.TrimPrefix(p.where, "/"), "/")
		commands[kind] += strings.Count(p.text, "tlschain fix ")
	}
	if commands[""] == 0 || commands["endpoints"] == 0 || commands["audits"] == 0 || files < 2 {
		t.Errorf("commands by page: %v, %d files that are not there", commands, files)
	}
	return all
}

// hookedTexts are the texts of what a program behind a webhook got.
func hookedTexts(t *testing.T, from *inbox) func() []string {
	return func() (texts []string) {
		for _, body := range from.all() {
			var message struct{ Text string }
			if err := json.Unmarshal([]byte(body), &message); err != nil {
				t.Fatalf("%v in %s", err, body)
			}
			texts = append(texts, message.Text)
		}
		return texts
	}
}
