package scanner

import (
	"bytes"
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// nginx's request for a client certificate names the CAs of its file, in order.
func TestNginxClientCA(t *testing.T) {
	tb := tlstest.For(t)
	dir := t.TempDir()
	first, second := tb.Root("first"), tb.Root("second")
	chain, key := writePair(t, dir, "site", tb.Leaf("L", nil))
	file := filepath.Join(dir, "clients.pem")
	if err := os.WriteFile(file, append(first.PEM(), second.PEM()...), 0o600); err != nil {
		t.Fatal(err)
	}
	want := [][]byte{first.Subject(), second.Subject()}
	for _, protocol := range []string{"TLSv1.2", "TLSv1.3"} {
		site := fmt.Sprintf("ssl_protocols %s; ssl_certificate %s; ssl_certificate_key %s; ", protocol, chain, key)
		addr := nginx(t, site+"ssl_verify_client optional; ssl_client_certificate "+file+";")
		target := Target{Host: addr.Addr().String(), Addr: addr.Addr(), Port: addr.Port(), ServerName: tlstest.ServerName}
		o := one(t, &Scanner{}, target)
		if !o.Complete || o.Request == nil || !sameChain(o.Request.Authorities, want) {
			t.Errorf("%s: complete %v, request %+v", protocol, o.Complete, o.Request)
		}
		fast := one(t, &Scanner{Fast: true}, target)
		if seen := fast.Request != nil && sameChain(fast.Request.Authorities, want); seen != (protocol == "TLSv1.3") {
			t.Errorf("%s, fast: request %+v", protocol, fast.Request)
		}
		addr = nginx(t, site)
		target.Port = addr.Port()
		if o := one(t, &Scanner{}, target); !o.Complete || o.Request != nil {
			t.Errorf("%s: nothing is asked, and there is %+v", protocol, o.Request)
		}
	}
}

// Where crypto/tls refuses the chain, the request is read from the tape.
func TestClientCABesideRefusedChain(t *testing.T) {
	tb := tlstest.For(t)
	leaf, ca := tb.Leaf("L", nil), tb.Root("clients")
	id := tlstest.Present(leaf)
	id.Entries = append(id.Entries, []byte("no certificate"))
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		server := tb.Serve(tlstest.Behaviour{Default: id, ClientAuth: true, ClientCA: []*tlstest.Cert{ca},
			MinVersion: version, MaxVersion: version})
		o := look(t, &Scanner{}, server, "")
		if len(o.Chain) != 2 || o.Request == nil || !sameChain(o.Request.Authorities, [][]byte{ca.Subject()}) {
			t.Errorf("%s: %d entries, request %+v, %v", tls.VersionName(version), len(o.Chain), o.Request, o.Failure)
		}
	}
}

// A request as full of names as it may be, and names that are none, are kept as
// they came; a report shows them within bounds.
func TestHostileClientCA(t *testing.T) {
	tb := tlstest.For(t)
	var many []*tlstest.Cert
	for i := range 400 {
		many = append(many, tb.Root(fmt.Sprintf("%03d%s", i, strings.Repeat("\x1b[2J", 8))))
	}
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(tb.Leaf("L", nil)), ClientAuth: true, ClientCA: many})
	o := look(t, &Scanner{}, server, "")
	if o.Request == nil || len(o.Request.Authorities) != len(many) || !bytes.Equal(o.Request.Authorities[399], many[399].Subject()) {
		t.Errorf("request %+v, %v", o.Request, o.Failure)
	}
}
