package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What check --postfix says of each certificate is what a real Postfix presents
// for its name, and postconf tells the same as its files.
func TestPostfixPresentsWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "postfix", "postfix")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own", "both", "rsa", "listed", "split", "second", "pattern")
	for _, name := range []string{"listed", "second", "pattern"} { // the key first, as Postfix wants it
		w.put("tls/"+name+".pem", read(t, filepath.Join(w.dir, "tls", name+".key")), read(t, filepath.Join(w.dir, "tls", name+".crt")))
	}
	first, second := freeAddress(t), freeAddress(t)
	etc := filepath.Join(w.dir, "etc")
	w.put("etc/main.cf", fmt.Appendf(nil, postfixMain+"smtpd_tls_security_level = may\nsmtpd_tls_wrappermode = yes\ntls = $(dir)/tls\nsmtpd_tls_cert_file = /overridden\nsmtpd_tls_cert_file =\n# a comment\n\n  ${tls}/rsa.crt\n"+
		"smtpd_tls_key_file = $tls/rsa.key\nsmtpd_tls_eccert_file = $tls/both.crt\nsmtpd_tls_eckey_file = $tls/both.key\ntls_server_sni_maps = hash:$dir/etc/sni\n", w.dir))
	w.put("etc/master.cf", fmt.Appendf(nil, "# services\n%s inet n - n - - smtpd\n%s inet n - n - - smtpd\n  -o smtpd_tls_chain_files=%s/tls/second.pem\n"+
		"  -o { tls_server_sni_maps = }\n"+postfixServices, first, second, w.dir))
	w.put("etc/sni", fmt.Appendf(nil, "listed.example.test\t%s/tls/listed.pem\nsplit.example.test %[1]s/tls/split.key,\n  %[1]s/tls/split.crt\n.pattern.example.test %[1]s/tls/pattern.pem\n", w.dir))
	postfixOwns(t, w.dir)
	sites, said, _ := configChecked(t, "", "--roots", roots, "--postfix", etc)
	want := []string{
		"etc/main.cf:17 smtpd_tls_cert_file tls/rsa.crt | both.example.test",
		"etc/main.cf:22 smtpd_tls_eccert_file tls/both.crt | both.example.test",
		"etc/sni:1 tls_server_sni_maps tls/listed.pem | listed.example.test",
		"etc/sni:2 tls_server_sni_maps tls/split.crt | split.example.test",
		"etc/sni:4 tls_server_sni_maps tls/pattern.pem | pattern.example.test",
		"etc/master.cf:3 smtpd_tls_chain_files tls/second.pem | second.example.test",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Fatalf("%s\n%s", diff, said)
	}
	var dump []byte
	for _, what := range []string{"-n", "-M", "-P"} {
		out, err := exec.Command("/usr/sbin/postconf", "-c", etc, what).Output()
		if err != nil {
			t.Fatal(err)
		}
		dump = append(dump, out...)
	}
	dumped, said, _ := configChecked(t, string(dump), "--roots", roots, "--postfix", "-")
	if diff := cmp.Diff(withoutPlaces(sites), withoutPlaces(dumped)); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}
	if out, err := exec.Command("/usr/sbin/postmap", "-c", etc, "-F", "hash:"+etc+"/sni").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	awaitServed(t, first, "own.example.test", runPostfix(t, program, w.dir))
	sitesAreServed(t, first, sites[:4])
	sitesAreServed(t, second, sites[5:])
}

// postfixMain begins a main.cf, of which the folder is to be put in;
// postfixServices are what smtpd needs in master.cf.
const (
	postfixMain = "compatibility_level = 3.6\ndir = %s\nqueue_directory = $dir/queue\ndata_directory = ${dir}/data\ndaemon_directory = /usr/lib/postfix/sbin\n" +
		"command_directory = /usr/sbin\nmyhostname = own.example.test\nmynetworks_style = host\nalias_maps =\nalias_database =\nmaillog_file = $dir/maillog\nmaillog_file_prefixes = $dir\n"
	postfixServices = "tlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n" +
		"rewrite unix - - n - - trivial-rewrite\nanvil unix - - n - 1 anvil\ncleanup unix n - n - 0 cleanup\nproxymap unix - - n - - proxymap\n"
)

