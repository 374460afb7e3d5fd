package main

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A group of targets that ask for a client's certificate shows one, from files
// beside its configuration, and reaches names where its own resolve says.
func TestAuditOfMutualTLS(t *testing.T) {
	mk := tlstest.For(t)
	root := mk.Root("R")
	i := mk.Intermediate("I", root)
	leaf := mk.Leaf("www.example.test", i)
	server := mk.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf, i), ClientAuth: true, MaxVersion: tls.VersionTLS12})
	dir := t.TempDir()
	write(t, dir, "roots.pem", pemOf(root.DER))
	shown := mk.Leaf("client", i)
	key, err := x509.MarshalPKCS8PrivateKey(shown.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	write(t, dir, "client.pem", pemOf(shown.DER), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key}))
	group := fmt.Sprintf("groups:\n  web:\n    targets: {inline: [\"www.example.test:%d\"]}\n    clients: [go]\n    roots: roots.pem\n    server_name: %s\n"+
		"    resolve: [\"www.example.test:127.0.0.1\"]\n", server.Addr().Port(), tlstest.ServerName)
	for _, c := range []struct{ more, want string }{
		{"", `"complete":false`}, // the server ends the handshake, after its chain
		{"    client_cert: client.pem\n", `"complete":true`},
		{"    client_cert: client.pem\n    fast: true\n", `"complete":false`},
	} {
		file := write(t, dir, "tlschain.yaml", []byte(group+c.more))
		if code, out := audited(t, "run", "web", "--config", file, "--fail-on", "info"); code != exitClean {
			t.Fatalf("%s: exit code %d\n%s", c.more, code, out)
		}
		if code, out := audited(t, "export", "web", "--config", file, "--format", "ndjson"); code != exitClean || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit code %d, without %s\n%s", c.more, code, c.want, out)
		}
	}
	for _, c := range []struct {
		more string
		code int
		out  string
	}{
		{"    client_cert: nowhere.pem\n", 2, "client_cert " + filepath.Join(dir, "nowhere.pem") + ": no such file"},
		{"    client_key: client.pem\n", 2, "client_key without client_cert"},
		{"    expect: nowhere.pem\n", 2, "expect " + filepath.Join(dir, "nowhere.pem")},
		{"    dns: nowhere\n", 2, "dns \"nowhere\""},
	} {
		file := write(t, dir, "tlschain.yaml", []byte(group+c.more))
		if code, out := audited(t, "check-config", "--config", file); code != c.code || !strings.Contains(out, c.out) {
			t.Errorf("%s: exit code %d\n%s", c.more, code, out)
		}
	}
}

// An audit that reached nothing is no audit to rely on, complete as it is.
func TestAuditThatReachedNothing(t *testing.T) {
	dir := t.TempDir()
	file := write(t, dir, "tlschain.yaml", []byte("groups:\n  web:\n    targets: {inline: [\"127.0.0.1:1\"]}\n    confirm: {times: 1}\n"))
	if code, out := audited(t, "run", "web", "--config", file); code != exitUnjudged {
		t.Errorf("exit code %d\n%s", code, out)
	}
}
