package scanner

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	quicgo "github.com/quic-go/quic-go"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// serveQUIC starts a server of quic-go on an address; it is closed with the test.
func serveQUIC(t testing.TB, at netip.AddrPort, certs ...*tlstest.Cert) netip.AddrPort {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		t.Fatal(err)
	}
	pair := tls.Certificate{PrivateKey: certs[0].Key.Signer}
	for _, c := range certs {
		pair.Certificate = append(pair.Certificate, c.DER)
	}
	transport := &quicgo.Transport{Conn: socket}
	listener, err := transport.Listen(&tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{"h3"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			if _, err := listener.Accept(context.Background()); err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		listener.Close()
		transport.Close()
		socket.Close()
		<-done
	})
	return socket.LocalAddr().(*net.UDPAddr).AddrPort()
}

func anyPort() netip.AddrPort { return netip.MustParseAddrPort("127.0.0.1:0") }

// quicTarget is a server's, by its address.
func quicTarget(addr netip.AddrPort) Target {
	return Target{Host: addr.Addr().String(), Addr: addr.Addr(), Port: addr.Port(), ServerName: tlstest.ServerName, Transport: QUIC}
}

func TestQUICTarget(t *testing.T) {
	f := tlstest.For(t)
	inter := f.Intermediate("I", f.Root("R"))
	leaf := f.Leaf("L", inter)
	addr := serveQUIC(t, anyPort(), leaf, inter)
	o := one(t, &Scanner{Variants: []Variant{RSA, TLS12, OverQUIC}}, quicTarget(addr))
	if !o.Complete || o.Failure != nil || o.ALPN != "h3" || o.Version != tls.VersionTLS13 || o.Flight == 0 ||
		!sameChain(o.Chain, [][]byte{leaf.DER, inter.DER}) {
		t.Errorf("%+v: %v", o, o.Failure)
	}
	t.Run("nobody", func(t *testing.T) {
		free := serveOnce(t)
		if o := one(t, new(Scanner), quicTarget(free)); o.Failure == nil || o.Failure.Code != Refused {
			t.Errorf("%v", o.Failure)
		}
	})
	t.Run("proxy", func(t *testing.T) {
		s := &Scanner{Proxy: func(*url.URL) (*url.URL, error) { return url.Parse("http://127.0.0.1:1") }}
		if o := one(t, s, quicTarget(addr)); o.Failure == nil || o.Failure.Code != Proxy {
			t.Errorf("%v", o.Failure)
		}
	})
}

// serveOnce is a UDP port that nobody has.
func serveOnce(t *testing.T) netip.AddrPort {
	t.Helper()
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(anyPort()))
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	return socket.LocalAddr().(*net.UDPAddr).AddrPort()
}

func TestQUICTargetText(t *testing.T) {
	for _, c := range []struct {
		text, host, name string
		port             uint16
	}{
		{"quic://www.example.test", "www.example.test", "www.example.test", 443},
		{"quic://www.example.test:8443/index.html", "www.example.test", "www.example.test", 8443},
		{"quic://dns.example.test:853", "dns.example.test", "dns.example.test", 853},
		{"quic://www.example.test@192.0.2.1:25", "192.0.2.1", "www.example.test", 25},
		{"quic://[2001:db8::1]:443", "2001:db8::1", "", 443},
	} {
		targets, err := ParseTarget(c.text, TargetOptions{})
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		for got := range targets {
			if got.Transport != QUIC || got.Host != c.host || got.ServerName != c.name || got.Port != c.port || got.STARTTLS != "" {
				t.Errorf("%s: %+v", c.text, got)
			}
			got.Text = "line 3"
			again, err := ParseTarget(got.Typed(), TargetOptions{})
			if err != nil {
				t.Fatalf("%s: typed %s: %v", c.text, got.Typed(), err)
			}
			for twice := range again {
				if twice.key() != got.key() {
					t.Errorf("%s: typed %s: %+v", c.text, got.Typed(), twice)
				}
			}
			got.Transport = TCP
			other := got.key()
			got.Transport = QUIC
			if other == got.key() {
				t.Error("TCP and UDP of one port are one target")
			}
		}
	}
}

