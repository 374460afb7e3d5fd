package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
	"github.com/tlschain/tlschain/scanner/tlstest/system"
)

// Four nights with real parts: nginx with three sites, postfix, a webhook. A
// chain is broken in the second night and fixed with tlschain fix in the
// fourth; people hear of it twice, and of nothing else.
func TestFourNights(t *testing.T) {
	nginx := tlstest.Program(t, "nginx", "nginx")
	mail := startPostfix(t)
	var hooked inbox
	webhook := httptest.NewServer(&hooked)
	defer webhook.Close()

	dir, web := t.TempDir(), t.TempDir()
	address := freeAddress(t)
	var sites []site
	var list, roots, pool []byte
	for _, siteName := range []string{"one.example.test", "two.example.test", "three.example.test"} {
		r, err := tlstest.ParseRecipe(siteName, `
at `+time.Now().UTC().Format(time.DateOnly)+`
name `+siteName+`
root R from=-400d to=+4000d
ca I by R from=-300d to=+2000d
leaf L by I san=`+siteName+` from=-20d to=+60d
present L I
anchors R
pool I
`)
		if err != nil {
			t.Fatal(err)
		}
		sites = append(sites, siteOf(t, r))
		list = fmt.Appendf(list, "%s@%s\n", siteName, address)
		roots, pool = append(roots, pemOf(r.Anchors...)...), append(pool, pemOf(r.Pool...)...)
	}
	write(t, dir, "hosts.txt", list)
	rootsFile, poolFile := write(t, dir, "roots.pem", roots), write(t, dir, "pool.pem", pool)
	config := write(t, dir, "tlschain.yaml", []byte(`
receivers:
  mail: {url: {env: E2E_MAIL}}
  hook: {url: {env: E2E_HOOK}, only: warning}
groups:
  sites:
    targets: {files: [hosts.txt]}
    clients: [go, openssl-3.0]
    roots: roots.pem
    pool: [pool.pem]
    confirm: {times: 2, after: 50ms}
    schedule: {cron: "0 2 * * *"}
    notify: [mail, hook]
`))
	t.Setenv("E2E_MAIL", "smtp://"+mail.address+"/?from=tlschain@team.example&to=inbox@team.example&starttls=no&auth=none&encryption=none")
	t.Setenv("E2E_HOOK", "generic+"+webhook.URL+"/?template=json")

	restart := func() func() {
		server := exec.Command(nginx, configureNginx(t, web, address, sites)...)
		system.OwnGroup(t, server)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		await(t, func() bool {
			conn, err := net.Dial("tcp", address)
			if err == nil {
				conn.Close()
			}
			return err == nil
		}, func() string { return "nginx does not listen" })
		return func() {
			system.KillGroup(server)
			server.Wait()
		}
	}
	night := func(n int) string {
		stop := restart()
		defer stop()
		code, out := audited(t, "run", "--config", config)
		if code != 0 {
			t.Fatalf("night %d ends with %d:\n%s", n, code, out)
		}
		return out
	}
	told := func(n int, out string, mails, hooks int, want string) {
		t.Helper()
		await(t, func() bool { return len(mail.messages(t)) >= mails }, func() string { return out + mail.log(t) })
		if got := mail.messages(t); len(got) != mails || mails > 0 && !strings.Contains(got[mails-1], want) {
			t.Errorf("night %d: %d mails, want %d, the last with %q:\n%s\n%s", n, len(got), mails, want, strings.Join(got, "\n----\n"), out)
		}
		if got := hooked.all(); len(got) != hooks || hooks > 0 && !strings.Contains(got[hooks-1], want) {
			t.Errorf("night %d: %d calls of the webhook, want %d, the last with %q:\n%s", n, len(got), hooks, want, got)
		}
	}

	told(1, night(1), 0, 0, "") // all is well
	whole := sites[1].chain
	_, issuers, _ := bytes.Cut(whole, []byte("-----END CERTIFICATE-----\n"))
	sites[1].chain = bytes.TrimSuffix(whole, issuers)
	told(2, night(2), 1, 1, "tlschain: sites: 1 worse")
	told(3, night(3), 1, 1, "tlschain: sites: 1 worse") // the same as before: nobody is told again
	listen := freeAddress(t)
	serve := exec.Command(builtBinary(t), "audit", "serve", "--config", config, "--listen", listen)
	if err := serve.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		serve.Process.Signal(os.Interrupt)
		serve.Wait()
	}()
	awaitHealthy(t, listen)
	_, id, _ := strings.Cut(pageOf(t, "http://"+listen+"/api/v1/endpoints?search=two.example"), `"id":`)
	id, _, _ = strings.Cut(id, ",")
	offered := pageOf(t, "http://"+listen+"/endpoints/"+id+"/bundle.pem")
	fixed := filepath.Join(t.TempDir(), "fixed")
	if code, out := typed(t, "fix", "--server", "nginx", "--clients", "go,openssl-3.0", "--roots", rootsFile, "--pool", poolFile, "-d", fixed, filepath.Join(web, "two.example.test.pem")); code != 0 {
		t.Fatalf("fix ends with %d:\n%s", code, out)
	}
	sites[1].chain = largestFile(t, fixed)
	if offered != string(sites[1].chain) {
		t.Errorf("the page offers another file than fix writes:\n%s\n%s", offered, sites[1].chain)
	}
	told(4, night(4), 2, 2, "tlschain: sites: 1 well again")

	if code, out := audited(t, "diff", "--config", config, "1", "2"); code != 0 || !strings.Contains(out, "two.example.test@"+address+": worse, refused: missing-intermediate=error; refused by go, openssl-3.0") {
		t.Errorf("diff ends with %d:\n%s", code, out)
	}
	if code, out := audited(t, "export", "--config", config, "--format", "ndjson", "2"); code != 0 || strings.Count(out, "\n") != 3 || !strings.Contains(out, "missing-intermediate") {
		t.Errorf("export ends with %d:\n%s", code, out)
	}
	for path, want := range map[string]string{
		"/": "1 well again", "/audits/2": "missing-intermediate (error)", "/endpoints": "two.example.test", "/endpoints/" + id: "clients accept it again", "/metrics": `tlschain_endpoints{group="sites",state="ok",status="ok"} 3`,
	} {
		if page := pageOf(t, "http://"+listen+path); !strings.Contains(page, want) {
			t.Errorf("%s lacks %q:\n%s", path, want, page)
		}
	}
	for path, want := range map[string]string{"/": "1 well again", "/audits/4": "accepted again by go, openssl-3.0", "/endpoints/" + id: "− missing-intermediate (error)"} {
		if page := inChromium(t, "http://"+listen+path); !strings.Contains(page, want) {
			t.Errorf("%s in Chromium lacks %q:\n%s", path, want, page)
		}
	}
}

