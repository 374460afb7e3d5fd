package scanner

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// writePair writes a chain and its key as nginx reads them.
func writePair(t *testing.T, dir, name string, certs ...*tlstest.Cert) (chain, key string) {
	t.Helper()
	var text []byte
	for _, c := range certs {
		text = append(text, c.PEM()...)
	}
	der, err := x509.MarshalPKCS8PrivateKey(certs[0].Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	chain, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for file, content := range map[string][]byte{chain: text, key: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})} {
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return chain, key
}

// nginx serves a site on loopback until the test ends. Its readiness is that
// somebody can connect.
func nginx(t *testing.T, site string) netip.AddrPort {
	t.Helper()
	program := tlstest.Program(t, "nginx", "nginx")
	dir := t.TempDir()
	addr := closedPort(t).Addr()
	config := fmt.Sprintf(`daemon off; master_process off; pid %[1]s/pid; error_log stderr;
events {}
http { access_log off; client_body_temp_path %[1]s; proxy_temp_path %[1]s; fastcgi_temp_path %[1]s; uwsgi_temp_path %[1]s; scgi_temp_path %[1]s;
  server { listen %[2]s ssl; %[3]s } }
`, dir, addr, site)
	file := filepath.Join(dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-c", file, "-p", dir)
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		cmd.Process.Kill()
		<-ended
	})
	for {
		conn, err := net.Dial("tcp", addr.String())
		if err == nil {
			conn.Close()
			return addr
		}
		select {
		case <-ended:
			ended <- nil // for the clean-up
			t.Fatalf("nginx did not start:\n%s", trouble.String())
		default:
		}
	}
}

// A server with an RSA and an ECDSA certificate, of which one chain may be
// right and the other not.
func TestNginxPair(t *testing.T) {
	tb := tlstest.For(t)
	dir := t.TempDir()
	root := tb.Root("R")
	intermediate := tb.Intermediate("I", root)
	rsa := tb.Leaf("rsa", intermediate, func(c *tlstest.Template) { c.Key = tb.Key("rsa", "rsa2048") })
	ecdsa := tb.Leaf("ecdsa", intermediate)
	rsaChain, rsaKey := writePair(t, dir, "rsa", rsa) // its intermediate is missing
	ecdsaChain, ecdsaKey := writePair(t, dir, "ecdsa", ecdsa, intermediate)
	want := map[Variant][][]byte{RSA: {rsa.DER}, ECDSA: {ecdsa.DER, intermediate.DER}}

	for _, protocols := range []string{"TLSv1.2", "TLSv1.3", "TLSv1.2 TLSv1.3"} {
		addr := nginx(t, fmt.Sprintf("ssl_protocols %s; ssl_certificate %s; ssl_certificate_key %s; ssl_certificate %s; ssl_certificate_key %s;",
			protocols, rsaChain, rsaKey, ecdsaChain, ecdsaKey))
		target := Target{Host: addr.Addr().String(), Addr: addr.Addr(), Port: addr.Port(), ServerName: tlstest.ServerName}
		rows := slices.Collect((&Scanner{Variants: []Variant{RSA, ECDSA}}).Scan(t.Context(), slices.Values([]Target{target})))
		if len(rows) != 1 || len(rows[0]) != 3 || !rows[0][0].Complete {
			t.Fatalf("%s: %+v", protocols, rows)
		}
		for _, o := range rows[0][1:] {
			if !sameChain(o.Chain, want[o.Variant]) {
				t.Errorf("%s, %s: %d entries, %v", protocols, o.Variant, len(o.Chain), o.Failure)
			}
		}
		// Where the newest version is spoken, --fast sees what the handshake sees.
		if fast := one(t, &Scanner{Fast: true}, target); !fast.Captured() || strings.Contains(protocols, "1.3") && !sameChain(fast.Chain, rows[0][0].Chain) {
			t.Errorf("%s, fast: %d entries, %v", protocols, len(fast.Chain), fast.Failure)
		}
	}
}
