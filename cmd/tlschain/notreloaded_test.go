//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
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
	w.put("tls/both.crt", renewed.PEM(), ca.PEM(), tlstest.For(t).Leaf("another", ca, func(*tlstest.Template) {}).PEM()) // as fix writes a file: with the same leaf
	if found, said, code := check(); !slices.Contains(found, "both.crt not-reloaded") || code != 1 {
		t.Errorf("another list behind the leaf: exit code %d, %q\n%s", code, found, said)
	}
	if _, said, code := configChecked(t, "", "--live", "tls/own.crt"); code != exitUsage || !strings.Contains(said, "--live needs the configuration of a server") {
		t.Errorf("exit code %d: %s", code, said)
	}
}

// check --live tells of an Apache that has not read its new file, until it does.
func TestApacheIsNotReloaded(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "apache2", "apache2")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own")
	address := freeAddress(t)
	main := fmt.Sprintf("ServerRoot %q\nDefaultRuntimeDir %[1]q\nPidFile pid\nServerName localhost\nErrorLog /dev/stderr\nListen %s https\n", w.dir, address)
	if os.Geteuid() == 0 {
		main += "User www-data\nGroup www-data\n"
	}
	w.put("apache2.conf", []byte(main+fmt.Sprintf(apacheModules, "/usr/lib/apache2/modules/")+"<VirtualHost "+address+">\nServerName own.example.test\n"+
		"SSLEngine on\nSSLCertificateFile tls/own.crt\nSSLCertificateKeyFile tls/own.key\n</VirtualHost>\n"))
	apache := exec.Command(program, "-DFOREGROUND", "-f", filepath.Join(w.dir, "apache2.conf"))
	log := startUntilEnd(t, apache)
	awaitServed(t, address, "own.example.test", log)
	serverIsNotReloaded(t, w, ca, []string{"--roots", roots, "--live", "--apache", w.dir}, []string{address}, func(int, int) {}, func() {}, func() {
		if err := apache.Process.Signal(syscall.SIGHUP); err != nil {
			t.Error(err)
		}
	}, log)
}

// check --live tells of an HAProxy that has not read its new file, until it does.
func TestHAProxyIsNotReloaded(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "haproxy", "haproxy")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own")
	address := freeAddress(t)
	w.put("haproxy.cfg", fmt.Appendf(nil, "global\n  maxconn 64\ndefaults\n  mode http\n  timeout connect 10s\n  timeout client 10s\n  timeout server 10s\n"+
		"frontend tls\n  bind %s ssl crt %s/tls/own.pem\n  http-request return status 200\n", address, w.dir))
	haproxy := exec.Command(program, "-W", "-f", filepath.Join(w.dir, "haproxy.cfg"))
	log := startUntilEnd(t, haproxy)
	awaitServed(t, address, "own.example.test", log)
	file := filepath.Join(w.dir, "tls/own")
	serverIsNotReloaded(t, w, ca, []string{"--roots", roots, "--live", "--haproxy", w.dir}, []string{address}, func(int, int) {}, func() {
		w.put("tls/own.pem", read(t, file+".crt"), read(t, file+".key"))
	}, func() {
		if err := haproxy.Process.Signal(syscall.SIGUSR2); err != nil {
			t.Error(err)
		}
	}, log)
}

// check --live asks each service of a Postfix as it begins: with TLS, or with
// STARTTLS. A process of Postfix holds the certificates that it began with.
func TestPostfixIsNotReloaded(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "postfix", "postfix")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own")
	keyFirst := func() {
		w.put("tls/own.pem", read(t, filepath.Join(w.dir, "tls/own.key")), read(t, filepath.Join(w.dir, "tls/own.crt")))
	}
	keyFirst()
	direct, started := freeAddress(t), freeAddress(t)
	_, port, _ := strings.Cut(started, ":")
	started = "127.0.0.1:" + port // Postfix takes no address that no interface has
	w.put("etc/main.cf", fmt.Appendf(nil, postfixMain+"inet_interfaces = 127.0.0.1\nsmtpd_tls_security_level = may\nsmtpd_tls_chain_files = $dir/tls/own.pem\n", w.dir))
	services := []string{
		direct + " inet n - n - 1 smtpd\n  -o smtpd_tls_wrappermode=yes\n",
		port + " inet n - n - 1 smtpd\n",
	}
	configure := func(from, to int) {
		w.put("etc/master.cf", []byte(strings.Join(services[from:to], "")), []byte(postfixServices))
	}
	configure(0, 2)
	postfixOwns(t, w.dir)
	log := runPostfix(t, program, w.dir)
	awaitServed(t, direct, "own.example.test", log)
	etc := filepath.Join(w.dir, "etc")
	serverIsNotReloaded(t, w, ca, []string{"--roots", roots, "--live", "--postfix", etc}, []string{direct, started}, configure, keyFirst, func() {
		if out, err := exec.Command(program, "-c", etc, "reload").CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}, log)
}

