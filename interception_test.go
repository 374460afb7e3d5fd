package tlschain

import (
	"crypto/tls"
	"fmt"
	"net"
	"slices"
	"testing"

	"github.com/tlschain/tlschain/reports"
	"github.com/tlschain/tlschain/scanner"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestInterceptingProxy: a proxy that signs a certificate for each name that it
// is asked for, by a CA of its own, is found, and named once.
func TestInterceptingProxy(t *testing.T) {
	mk := tlstest.For(t)
	ca := mk.Root("Corporate Inspection CA")
	proxy, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		leaf, err := tlstest.Leaf(hello.ServerName, ca)
		if err != nil {
			return nil, err
		}
		return &tls.Certificate{Certificate: [][]byte{leaf.DER, ca.DER}, PrivateKey: leaf.Key.Signer}, nil
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer proxy.Close()
	go func() {
		for {
			conn, err := proxy.Accept()
			if err != nil {
				return
			}
			go func() { defer conn.Close(); conn.(*tls.Conn).Handshake() }()
		}
	}()
	_, port, err := net.SplitHostPort(proxy.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	config := Config{Clients: []string{"openssl-3.0"}}
	var targets []scanner.Target
	for i := range 12 {
		host := fmt.Sprintf("www.site%d.com", i)
		config.Resolve = append(config.Resolve, host+":127.0.0.1")
		parsed, err := scanner.ParseTarget(host+":"+port, scanner.TargetOptions{})
		if err != nil {
			t.Fatal(err)
		}
		targets = slices.AppendSeq(targets, parsed)
	}
	e, err := New(config, Env{Now: tlstest.Now()})
	if err != nil {
		t.Fatal(err)
	}
	var tally reports.Tally
	for endpoints := range e.Scan(t.Context(), slices.Values(targets)) {
		for i := range endpoints {
			tally.Add(&endpoints[i])
		}
	}
	found := tally.Summary(false).Interception
	if len(found) != 1 || found[0].Endpoints != 12 || found[0].Domains != 12 || found[0].SPKISHA256 != reports.Hash(parse(t, ca).Key.SPKI) {
		t.Errorf("%+v", found)
	}
}
