package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// check --live tells of an nginx that has not read its new file, until it does.
func TestNginxIsNotReloaded(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "nginx", "nginx")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own", "both", "rsa")
	address := freeAddress(t)
	var temporary string
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += fmt.Sprintf("  %s_temp_path %s/%s;\n", kind, w.dir, kind)
	}
	w.put("nginx.conf", fmt.Appendf(nil, "daemon off; worker_processes 1; pid %s/pid; error_log stderr;\nevents {}\nhttp {\n  access_log off;\n%s  server {\n    listen %s ssl;\n"+
		"    server_name both.example.test;\n    ssl_certificate tls/both.crt;\n    ssl_certificate_key tls/both.key;\n    ssl_certificate tls/rsa.crt;\n"+
		"    ssl_certificate_key tls/rsa.key;\n  }\n}\n", w.dir, temporary, address))
	check := func() (rules []string, said string, code int) {
		sites, said, code := configChecked(t, "", "--roots", roots, "--live", "--nginx", w.dir)
		for _, s := range sites {
			for _, f := range s.Findings {
				rules = append(rules, filepath.Base(strings.Fields(s.Target)[2])+" "+f.Rule)
			}
		}
		return rules, said, code
	}
	if found, said, code := check(); len(found) != 0 || code != exitUnjudged || !strings.Contains(said, "nginx.conf:13 ssl_certificate: "+address) {
		t.Errorf("nobody listens yet: exit code %d, %q\n%s", code, found, said)
	}
	nginx := exec.Command(program, "-e", "stderr", "-p", w.dir, "-c", filepath.Join(w.dir, "nginx.conf"))
	log := startUntilEnd(t, nginx)
	awaitServed(t, address, "both.example.test", log)
	if found, said, code := check(); len(found) != 0 || code != 0 {
		t.Errorf("just begun: exit code %d, %q\n%s", code, found, said)
	}
	old := servedAt(address, "both.example.test")
	renewed := tlstest.For(t).Leaf("renewed", ca, func(c *tlstest.Template) { c.DNSNames = []string{"both.example.test"} })
	w.put("tls/both.crt", renewed.PEM(), ca.PEM())
	w.put("tls/both.key", w.key(renewed))
	if found, said, code := check(); fmt.Sprint(found) != "[both.crt not-reloaded]" || code != 1 {
		t.Errorf("a new file: exit code %d, %q\n%s", code, found, said)
	}
	if err := nginx.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	await(t, func() bool { return servedAt(address, "both.example.test")[0] != old[0] }, log)
	await(t, func() bool { // its old workers end
		found, _, code := check()
		return len(found) == 0 && code == 0
	}, log)
	if _, said, code := configChecked(t, "", "--live", "tls/own.crt"); code != exitUsage || !strings.Contains(said, "--live needs the configuration of a server") {
		t.Errorf("exit code %d: %s", code, said)
	}
}