// A thousand endpoints, of which every other one speaks QUIC too, each with the
// same leaf over UDP but for one: all told apart, and nothing left.
func TestQUICVariantOfMany(t *testing.T) {
	const endpoints = 1000
	f := tlstest.For(t)
	inter := f.Intermediate("I", f.Root("R"))
	leaf, old := f.Leaf("L", inter), f.Leaf("OLD", inter)
	over := make(map[uint16]*tlstest.Cert)
	var targets []Target
	for i := range endpoints {
		server := f.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf, inter), Listen: tlstest.OwnHost() + ":0"}) // where nobody else has the port over UDP
		target := at(server, tlstest.ServerName)
		targets = append(targets, target)
		if i%2 == 0 {
			shown := leaf
			if i == 500 {
				shown = old
			}
			over[target.Port] = shown
			serveQUIC(t, server.Addr(), shown, inter)
		}
	}
	leakless(t)
	sockets := openFiles(t)
	seen := 0
	for row := range (&Scanner{Variants: []Variant{OverQUIC}, Concurrency: 64}).Scan(t.Context(), slices.Values(targets)) {
		seen++
		if len(row) != 2 || !row[0].Complete || row[1].Variant != OverQUIC {
			t.Fatalf("%+v", row)
		}
		want, speaks := over[row[0].Target.Port]
		switch o := row[1]; {
		case speaks && (!o.Complete || !sameChain(o.Chain, [][]byte{want.DER, inter.DER})):
			t.Errorf("%v: %+v, %v", o.Addr, o, o.Failure)
		case !speaks && (o.Failure == nil || o.Failure.Code != Refused):
			t.Errorf("%v speaks no QUIC: %+v, %v", o.Addr, o, o.Failure)
		}
	}
	if seen != endpoints {
		t.Errorf("%d endpoints", seen)
	}
	// Servers hold their side of TCP until they have read its end.
	for i := 0; openFiles(t) > sockets; i++ {
		if i == 10_000 {
			t.Fatalf("%d descriptors before, %d after", sockets, openFiles(t))
		}
		runtime.Gosched()
	}
}

func openFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // no such list on this system
	}
	return len(entries)
}

// Debian's Caddy, with HTTP/3.
func TestCaddy(t *testing.T) {
	program := tlstest.Program(t, "caddy", "caddy")
	f := tlstest.For(t)
	inter := f.Intermediate("I", f.Root("R"))
	leaf := f.Leaf("L", inter)
	dir := t.TempDir()
	chain, key := writePair(t, dir, "site", leaf, inter)
	addr := closedPort(t).Addr()
	config := fmt.Sprintf(`{
	admin off
	auto_https off
}
https://%s:%d {
	bind %s
	tls %s %s
	respond "hello"
}
`, tlstest.ServerName, addr.Port(), addr.Addr(), chain, key)
	file := filepath.Join(dir, "Caddyfile")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "run", "--config", file, "--adapter", "caddyfile")
	cmd.Env = append(os.Environ(), "HOME="+dir, "XDG_DATA_HOME="+dir, "XDG_CONFIG_HOME="+dir)
	var trouble bytes.Buffer
	cmd.Stderr = &trouble
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		cmd.Wait()
		close(ended)
	}()
	defer func() {
		cmd.Process.Kill()
		<-ended
	}()
	target := quicTarget(addr)
	target.Transport = TCP
	for { // its readiness is that it shows a chain over both
		rows := slices.Collect((&Scanner{Variants: []Variant{OverQUIC}}).Scan(t.Context(), slices.Values([]Target{target})))
		if row := rows[0]; len(row) == 2 && row[0].Captured() && row[1].Captured() {
			for _, o := range row {
				if !o.Complete || !sameChain(o.Chain, [][]byte{leaf.DER, inter.DER}) {
					t.Errorf("%q: %+v, %v", o.Variant, o, o.Failure)
				}
			}
			if row[1].ALPN != "h3" {
				t.Errorf("ALPN %q", row[1].ALPN)
			}
			return
		}
		select {
		case <-ended:
			t.Fatalf("caddy ended: %s", trouble.String())
		default:
			runtime.Gosched()
		}
	}
}