// inChromium is a page as Chromium has it after loading.
func inChromium(t *testing.T, url string) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command(tlstest.Program(t, "chromium", "chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir="+dir, "--dump-dom", url)
	cmd.Env = append(os.Environ(), "TMPDIR="+dir)
	page, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(page)
}

// audited runs an audit command and gives its exit code and all it wrote.
func audited(t *testing.T, args ...string) (code int, out string) {
	t.Helper()
	return typed(t, append([]string{"audit"}, args...)...)
}

// largestFile is the file of a folder that holds the whole chain.
func largestFile(t *testing.T, dir string) (best []byte) {
	t.Helper()
	filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if text, err := os.ReadFile(path); err == nil && len(text) > len(best) && bytes.HasPrefix(text, []byte("-----BEGIN CERT")) {
			best = text
		}
		return nil
	})
	if best == nil {
		t.Fatalf("there is no certificate file in %s", dir)
	}
	return best
}

// An inbox keeps what a webhook gets.
type inbox struct {
	mu   sync.Mutex
	list []string
}

func (i *inbox) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.list = append(i.list, string(body))
}

func (i *inbox) all() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.list...)
}

// A mailServer is postfix with one mailbox, inbox@team.example.
type mailServer struct{ dir, address string }

func startPostfix(t *testing.T) *mailServer {
	t.Helper()
	program := tlstest.Program(t, "postfix", "postfix")
	if os.Geteuid() != 0 {
		t.Skip("postfix starts as root only")
	}
	owner, err := user.Lookup("postfix")
	if err != nil {
		t.Fatal(err)
	}
	nobody, err := user.Lookup("nobody")
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "postfix") // its daemons run as other users, and pass through
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	m := &mailServer{dir, freeAddress(t)}
	for folder, id := range map[string]*user.User{"": nil, "etc": nil, "queue": nil, "data": owner, "mail": nobody} {
		path := filepath.Join(dir, folder)
		if err := os.MkdirAll(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
		if id != nil {
			if out, err := exec.Command("chown", id.Uid+":"+id.Gid, path).CombinedOutput(); err != nil {
				t.Fatalf("%v %s", err, out)
			}
		}
	}
	etc := filepath.Join(dir, "etc")
	write(t, etc, "main.cf", fmt.Appendf(nil, `compatibility_level = 3.6
queue_directory = %[1]s/queue
data_directory = %[1]s/data
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
myhostname = mail.team.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
alias_database =
maillog_file = %[1]s/maillog
maillog_file_prefixes = %[1]s
virtual_mailbox_domains = team.example
virtual_mailbox_maps = static:inbox/
virtual_mailbox_base = %[1]s/mail
virtual_uid_maps = static:%[2]s
virtual_gid_maps = static:%[3]s
default_transport = error:nothing leaves this test
relay_transport = error:nothing leaves this test
smtputf8_enable = no
`, dir, nobody.Uid, nobody.Gid))
	write(t, etc, "master.cf", fmt.Appendf(nil, `%s inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
error unix - - n - - error
virtual unix - n n - - virtual
postlog unix-dgram n - n - 1 postlogd
`, m.address))
	for _, file := range []string{"main.cf", "master.cf"} {
		if err := os.Chmod(filepath.Join(etc, file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if out, err := exec.Command(program, "-c", etc, "start").CombinedOutput(); err != nil {
		t.Fatalf("starting postfix: %v\n%s%s", err, out, m.log(t))
	}
	t.Cleanup(func() { exec.Command(program, "-c", etc, "stop").Run() })
	await(t, func() bool {
		conn, err := net.Dial("tcp", m.address)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, func() string { return m.log(t) })
	return m
}

// messages are the mails that were delivered, oldest first.
func (m *mailServer) messages(t *testing.T) (all []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(m.dir, "mail", "inbox", "new", "*"))
	if err != nil {
		t.Fatal(err)
	}
	came := func(file string) (at time.Time) { // of two in one second, the names do not tell
		if info, err := os.Stat(file); err == nil {
			at = info.ModTime()
		}
		return at
	}
	slices.SortFunc(files, func(a, b string) int { return came(a).Compare(came(b)) })
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, string(text))
	}
	return all
}

func (m *mailServer) log(t *testing.T) string {
	t.Helper()
	text, _ := os.ReadFile(filepath.Join(m.dir, "maillog"))
	return string(text)
}
