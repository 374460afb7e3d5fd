package scanner

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// TestProxyProtocolHAProxy asks a real HAProxy that takes nothing without the
// header, in both versions.
func TestProxyProtocolHAProxy(t *testing.T) {
	tlstest.Program(t, "haproxy", "haproxy")
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", tb.Root("R"))
	folder := t.TempDir()
	file := filepath.Join(folder, "site.pem")
	der, err := x509.MarshalPKCS8PrivateKey(leaf.Key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	if err := os.WriteFile(file, append(leaf.PEM(), key...), 0o600); err != nil {
		t.Fatal(err)
	}
	// The socket is HAProxy's from the start: nobody can take its port.
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(folder, "haproxy.conf")
	text := fmt.Sprintf("global\n maxconn 50\ndefaults\n mode tcp\n timeout client 10s\n timeout server 10s\n timeout connect 10s\n"+
		"frontend f\n bind fd@3 accept-proxy ssl crt %s\n default_backend b\nbackend b\n server s 127.0.0.1:1\n", file)
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("/usr/sbin/haproxy", "-db", "-f", conf)
	cmd.ExtraFiles = []*os.File{socket}
	var log strings.Builder
	cmd.Stderr, cmd.Stdout = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	addr := netip.MustParseAddrPort(listener.Addr().String())
	socket.Close()
	listener.Close()
	target := Target{Text: "t", Host: "127.0.0.1", Addr: addr.Addr(), Port: addr.Port(), ServerName: tlstest.ServerName}
	for _, version := range []ProxyProtocol{ProxyProtocolV1, ProxyProtocolV2} {
		for _, fast := range []bool{false, true} {
			o := one(t, &Scanner{ProxyProtocol: version, Fast: fast}, target)
			if !o.Captured() || !sameChain(o.Chain, [][]byte{leaf.DER}) || !fast && !o.Complete {
				t.Errorf("version %d: %d entries, %v; HAProxy: %s", version, len(o.Chain), o.Failure, log.String())
			}
		}
	}
	if o := one(t, &Scanner{}, target); o.Captured() || o.Failure.Code != Reset || !strings.Contains(o.Failure.Message, "--proxy-protocol") {
		t.Errorf("without it: %d entries, %v", len(o.Chain), o.Failure)
	}
}

func TestProxyProtocolHeader(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	conn, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	port := conn.LocalAddr().(*net.TCPAddr).Port
	for _, c := range []struct {
		version ProxyProtocol
		to      string
		want    string
	}{
		{NoProxyProtocol, "192.0.2.1:443", ""},
		{ProxyProtocolV1, "192.0.2.1:443", fmt.Sprintf("PROXY TCP4 127.0.0.1 192.0.2.1 %d 443\r\n", port)},
		{ProxyProtocolV1, "[2001:db8::1]:443", "PROXY UNKNOWN\r\n"},
		{ProxyProtocolV2, "192.0.2.1:443", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c\x7f\x00\x00\x01\xc0\x00\x02\x01<port>\x01\xbb"},
		{ProxyProtocolV2, "[2001:db8::1]:443", "\r\n\r\n\x00\r\nQUIT\n\x20\x00\x00\x00"},
	} {
		want := strings.ReplaceAll(c.want, "<port>", string([]byte{byte(port >> 8), byte(port)}))
		if got := string(c.version.header(conn, netip.MustParseAddrPort(c.to))); got != want {
			t.Errorf("version %d to %s: %q, want %q", c.version, c.to, got, want)
		}
	}
}
