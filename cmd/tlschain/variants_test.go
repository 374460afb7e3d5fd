package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A server has a right ECDSA chain and an RSA chain without its intermediate:
// that counts as it would alone, and fix writes the file for it.
func TestFaultsOfAnotherHandshakeCount(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("root")
	ca := tb.Intermediate("issuing", root)
	ec, rsa := tb.Leaf("ec", ca), tb.Leaf("rsa", ca, func(t *tlstest.Template) { t.Key = tb.Key("rsa", "rsa2048") })
	right, wrong := tlstest.Present(ec, ca), tlstest.Present(rsa)
	s := tb.Serve(tlstest.Behaviour{Default: right, Pick: func(hello *tls.ClientHelloInfo) *tlstest.Identity {
		if !slices.Contains(hello.SignatureSchemes, tls.ECDSAWithP256AndSHA256) {
			return &wrong
		}
		return nil
	}})
	t.Run("loopback", func(t *testing.T) { faultOfRSAHandshake(t, root, ca, rsa, s.Addr().String()) })
	t.Run("nginx", func(t *testing.T) {
		nginx := webServers[0]
		nginx.config = func(t *testing.T, dir, address string, _ []site) []string {
			file := write(t, dir, "rsa.pem", pemOf(rsa.DER), keyPEM(t, rsa.Key.Signer))
			args := configureNginx(t, dir, address, []site{{tlstest.ServerName, pemOf(ec.DER, ca.DER), keyPEM(t, ec.Key.Signer)}})
			conf := filepath.Join(dir, "nginx.conf")
			text := strings.Replace(string(read(t, conf)), "server {", "server { ssl_certificate "+file+"; ssl_certificate_key "+file+";", 1)
			write(t, dir, "nginx.conf", []byte(text))
			return args
		}
		faultOfRSAHandshake(t, root, ca, rsa, nginx.start(t, nil))
	})
}

// faultOfRSAHandshake scans and fixes a server that presents ECDSA chains right,
// and the RSA leaf alone.
func faultOfRSAHandshake(t *testing.T, root, ca, rsa *tlstest.Cert, address string) {
	t.Helper()
	dir := t.TempDir()
	common := []string{"--roots", write(t, dir, "roots.pem", pemOf(root.DER)), "--pool", write(t, dir, "pool.pem", pemOf(ca.DER)),
		"--clients", "go,openssl-3.0", "--variants", "key", "--at", "2026-11-22", tlstest.ServerName + "@" + address}
	ask := func(args ...string) (int, string) {
		var text bytes.Buffer
		code := run(context.Background(), append(args, common...), strings.NewReader(""), &text, &text, func(string) string { return "" })
		return code, text.String()
	}
	code, out := ask("scan")
	if code != exitFindings || !strings.Contains(out, "missing-intermediate") || !strings.Contains(out, "RSA handshake: ") ||
		!strings.Contains(out, "  tlschain fix "+tlstest.ServerName) {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if code, out = ask("scan", "--format", "json"); !strings.Contains(out, `"variant":"rsa"`) {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	code, out = ask("fix", "-d", dir)
	files, err := filepath.Glob(filepath.Join(dir, "*-rsa.fullchain.pem"))
	if code != 0 || err != nil || len(files) != 1 {
		t.Fatalf("exit code %d, files %v, %v:\n%s", code, files, err, out)
	}
	certs, err := certfile.Certificates(read(t, files[0]), "")
	if err != nil || len(certs) != 2 || !bytes.Equal(certs[0], rsa.DER) || !bytes.Equal(certs[1], ca.DER) {
		t.Errorf("%s holds %d certificates, %v", files[0], len(certs), err)
	}
}
