package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What check --nginx says of servers of mail is what a real nginx presents at
// their addresses, from the first byte and after STARTTLS, and check --live finds
// it there.
func TestNginxPresentsMailAsItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "nginx", "nginx")
	const module = "/usr/lib/nginx/modules/ngx_mail_module.so"
	if _, err := os.Stat(module); err != nil {
		tlstest.Missing(t, "nginx has no module for mail: apt-get install libnginx-mod-mail")
	}
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "around", "imaps", "imap", "pop", "clear")
	targets, addresses := map[string]string{}, map[string]string{}
	for name, scheme := range map[string]string{"imaps": "", "imap": "starttls+imap://", "pop": "starttls+pop3://", "around": "starttls+smtp://", "clear": ""} {
		addresses[name] = freeAddress(t)
		targets[name] = scheme + addresses[name]
	}
	server := func(name, protocol, more string) string {
		return fmt.Sprintf("server { listen %s; protocol %s; server_name %s.example.test; %s }\n", addresses[name], protocol, name, more)
	}
	cert := func(name string) string {
		return fmt.Sprintf("ssl_certificate tls/%[1]s.crt; ssl_certificate_key tls/%[1]s.key;", name)
	}
	w.put("nginx.conf", []byte(fmt.Sprintf("load_module %s;\ndaemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nmail {\n"+
		"auth_http 127.0.0.1:9;\nstarttls on;\n%s\n", module, w.dir, cert("around"))+
		server("around", "smtp", "smtp_auth none;")+
		server("imap", "imap", cert("imap"))+
		server("pop", "pop3", "starttls only; "+cert("pop"))+
		server("clear", "imap", "starttls off; "+cert("clear"))+
		fmt.Sprintf("server { listen %s ssl; protocol imap; server_name imaps.example.test; %s }\n}\n", addresses["imaps"], cert("imaps"))))
	sites, said, _ := configChecked(t, "", "--roots", roots, "--nginx", w.dir)
	want := []string{
		"nginx.conf:7 ssl_certificate tls/around.crt | around.example.test",
		"nginx.conf:9 ssl_certificate tls/imap.crt | imap.example.test",
		"nginx.conf:10 ssl_certificate tls/pop.crt | pop.example.test",
		"nginx.conf:12 ssl_certificate tls/imaps.crt | imaps.example.test",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Fatalf("%s\n%s", diff, said)
	}

	log := startUntilEnd(t, exec.Command(program, "-e", "stderr", "-p", w.dir, "-c", filepath.Join(w.dir, "nginx.conf")))
	awaitServed(t, addresses["imaps"], "imaps.example.test", log)
	for i, name := range []string{"around", "imap", "pop", "imaps"} {
		code, out := inProcess(t, "scan", targets[name], "--server-name", name+".example.test", "--roots", roots, "--clients", "go", "--variants", "none",
			"--at", tlstest.Now().Format("2006-01-02"), "--format", "json", "--fail-on", "never")
		var report struct{ Endpoints []configSite }
		if err := json.Unmarshal([]byte(out), &report); err != nil || code != exitClean || len(report.Endpoints) != 1 {
			t.Fatalf("%s: %v, exit code %d\n%s\n%s", targets[name], err, code, out, log())
		}
		if diff := cmp.Diff(sites[i].Chain, report.Endpoints[0].Chain); diff != "" || len(sites[i].Chain) != 2 {
			t.Errorf("%s presents another chain than was judged:\n%s", targets[name], diff)
		}
	}
	live, said, code := configChecked(t, "", "--roots", roots, "--nginx", w.dir, "--live")
	if diff := cmp.Diff(want, siteLines(w.dir, live)); diff != "" || code != exitClean {
		t.Errorf("--live: exit code %d\n%s\n%s", code, diff, said)
	}
	x := tlstest.For(t)
	w.siteLeaves(x.Intermediate("I5", x.Root("R4")), "pop") // renewed, and not loaded
	live, said, _ = configChecked(t, "", "--roots", roots, "--nginx", w.dir, "--live")
	want[2] += " not-reloaded"
	if diff := cmp.Diff(want, siteLines(w.dir, live)); diff != "" {
		t.Errorf("after a renewal: %s\n%s", diff, said)
	}
}
