package main

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/install"
)

// The rows of the FAQ on SureServer's intermediates that are about files and
// steps. Those about judgement are tested in rules/fix.

// Rows 1 and 2: a manual for each kind of server, from the files to looking again.
func TestRow1And2ManualsForEachServer(t *testing.T) {
	p := newPatient(t, "present L")
	for _, k := range install.Kinds() {
		p.fixes = filepath.Join(p.dir, k.ID)
		code, out := p.fix("--server", k.ID)
		if code != exitClean || len(p.files()) == 0 {
			t.Fatalf("%s: exit code %d, files %v\n%s", k.ID, code, p.files(), out)
		}
		_, steps, _ := strings.Cut(out, k.Title+":\n")
		mentions(t, steps, "  1. ", "  2. ", "Look again", "tlschain scan HOST")
		for _, file := range p.files() {
			mentions(t, out, "wrote "+filepath.Join(p.fixes, file))
		}
	}
}

// Row 3: IIS, iPlanet and keytool take each certificate separately; Apache and
// BIG-IP one file, "intermediate, then cross-root".
func TestRow3SeparateOrConcatenated(t *testing.T) {
	p := newPatient(t, "present L X I")
	for _, kind := range []string{"iis", "iis-6", "iplanet", "tomcat"} {
		p.fixes = filepath.Join(p.dir, kind)
		_, out := p.fix("--server", kind)
		for i, want := range []string{"L", "I", "X"} {
			if got := p.wrote(fmt.Sprintf("site.%d.cer", i)); got != want {
				t.Errorf("%s: file %d holds %s, want %s\n%s", kind, i, got, want, out)
			}
		}
	}
	for kind, file := range map[string]string{"apache": "site.chain.pem", "bigip": "site.chain.pem", "aws-acm": "site.chain.pem"} {
		p.fixes = filepath.Join(p.dir, kind)
		if _, out := p.fix("--server", kind); p.wrote(file) != "I X" {
			t.Errorf("%s: %s holds %s\n%s", kind, file, p.wrote(file), out)
		}
	}
	for _, kind := range []string{"nginx", "caddy", "postfix", "dovecot", "kubernetes", "envoy", "traefik", "apache"} {
		p.fixes = filepath.Join(p.dir, kind)
		if _, out := p.fix("--server", kind); p.wrote("site.fullchain.pem") != "L I X" {
			t.Errorf("%s: %s\n%s", kind, p.wrote("site.fullchain.pem"), out)
		}
	}
	p.fixes = filepath.Join(p.dir, "iis")
	if got := p.wrote("site.p7b"); got != "I X" && got != "X I" { // a set
		t.Errorf("the PKCS #7 file holds %s", got)
	}
}

// Row 9: a certificate without its key is linked by its thumbprint.
func TestRow9RepairStore(t *testing.T) {
	p := newPatient(t, "present L")
	sum := sha1.Sum(p.recipe.Cert("L"))
	_, out := p.fix("--server", "iis")
	mentions(t, out, `certutil -repairstore my "`+hex.EncodeToString(sum[:])+`"`, "reissued")
}

// Row 10: IIS prefers a self-signed root of the same name in its store.
func TestRow10CrossRootNotInEffect(t *testing.T) {
	p := newPatient(t, "present L")
	_, out := p.fix("--server", "iis")
	serial := certutilSerial(t, p.recipe.Cert("R"))
	mentions(t, out, "certutil -store Root "+serial, "certutil -delstore Root "+serial, "bring it back", "bind the site's certificate again")
	// Without a cross-certificate there is no twin to look for.
	p = newPatient(t, "anchors R\npresent L")
	if _, out = p.fix("--server", "iis"); strings.Contains(out, "-delstore") {
		t.Errorf("a root is to be removed for nothing:\n%s", out)
	}
}

func certutilSerial(t *testing.T, der []byte) string {
	t.Helper()
	return hex.EncodeToString(parsedSerial(t, der))
}

// Rows 11 and 12: IIS 6 replaces nothing while a request is pending; the dummy
// site may go afterwards.
func TestRow11And12IIS6(t *testing.T) {
	_, out := newPatient(t, "present L").fix("--server", "iis-6")
	mentions(t, out, "pending request", "dummy site", "iisreset")
	if strings.Index(out, "pending request") > strings.Index(out, "-addstore") || strings.Index(out, "dummy site") < strings.Index(out, "Replace the site's certificate") {
		t.Errorf("in the wrong order:\n%s", out)
	}
}

// Rows 13 and 14: bind again, then restart; and it is for the whole machine.
func TestRow13And14BindAgain(t *testing.T) {
	_, out := newPatient(t, "present L").fix("--server", "iis")
	mentions(t, out, "Bind the certificate again", "iisreset", "cannot set intermediates per site")
	if strings.Index(out, "Bind the certificate again") > strings.Index(out, "iisreset") {
		t.Errorf("the restart comes first:\n%s", out)
	}
}

// Row 15: one certificate on several IIS goes by a PFX file.
func TestRow15PFX(t *testing.T) {
	p := newPatient(t, "present L")
	for _, args := range [][]string{{"--pfx"}, {"--pfx", "--server", "nginx"}, {"--server", "tomcat"}} {
		p.fixes = filepath.Join(p.dir, strings.Join(args, ""))
		code, out := p.fix(append(args, "--key", p.key, "--password-file", p.word)...)
		if code != exitClean {
			t.Fatalf("%v: exit code %d\n%s", args, code, out)
		}
		file := filepath.Join(p.fixes, "site.pfx")
		if args[0] == "--server" {
			file = filepath.Join(p.fixes, "site.p12")
		}
		key, leaf, issuers, err := pkcs12.DecodeChain(read(t, file), "secret")
		if err != nil || key == nil || string(leaf.Raw) != string(p.recipe.Cert("L")) || len(issuers) != 2 {
			t.Errorf("%v: %v, %d issuers", args, err, len(issuers))
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v: %v, %v", args, info.Mode(), err)
		}
	}
	mentions(t, func() string {
		_, out := p.fix("--server", "iis", "--key", p.key, "--password-file", p.word)
		return out
	}(), "certutil -importpfx My")
}

// Row 16: the CA's certificates come without any portal.
func TestRow16WithoutThePortal(t *testing.T) {
	var issuer []byte
	ca := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.Write(issuer) }))
	defer ca.Close()
	p := newPatient(t, "anchors R\nleaf W by I aia="+ca.URL+"/i.cer\npresent W")
	issuer = p.recipe.Cert("I")
	if code, out := p.run("--roots", p.roots, p.file); code != exitFindings || len(p.files()) != 0 {
		t.Fatalf("without leave to fetch: exit code %d\n%s", code, out)
	}
	code, out := p.run("--roots", p.roots, "--aia", "--aia-allow", "127.0.0.1", p.file)
	if code != exitClean || p.wrote("site.fullchain.pem") != "I" { // W is none of the names
		t.Errorf("exit code %d, %v\n%s", code, p.files(), out)
	}
	// Loopback is not of the public Internet: without leave it is not asked.
	if code, out = p.run("--roots", p.roots, "--aia", p.file); code != exitFindings || !strings.Contains(out, "No list") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
