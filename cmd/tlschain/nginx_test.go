package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What check --nginx says of each site is what a real nginx presents for it, and
// the output of nginx -T tells the same as its files.
func TestNginxPresentsWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "nginx", "nginx")
	w := newStoreWriter(t)
	x := tlstest.For(t)
	root := x.Root("R2")
	ca := x.Intermediate("I2", root)
	leaves := make(map[string]*tlstest.Cert)
	for _, name := range []string{"own", "outer", "both", "inline", "rsa"} {
		leaves[name] = x.Leaf(name, ca, func(c *tlstest.Template) {
			c.DNSNames = []string{name + ".example.test"}
			if name == "rsa" {
				c.Key, c.DNSNames = x.Key("rsa", "rsa2048"), []string{"both.example.test"}
			}
		})
		w.put("tls/"+name+".pem", leaves[name].PEM(), ca.PEM())
		w.put("tls/"+name+".key", w.key(leaves[name]))
	}
	address := freeAddress(t)
	var temporary string
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += fmt.Sprintf("  %s_temp_path %s/%s;\n", kind, w.dir, kind)
	}
	w.put("nginx.conf", fmt.Appendf(nil, "daemon off; master_process off; pid %s/pid; error_log stderr;\nevents {}\nhttp {\n  access_log off; # { \"\n%s"+
		"  ssl_certificate tls/outer.pem;\n  ssl_certificate_key tls/outer.key;\n  include sites/*.conf;\n}\n", w.dir, temporary))
	w.put("sites/a.conf", fmt.Appendf(nil, "server {\n  listen %s ssl default_server;\n  server_name own.example.test www.own.example.test;\n"+
		"  ssl_certificate \"%s/tls/own.pem\"; ssl_certificate_key 'tls/own.key';\n  location ~ \"^/a{1,2}$\" { return 200 \"a;}\"; }\n}\n", address, w.dir))
	w.put("sites/b.conf", fmt.Appendf(nil, "server { listen %s ssl; server_name outer.example.test; }\nserver {\n  listen %[1]s;\n  server_name both.example.test;\n"+
		"  ssl_certificate tls/both.pem;\n  ssl_certificate_key tls/both.key;\n  ssl_certificate tls/rsa.pem;\n  ssl_certificate_key tls/rsa.key;\n}\n", address))
	w.put("sites/c.conf", fmt.Appendf(nil, "server {\n  listen %s ssl;\n  server_name inline.example.test;\n  ssl_certificate \"data:%s%s\";\n  ssl_certificate_key tls/inline.key;\n}\n",
		address, leaves["inline"].PEM(), ca.PEM()))
	w.put("sites/off.conf.disabled", []byte("this is not read {"))
	roots := write(t, t.TempDir(), "roots.pem", pemOf(root.DER))
	sites, said, _ := configChecked(t, "", "--roots", roots, "--nginx", w.dir)
	want := []string{
		"sites/a.conf:4 ssl_certificate tls/own.pem | own.example.test",
		"sites/a.conf:4 ssl_certificate tls/own.pem (www.own.example.test) | www.own.example.test name-mismatch",
		"nginx.conf:10 ssl_certificate tls/outer.pem | outer.example.test",
		"sites/b.conf:5 ssl_certificate tls/both.pem | both.example.test",
		"sites/b.conf:7 ssl_certificate tls/rsa.pem | both.example.test",
		"sites/c.conf:4 ssl_certificate data: | inline.example.test",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Fatalf("%s\n%s", diff, said)
	}

	config := []string{"-e", "stderr", "-p", w.dir, "-c", filepath.Join(w.dir, "nginx.conf")}
	dump, err := exec.Command(program, append(config, "-T")...).Output()
	if err != nil {
		t.Fatalf("nginx -T: %v", err)
	}
	dumped, _, _ := configChecked(t, string(dump), "--roots", roots, "--nginx", "-")
	if diff := cmp.Diff(sites, dumped); diff != "" {
		t.Error(diff)
	}

	log := startUntilEnd(t, exec.Command(program, config...))
	awaitServed(t, address, "own.example.test", log)
	sitesAreServed(t, address, sites)
}

// A configuration that cannot be read says where; a site whose file cannot be
// known is named, and the others are judged.
func TestNginxConfigurationsAtFault(t *testing.T) {
	t.Parallel()
	w := newStoreWriter(t)
	w.put("good.pem", w.leaf.PEM(), w.ca.PEM())
	w.put("other.key", w.key(w.other))
	for name, test := range map[string]struct{ text, want string }{
		"include loop":      {"http { include a.conf; }", "nginx.conf includes itself, by "},
		"unended":           {"http { server {", "ends within a directive or a block"},
		"too many ends":     {"http { } }", "ends within a directive or a block"},
		"no such include":   {"http { include nowhere.conf; }", "nowhere.conf: no such file"},
		"deep":              {strings.Repeat("a {", 100_000), "more than 50 deep"},
		"no TLS":            {"http { server { listen 80; } }", "no server in it listens for TLS"},
		"a device":          {"http { include /dev/zero; }", "it is no file"},
		"no mail protocol":  {"mail { starttls on; ssl_certificate good.pem; server { listen 2525; } }", "nginx.conf:1 server: it has starttls, no protocol, and a port that is that of none"},
		"mail in the clear": {"mail { server { listen 143; starttls off; } }", "no server in it listens for TLS"},
		"no certificate":    {"http { server {\nlisten 443 ssl; } }", "nginx.conf:1 server: it listens for TLS and has no ssl_certificate"},
		"a variable":        {"http { server { listen 443 ssl;\n ssl_certificate /etc/$ssl_server_name; } }", "nginx.conf:2 ssl_certificate: its value has a variable"},
		"no such file":      {"http { server { listen 443 ssl;\n\n ssl_certificate gone.pem; } }", "gone.pem: no such file"},
		"an empty argument": {"http { server { listen 443 ssl; ssl_certificate \"\"; \"\" x; } }", "it is no file"},
	} {
		t.Run(name, func(t *testing.T) {
			w := *w
			w.T = t
			w.dir = t.TempDir()
			w.put("nginx.conf", []byte(test.text))
			w.put("a.conf", []byte("include nginx.conf;"))
			_, said, code := configChecked(t, "", "--nginx", w.dir)
			if !strings.Contains(said, test.want) || code != exitUsage {
				t.Errorf("exit code %d: %s", code, said)
			}
		})
	}
	w.put("nginx.conf", []byte("http { server { listen 443 ssl; ssl_certificate good.pem; ssl_certificate_key other.key; }\nserver { listen 444 ssl; ssl_certificate gone.pem; } }"))
	sites, said, _ := configChecked(t, "", "--nginx", filepath.Join(w.dir, "nginx.conf"))
	if len(sites) != 1 || !slices.ContainsFunc(sites[0].Findings, func(f struct{ Rule, Message string }) bool { return f.Rule == "key-mismatch" }) ||
		!strings.Contains(said, "nginx.conf:2 ssl_certificate: ") {
		t.Errorf("%+v\n%s", sites, said)
	}
}