// postfixOwns makes a folder with etc/main.cf and etc/master.cf one that Postfix
// runs in: its daemons run as postfix, and pass through.
func postfixOwns(t *testing.T, dir string) {
	t.Helper()
	owner, err := user.Lookup("postfix")
	if err != nil || os.Geteuid() != 0 {
		tlstest.Missing(t, "Postfix switches between users, so it runs as root here")
	}
	uid, _ := strconv.Atoi(owner.Uid)
	for _, folder := range []string{"queue", "data"} {
		if err := os.MkdirAll(filepath.Join(dir, folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{filepath.Dir(dir), dir, filepath.Join(dir, "etc")} {
		if err := os.Chmod(folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"main.cf", "master.cf"} {
		if err := os.Chmod(filepath.Join(dir, "etc", file), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(filepath.Join(dir, "data"), uid, -1); err != nil {
		t.Fatal(err)
	}
}

// runPostfix starts Postfix in a folder of postfixOwns, and gives its log.
func runPostfix(t *testing.T, program, dir string) (log func() string) {
	t.Helper()
	etc := filepath.Join(dir, "etc")
	t.Cleanup(func() { exec.Command(program, "-c", etc, "stop").Run() }) // its master leaves our process group
	said := startUntilEnd(t, exec.Command(program, "-c", etc, "start-fg"))
	return func() string {
		mail, _ := os.ReadFile(filepath.Join(dir, "maillog"))
		return said() + string(mail)
	}
}

// withoutPlaces are the sites by the files that they use, in any order.
func withoutPlaces(sites []configSite) map[string]configSite {
	all := make(map[string]configSite)
	for _, s := range sites {
		_, file, _ := strings.Cut(s.Target, " ")
		s.Target = ""
		all[file+" "+s.ServerName] = s
	}
	return all
}

func TestPostfixConfigurationsAtFault(t *testing.T) {
	t.Parallel()
	const tls = "smtpd_tls_security_level = may\n"
	configsAtFault(t, "postfix", "main.cf", map[string]configFault{
		"no TLS":         {"smtpd_tls_cert_file = /a\n", "no server in it listens for TLS"},
		"no certificate": {tls, "smtp: it may speak TLS and has no smtpd_tls_chain_files"},
		"no such file":   {tls + "smtpd_tls_cert_file = /nowhere/a.pem\n", "main.cf:2 smtpd_tls_cert_file: /nowhere/a.pem: no such file"},
		"in a circle":    {tls + "a = $b$b\nb = $a$a\nsmtpd_tls_cert_file = /$a\n", "main.cf:4 smtpd_tls_cert_file"},
		"no such table":  {tls + "tls_server_sni_maps = hash:/nowhere/sni\n", "/nowhere/sni: no such file"},
		"no text":        {tls + "tls_server_sni_maps = pcre:/a\n", "pcre:/a is a kind of table that is not read"},
		"a device":       {tls + "tls_server_sni_maps = hash:/dev/zero\n", "it is no file"},
		"odd lines":      {tls + "=\n  \n$\nx\n = y\nsmtpd_tls_cert_file = ${\n", "smtpd_tls_cert_file: /var/spool/postfix/${: no such file"},
	})
}

// A file of a key and a certificate is loaded by Postfix with the key first.
func TestPostfixWantsTheKeyFirst(t *testing.T) {
	t.Parallel()
	w := newStoreWriter(t)
	ca, _ := siteCA(t)
	w.siteLeaves(ca, "own")
	w.put("main.cf", fmt.Appendf(nil, "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = %s/tls/own.pem\n", w.dir))
	_, said, code := configChecked(t, "", "--postfix", w.dir)
	if code != exitUsage || !strings.Contains(said, "own.pem has its key behind the certificate") {
		t.Errorf("exit code %d\n%s", code, said)
	}
	w.put("main.cf", fmt.Appendf(nil, "smtpd_tls_security_level = may\nsmtpd_tls_chain_files = %s/tls/own.crt\n", w.dir))
	_, said, code = configChecked(t, "", "--postfix", w.dir)
	if code != exitUsage || !strings.Contains(said, "own.crt has no key") {
		t.Errorf("exit code %d\n%s", code, said)
	}
}

// What check --dovecot says of each certificate is what a real Dovecot presents
// for its name, and doveconf tells the same as its files.
func TestDovecotPresentsWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "dovecot", "dovecot-imapd")
	if os.Geteuid() != 0 {
		tlstest.Missing(t, "Dovecot switches between users, so it runs as root here")
	}
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own", "both", "rsa", "listed", "more", "spaced")
	address := freeAddress(t)
	host, port, _ := strings.Cut(address, ":")
	config := filepath.Join(w.dir, "dovecot.conf")
	w.put("tls/spaced out.crt", read(t, filepath.Join(w.dir, "tls/spaced.crt")))
	w.put("dovecot.conf", fmt.Appendf(nil, `protocols = imap # and no more
listen = %s
base_dir = %s/run
state_dir = %[2]s/state
log_path = /dev/stderr
ssl = required
ssl_cert = <%[2]s/tls/own.crt
ssl_key = <%[2]s/tls/both.key
passdb {
  driver = static
  args = nopassword=y
}
service imap-login {
  inet_listener imap {
    port = 0
  }
  inet_listener imaps {
    port = %s
  }
}
!include conf.d/*.conf
!include_try gone.conf
`, host, w.dir, port))
	w.put("conf.d/10-ssl.conf", fmt.Appendf(nil, "ssl_cert = \\\n  <%[1]s/tls/both.crt\nssl_alt_cert = <%[1]s/tls/rsa.crt\nssl_alt_key = <%[1]s/tls/rsa.key\n"+
		"local_name \"listed.example.test more.example.test\" {\n  ssl_cert = <%[1]s/tls/listed.crt\n  ssl_key = <%[1]s/tls/listed.key\n  ssl_alt_cert =\n  ssl_alt_key =\n}\n"+
		"local_name spaced.example.test {\n  ssl_cert = <%[1]s/tls/spaced out.crt\n  ssl_key = <%[1]s/tls/spaced.key\n}\nprotocol lmtp {\n  ssl = no\n}\n", w.dir))
	w.put("conf.d/off.conf.no", []byte("this is not read {"))
	sites, said, _ := configChecked(t, "", "--roots", roots, "--dovecot", w.dir)
	want := []string{
		"conf.d/10-ssl.conf:1 ssl_cert tls/both.crt | both.example.test",
		"conf.d/10-ssl.conf:3 ssl_alt_cert tls/rsa.crt | both.example.test",
		"conf.d/10-ssl.conf:6 ssl_cert tls/listed.crt | listed.example.test",
		"conf.d/10-ssl.conf:6 ssl_cert tls/listed.crt (more.example.test) | more.example.test name-mismatch",
		"conf.d/10-ssl.conf:12 ssl_cert tls/spaced out.crt | spaced.example.test",
		"conf.d/10-ssl.conf:3 ssl_alt_cert tls/rsa.crt | spaced.example.test name-mismatch",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}
	dump, err := exec.Command("/usr/bin/doveconf", "-c", config, "-n").Output()
	if err != nil {
		t.Fatal(err)
	}
	dumped, said, _ := configChecked(t, string(dump), "--roots", roots, "--dovecot", "-")
	if diff := cmp.Diff(withoutPlaces(sites), withoutPlaces(dumped)); diff != "" {
		t.Errorf("%s\n%s\n%s", diff, said, dump)
	}
	log := startUntilEnd(t, exec.Command(program, "-F", "-c", config))
	awaitServed(t, address, "own.example.test", log)
	sitesAreServed(t, address, sites)
}

func TestDovecotConfigurationsAtFault(t *testing.T) {
	t.Parallel()
	configsAtFault(t, "dovecot", "dovecot.conf", map[string]configFault{
		"no TLS":          {"ssl = no\nssl_cert = </a\n", "no server in it listens for TLS"},
		"no certificate":  {"protocols = imap\n", "dovecot.conf:1 ssl_cert: it is not set"},
		"no such file":    {"ssl_cert = <gone.pem\n", "gone.pem: no such file"},
		"no file":         {"\nssl_cert = gone.pem\n", "dovecot.conf:2 ssl_cert: its value is no file"},
		"include loop":    {"!include ./dovecot.conf\n", "dovecot.conf includes itself, by "},
		"no such include": {"!include none.conf\n", "none.conf: no such file"},
		"unended":         {"local_name a {\n", "ends within a directive or a block"},
		"too many ends":   {"}\n", "dovecot.conf:1: } ends no block"},
		"deep":            {strings.Repeat("a {\n", 100_000), "more than 50 deep"},
		"odd lines":       {"=\n{\n}\n", "dovecot.conf:2: the block has no name"},
		"a device":        {"!include /dev/zero\n", "it is no file"},
	})
}
