package tlstest

import (
	"bytes"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestOpenSSLAgrees has each kind of fault judged by a verifier that knows
// nothing of how it was made. OpenSSL 1.1.1 to 3.5 word these complaints alike.
func TestOpenSSLAgrees(t *testing.T) {
	Program(t, "openssl", "openssl")
	const chain = "root R\nca I by R\nleaf L by I\npresent L I\nanchors R\n"
	for name, c := range map[string]struct{ recipe, complaint string }{
		"good":                 {chain, ""},
		"rsa":                  {"root R keytype=rsa2048\nca I by R keytype=rsa3072 alg=sha384\nleaf L by I keytype=rsa2048\npresent L I\nanchors R", ""},
		"ed25519":              {"root R keytype=ed25519\nca I by R keytype=ed25519\nleaf L by I\npresent L I\nanchors R", ""},
		"cross":                {"root OLD\nroot R\ncross X of R by OLD\nca I by R\nleaf L by I\npresent L I X\nanchors OLD", ""},
		"renewed":              {"root R\nca I by R to=2026-01-01\ncopy I2 of I to=2030-01-01\nleaf L by I\npresent L I2\nanchors R", ""},
		"constraints kept":     {"root R\nca I by R nc=permit:example.test\nleaf L by I\npresent L I\nanchors R", ""},
		"negative serial":      {"root R\nca I by R serial=-5\nleaf L by I\npresent L I\nanchors R", ""},
		"address":              {"root R\nleaf L by R san=192.0.2.1,www.example.test\npresent L\nanchors R", ""},
		"other dates":          {chain + "at 2031-01-01\n", "certificate has expired"},
		"missing":              {"root R\nca I by R\nleaf L by I\npresent L\nanchors R", "unable to get local issuer certificate"},
		"expired":              {"root R\nca I by R\nleaf L by I to=2026-11-01\npresent L I\nanchors R", "certificate has expired"},
		"not yet valid":        {"root R\nca I by R from=2026-12-01\nleaf L by I\npresent L I\nanchors R", "not yet valid"},
		"other name":           {"root R\nleaf L by R san=other.example.test\npresent L\nanchors R", "hostname mismatch"},
		"self-signed":          {"root R\nleaf L\npresent L\nanchors R", "self"},
		"corrupt":              {"root R\nca I by R\nleaf L by I corrupt\npresent L I\nanchors R", "signature failure"},
		"signed by another":    {"root R\nroot S\nca I by R signedby=S\nleaf L by I\npresent L I\nanchors R", "signature failure"},
		"same name, other key": {"root R\nca I by R\ncopy J of I newkey\nleaf L by I aki=none\npresent L J\nanchors R", "signature failure"},
		"identifiers differ":   {"root R\nca I by R\nleaf L by I aki=bad\npresent L I\nanchors R", "unable to get local issuer certificate"},
		"issuer and serial":    {"root R\nca I by R\nca J by R\nleaf L by I aki=issuerserial:J\npresent L I\nanchors R", "unable to get local issuer certificate"},
		"no CA":                {"root R\nca I by R ca=false\nleaf L by I\npresent L I\nanchors R", "invalid CA certificate"},
		"no certSign":          {"root R\nca I by R ku=nocertsign\nleaf L by I\npresent L I\nanchors R", "invalid CA certificate"},
		"path length":          {"root R pathlen=0\nca I by R\nleaf L by I\npresent L I\nanchors R", "path length constraint exceeded"},
		"constraints broken":   {"root R\nca I by R nc=exclude:example.test\nleaf L by I\npresent L I\nanchors R", "excluded subtree violation"},
		"client only":          {"root R\nleaf L by R eku=client\npresent L\nanchors R", "unsuitable certificate purpose"},
		"critical extension":   {"root R\nleaf L by R critical\npresent L\nanchors R", "unhandled critical extension"},
		"sha1":                 {"root R\nca I by R alg=sha1\nleaf L by I\npresent L I\nanchors R", "CA signature digest algorithm too weak"},
		"md5":                  {"root R keytype=rsa2048\nca I by R alg=md5\nleaf L by I\npresent L I\nanchors R", "CA signature digest algorithm too weak"},
		"small key":            {"root R\nleaf L by R keytype=rsa512\npresent L\nanchors R", "EE certificate key too weak"},
		"version 1":            {"root R\nca I by R v1\nleaf L by I\npresent L I\nanchors R", "invalid CA certificate"},
		"duplicate extension":  {"root R\nca I by R dupext\nleaf L by I\npresent L I\nanchors R", "invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := ParseRecipe(name, c.recipe)
			if err != nil {
				t.Fatal(err)
			}
			got := openssl(t, r)
			if (got == "") != (c.complaint == "") || !strings.Contains(got, c.complaint) {
				t.Errorf("openssl says %q, want %q", got, c.complaint)
			}
		})
	}
}

// openssl asks openssl verify about the first presented certificate, as of the
// recipe's time, and returns its complaint, empty if it has none.
func openssl(t *testing.T, r *Recipe) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, ders ...[]byte) string {
		var out bytes.Buffer
		for _, der := range ders {
			pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der})
		}
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	args := []string{"verify", "-attime", strconv.FormatInt(r.At.Unix(), 10), "-verify_hostname", r.Name,
		"-purpose", "sslserver", "-auth_level", "1", "-no-CApath", "-no-CAstore", "-CAfile", write("anchors", r.Anchors...)}
	if len(r.Presented) > 1 {
		args = append(args, "-untrusted", write("untrusted", r.Presented[1:]...))
	}
	out, err := exec.Command("openssl", append(args, write("leaf", r.Presented[0]))...).CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}
