package main

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// What check --haproxy says of each certificate is what a real HAProxy presents
// for its name.
func TestHAProxyPresentsWhatItsConfigurationSays(t *testing.T) {
	t.Parallel()
	program := tlstest.Program(t, "haproxy", "haproxy")
	w := newStoreWriter(t)
	ca, roots := siteCA(t)
	w.siteLeaves(ca, "own", "split", "both", "rsa", "folder", "listed", "spaced")
	for from, to := range map[string]string{"tls/both.pem": "tls/bundle.pem.ecdsa", "tls/rsa.pem": "tls/bundle.pem.rsa", "tls/folder.crt": "many/a.pem",
		"tls/folder.key": "many/a.pem.key", "tls/own.pem": "many/.hidden.pem", "tls/spaced.pem": "tls/spaced out.pem", "tls/split.key": "tls/split.crt.key"} {
		w.put(to, read(t, filepath.Join(w.dir, from)))
	}
	address := freeAddress(t)
	config := fmt.Sprintf("global\n  maxconn 64\n  setenv TLS tls\n  crt-base %q\ndefaults\n  mode http\n  timeout connect 10s\n  timeout client 10s\n"+
		"  timeout server 10s\nfrontend tls # bind :443 ssl\n  bind %s alpn h2,http/1.1 crt \"${TLS}/own.pem\" ssl crt tls/split.crt crt 'many' crt tls/bundle.pem "+
		"crt-list %s/list.txt crt tls/spaced\\ out.pem\n  http-request return status 200\n", w.dir, address, w.dir)
	w.put("haproxy.cfg", []byte(config))
	w.put("list.txt", []byte("# a comment\n\ntls/listed.pem [alpn h2] listed.example.test !no.example.test *.listed.example.test other.example.test\n"))
	sites, said, _ := configChecked(t, "", "--roots", roots, "--haproxy", w.dir)
	want := []string{
		"haproxy.cfg:11 crt tls/own.pem | own.example.test",
		"haproxy.cfg:11 crt tls/split.crt | split.example.test",
		"haproxy.cfg:11 crt many/a.pem | folder.example.test",
		"haproxy.cfg:11 crt tls/bundle.pem.ecdsa | both.example.test",
		"haproxy.cfg:11 crt tls/bundle.pem.rsa | both.example.test",
		"list.txt:3 crt-list tls/listed.pem | listed.example.test",
		"list.txt:3 crt-list tls/listed.pem (other.example.test) | other.example.test name-mismatch",
		"haproxy.cfg:11 crt tls/spaced out.pem | spaced.example.test",
	}
	if diff := cmp.Diff(want, siteLines(w.dir, sites)); diff != "" {
		t.Errorf("%s\n%s", diff, said)
	}
	dumped, said, _ := configChecked(t, config, "--roots", roots, "--haproxy", "-")
	if len(dumped) != len(sites) {
		t.Errorf("%d sites of standard input, %d of the file\n%s", len(dumped), len(sites), said)
	}
	log := startUntilEnd(t, exec.Command(program, "-db", "-f", filepath.Join(w.dir, "haproxy.cfg")))
	awaitServed(t, address, "own.example.test", log)
	sitesAreServed(t, address, sites)
}

func TestHAProxyConfigurationsAtFault(t *testing.T) {
	t.Parallel()
	configsAtFault(t, "haproxy", "haproxy.cfg", map[string]configFault{
		"no TLS":         {"frontend f\n bind :80\n server s ssl crt a.pem\n", "no server in it listens for TLS"},
		"no certificate": {"frontend f\n bind :443 ssl\n", "haproxy.cfg:2 bind: it speaks TLS and has neither crt nor crt-list"},
		"relative":       {"frontend f\n bind :443 ssl crt a.pem\n", "haproxy.cfg:2 crt: its name is relative to the folder that HAProxy is started in"},
		"a variable":     {"frontend f\n bind :443 ssl crt \"/$A/${B}.pem\"\n", "haproxy.cfg:2 crt: its value has a variable"},
		"no such file":   {"frontend f\n bind :443 ssl crt /nowhere/a.pem\n", "/nowhere/a.pem: no such file"},
		"no such list":   {"frontend f\n bind :443 ssl crt-list /nowhere/list\n", "/nowhere/list: no such file"},
		"a device":       {"frontend f\n bind :443 ssl crt-list /dev/zero\n", "it is no file"},
		"odd quotes":     {"frontend f\n bind ':443 ssl crt \"${\\x4\\\n bind \\\n\n bind :443 ssl crt", "bind: it speaks TLS and has neither"},
	})
}
