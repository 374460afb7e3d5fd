package scanner

import (
	"crypto/tls"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// Servers that choke on what they do not know, each in its own way, and only
// show a certificate to a hello of their time.
func TestIntolerantServers(t *testing.T) {
	leaf := [][]byte{[]byte("a leaf")}
	handshakeFailure := func(net.Conn) []byte { return alert(40) }
	closes := func(conn net.Conn) []byte { return nil }
	resets := func(conn net.Conn) []byte { conn.(*net.TCPConn).SetLinger(0); return nil }
	old := func(version uint16) []byte {
		return chop(1<<14, append(serverHello(version, 0x000a, "", ""), certificates(leaf...)...))
	}
	for _, c := range []struct {
		name     string
		bears    func(clientHello) bool
		refusal  func(net.Conn) []byte
		version  uint16
		captured bool
	}{
		{"supported_versions", func(h clientHello) bool { return !slices.Contains(h.extensions, 43) }, closes, tls.VersionTLS12, true},
		{"supported_versions, alert", func(h clientHello) bool { return !slices.Contains(h.extensions, 43) }, handshakeFailure, tls.VersionTLS12, true},
		{"TLS 1.2", func(h clientHello) bool { return h.version < tls.VersionTLS12 }, closes, tls.VersionTLS10, true},
		{"TLS 1.2, reset", func(h clientHello) bool { return h.version < tls.VersionTLS12 }, resets, tls.VersionTLS10, true},
		{"TLS 1.2, alert", func(h clientHello) bool { return h.version < tls.VersionTLS12 }, handshakeFailure, tls.VersionTLS10, true},
		{"extensions", func(h clientHello) bool { return len(h.extensions) == 0 }, handshakeFailure, versionSSL30, true},
		{"TLS", func(h clientHello) bool { return h.version == versionSSL30 }, handshakeFailure, versionSSL30, true},
		{"SSL 3.0 for all", func(clientHello) bool { return true }, nil, versionSSL30, true},
		{"everything", func(clientHello) bool { return false }, handshakeFailure, 0, false},
		{"everything, in silence", func(clientHello) bool { return false }, closes, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var connections atomic.Int32
			server := tlstest.For(t).Script(func(conn net.Conn) {
				connections.Add(1)
				if h := readClientHello(conn); c.bears(h) {
					conn.Write(old(c.version))
				} else {
					conn.Write(c.refusal(conn))
					return
				}
				conn.Read(make([]byte, 1))
			})
			for _, fast := range []bool{false, true} {
				connections.Store(0)
				o := one(t, &Scanner{Fast: fast}, at(server, "www.example.test"))
				if o.Captured() != c.captured || o.Complete || o.Captured() && (o.Version != c.version || !sameChain(o.Chain, leaf)) {
					t.Errorf("fast %v: %d entries, version %x, failure %v", fast, len(o.Chain), o.Version, o.Failure)
				}
				if n := connections.Load(); n > 8 {
					t.Errorf("fast %v: %d connections", fast, n)
				}
			}
		})
	}
}

// Servers that never answer a hello that they cannot bear: those of TLS 1.3 as
// some old ones, those of 256 to 511 bytes as load balancers once did.
func TestSilentServers(t *testing.T) {
	leaf := [][]byte{[]byte("a leaf")}
	for name, bears := range map[string]func(clientHello) bool{
		"TLS 1.3":          func(h clientHello) bool { return !slices.Contains(h.extensions, 43) },
		"256 to 511 bytes": func(h clientHello) bool { n := len(h.raw) - 5; return n < 256 || n > 511 },
		"both": func(h clientHello) bool {
			n := len(h.raw) - 5
			return !slices.Contains(h.extensions, 43) && (n < 256 || n > 511)
		},
	} {
		for _, host := range []string{"", "www.example.test", strings.Repeat("long.", 30) + "example.test"} {
			var connections atomic.Int32
			silent := atomic.Bool{}
			server := tlstest.For(t).Script(func(conn net.Conn) {
				connections.Add(1)
				if h := readClientHello(conn); bears(h) {
					conn.Write(chop(1<<14, append(serverHello(tls.VersionTLS12, 0x000a, "", ""), certificates(leaf...)...)))
				} else {
					silent.Store(true)
				}
				conn.Read(make([]byte, 1))
			})
			o := one(t, &Scanner{Timeout: 2 * time.Second}, at(server, host))
			if !o.Captured() || !sameChain(o.Chain, leaf) || o.Failure == nil || connections.Load() > 2 {
				t.Errorf("%s, %q: %d entries after %d connections, failure %v", name, host, len(o.Chain), connections.Load(), o.Failure)
			}
			if silent.Load() && (o.Failure == nil || o.Failure.Code != Timeout || o.Version != tls.VersionTLS12) {
				t.Errorf("%s, %q: version %x, failure %v", name, host, o.Version, o.Failure)
			}
		}
	}
}