// check --live asks each port of a Dovecot as it begins. Its process config holds
// the certificates, however new the processes are that listen.
func TestDovecotIsNotReloaded(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "dovecot", "dovecot-imapd")
	if os.Geteuid() != 0 {
		tlstest.Missing(t, "Dovecot switches between users, so it runs as root here")
	}
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own")
	direct, started := freeAddress(t), freeAddress(t)
	host, port, _ := strings.Cut(direct, ":")
	_, other, _ := strings.Cut(started, ":")
	w.put("protocols.d/imapd.protocol", []byte("protocols = $protocols imap\n"))
	ports := []string{port, other}
	configure := func(from, to int) {
		listen := []string{"0", "0"}
		copy(listen[from:to], ports[from:to])
		w.put("dovecot.conf", fmt.Appendf(nil, `!include_try protocols.d/*.protocol
listen = %s
base_dir = %s/run
state_dir = %[2]s/state
log_path = /dev/stderr
ssl_cert = <%[2]s/tls/own.crt
ssl_key = <%[2]s/tls/own.key
passdb {
  driver = static
  args = nopassword=y
}
service imap-login {
  inet_listener imaps {
    port = %s
  }
  inet_listener imap {
    port = %s
  }
}
`, host, w.dir, listen[0], listen[1]))
	}
	configure(0, 2)
	log := startUntilEnd(t, exec.Command(program, "-F", "-c", filepath.Join(w.dir, "dovecot.conf")))
	awaitServed(t, direct, "own.example.test", log)
	serverIsNotReloaded(t, w, ca, []string{"--roots", roots, "--live", "--dovecot", w.dir}, []string{direct, started}, configure, func() {}, func() {
		pid, err := strconv.Atoi(strings.TrimSpace(string(read(t, filepath.Join(w.dir, "run/master.pid")))))
		if err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(pid, syscall.SIGHUP); err != nil {
			t.Error(err)
		}
	}, log)
}

// serverIsNotReloaded runs check with a server that presents tls/own.crt at some
// addresses, renews the file, and reloads the server. configure writes the
// configuration with those addresses alone.
func serverIsNotReloaded(t *testing.T, w *storeWriter, ca *tlstest.Cert, args, addresses []string, configure func(from, to int), written, reload func(), log func() string) {
	t.Helper()
	check := func() (messages []string, said string, code int) {
		sites, said, code := configChecked(t, "", args...)
		if len(sites) != 1 {
			t.Fatalf("%d sites\n%s\n%s", len(sites), said, log())
		}
		for _, f := range sites[0].Findings {
			messages = append(messages, f.Rule+" "+f.Message)
		}
		return messages, said, code
	}
	if found, said, code := check(); len(found) != 0 || code != 0 {
		t.Fatalf("just begun: exit code %d, %q\n%s\n%s", code, found, said, log())
	}
	renewed := tlstest.For(t).Leaf("renewed", ca, func(c *tlstest.Template) { c.DNSNames = []string{"own.example.test"} })
	w.put("tls/own.crt", renewed.PEM(), ca.PEM())
	w.put("tls/own.key", w.key(renewed))
	written()
	for i, address := range addresses {
		configure(i, i+1)
		found, said, code := check()
		if len(found) != 1 || !strings.HasPrefix(found[0], "not-reloaded "+address+" presents ") || !strings.Contains(found[0], " began on ") || code != 1 {
			t.Errorf("%s: a new file: exit code %d, %q\n%s\n%s", address, code, found, said, log())
		}
	}
	configure(0, len(addresses))
	reload()
	await(t, func() bool {
		found, _, code := check()
		return len(found) == 0 && code == 0
	}, log)
}