// A server that has nothing to do with TLS, or cannot be reached, is not asked
// twice; one that says nothing is, by another hello.
func TestNoFallback(t *testing.T) {
	for name, serve := range map[string]func(net.Conn){
		"HTTP":      says([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")),
		"too large": says(record(22, 2, 0xff, 0xff, 0xff)),
		"silence":   says(),
		"name":      says(alert(112)),
	} {
		var connections atomic.Int32
		server := tlstest.For(t).Script(func(conn net.Conn) {
			connections.Add(1)
			serve(conn)
		})
		for _, fast := range []bool{false, true} {
			connections.Store(0)
			most := int32(1)
			if name == "silence" && !fast {
				most = 2
			}
			if o := one(t, &Scanner{Fast: fast, Timeout: 100_000_000}, at(server, "")); o.Captured() || connections.Load() < 1 || connections.Load() > most {
				t.Errorf("%s, fast %v: %d connections, %v", name, fast, connections.Load(), o.Failure)
			}
		}
	}
}

// The variants that ask for one type of key do so in TLS 1.2 and 1.3 alike.
func TestKeyVariants(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	rsa := tlstest.Present(tb.Leaf("rsa", root, func(c *tlstest.Template) { c.Key = tb.Key("rsa", "rsa2048") }), root)
	ecdsa := tlstest.Present(tb.Leaf("ecdsa", root), root)
	pick := func(hello *tls.ClientHelloInfo) *tlstest.Identity {
		if slices.Contains(hello.SignatureSchemes, tls.ECDSAWithP256AndSHA256) {
			return &ecdsa
		}
		return &rsa
	}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		server := tb.Serve(tlstest.Behaviour{Default: rsa, Pick: pick, MinVersion: version, MaxVersion: version})
		only := tb.Serve(tlstest.Behaviour{Default: rsa, MinVersion: version, MaxVersion: version})
		s := &Scanner{Variants: []Variant{RSA, ECDSA}}
		rows := slices.Collect(s.Scan(t.Context(), slices.Values([]Target{at(server, "a"), at(only, "b")})))
		slices.SortFunc(rows, func(a, b []*Observation) int { return int(a[0].Target.Text[0]) - int(b[0].Target.Text[0]) })
		if len(rows) != 2 || len(rows[0]) != 3 || len(rows[1]) != 3 {
			t.Fatalf("%d rows", len(rows))
		}
		if o := rows[0]; !sameChain(o[0].Chain, ecdsa.Entries) || !sameChain(o[1].Chain, rsa.Entries) || !sameChain(o[2].Chain, ecdsa.Entries) || o[1].Failure != nil || o[1].Complete {
			t.Errorf("%x: %+v %+v %+v", version, o[0], o[1], o[2])
		}
		if o := rows[1]; !sameChain(o[0].Chain, rsa.Entries) || !sameChain(o[1].Chain, rsa.Entries) || o[2].Captured() || o[2].Failure.Code != Handshake {
			t.Errorf("%x, RSA only: %+v %+v %+v", version, o[0].Failure, o[1].Failure, o[2])
		}
	}
}
