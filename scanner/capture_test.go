package scanner

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/scanner/tlstest"
)

// look observes one address once.
func look(t *testing.T, s *Scanner, server *tlstest.Server, name string) *Observation {
	t.Helper()
	target := Target{Host: "127.0.0.1", Addr: server.Addr().Addr(), Port: server.Addr().Port(), ServerName: name}
	return one(t, s, target)
}

func one(t *testing.T, s *Scanner, target Target) *Observation {
	t.Helper()
	rows := slices.Collect(s.Scan(t.Context(), slices.Values([]Target{target})))
	if len(rows) != 1 || len(rows[0]) != 1 {
		t.Fatalf("one target gave %d rows: %v", len(rows), rows)
	}
	return rows[0][0]
}

func sameChain(a, b [][]byte) bool { return slices.EqualFunc(a, b, bytes.Equal) }

var versions = []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}

func TestCaptureComplete(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	intermediate := tb.Intermediate("I", root)
	for _, version := range versions {
		for _, key := range []string{"p256", "rsa2048", "ed25519"} {
			if key == "ed25519" && version < tls.VersionTLS12 {
				continue // RFC 8422 section 5.4
			}
			t.Run(tls.VersionName(version)+" "+key, func(t *testing.T) {
				tb := tlstest.For(t)
				leaf := tb.Leaf("L", intermediate, func(c *tlstest.Template) { c.Key = tb.Key("L", key) })
				id := tlstest.Present(leaf, root, intermediate, leaf) // any order, as sent
				id.Staple = []byte("not really OCSP")
				server := tb.Serve(tlstest.Behaviour{Default: id, MinVersion: version, MaxVersion: version})
				o := look(t, &Scanner{}, server, "www.example.test")
				if o.Failure != nil || !o.Complete || o.Version != version || o.Cipher == 0 {
					t.Errorf("got %+v, failure %v", o, o.Failure)
				}
				if !sameChain(o.Chain, id.Entries) {
					t.Errorf("the chain of %d entries is not the one sent", len(o.Chain))
				}
				if !bytes.Equal(o.Staple, id.Staple) {
					t.Errorf("staple %q", o.Staple)
				}
			})
		}
	}
}

// What crypto/tls refuses is captured as it was sent.
func TestCaptureRefused(t *testing.T) {
	tb := tlstest.For(t)
	root := tb.Root("R")
	leaf := tb.Leaf("L", root)
	large := tb.Root("large", func(c *tlstest.Template) { c.Key = tb.Key("large", "rsa8200") })
	for name, entries := range map[string][][]byte{
		"bytes at position 1":      {leaf.DER, []byte("no certificate")},
		"nothing at position 1":    {leaf.DER, {}},
		"bytes at position 0":      {{0x30, 0x80, 0xff}, leaf.DER},
		"trailing byte":            {append(slices.Clone(leaf.DER), 0), root.DER},
		"RSA key of 8200 bits":     {leaf.DER, large.DER},
		"as large as crypto/tls's": {leaf.DER, bytes.Repeat([]byte{0xff}, 200_000)},
	} {
		for _, version := range versions {
			t.Run(name+" "+tls.VersionName(version), func(t *testing.T) {
				server := tlstest.For(t).Serve(tlstest.Behaviour{
					Default: tlstest.Identity{Entries: entries, Key: leaf.Key}, MinVersion: version, MaxVersion: version,
				})
				o := look(t, &Scanner{}, server, "")
				if !sameChain(o.Chain, entries) {
					t.Fatalf("the chain of %d entries is not the one sent; failure %v", len(o.Chain), o.Failure)
				}
				if o.Complete || o.Failure == nil || o.Failure.Code != Handshake || o.Version != version || o.Cipher == 0 {
					t.Errorf("complete %v, failure %v, version %x, cipher %x", o.Complete, o.Failure, o.Version, o.Cipher)
				}
			})
		}
	}
}

func TestCaptureMutualTLS(t *testing.T) {
	tb := tlstest.For(t)
	leaf := tb.Leaf("L", nil)
	own := tls.Certificate{Certificate: [][]byte{leaf.DER}, PrivateKey: leaf.Key.Signer}
	for _, version := range versions {
		server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(leaf), ClientAuth: true, MinVersion: version, MaxVersion: version})
		o := look(t, &Scanner{}, server, "")
		if !sameChain(o.Chain, [][]byte{leaf.DER}) {
			t.Errorf("%s: no chain: %v", tls.VersionName(version), o.Failure)
		}
		// In TLS 1.3 the server has proven all before it misses a certificate.
		if o.Complete != (version == tls.VersionTLS13) {
			t.Errorf("%s: complete %v, %v", tls.VersionName(version), o.Complete, o.Failure)
		}
		if !o.Complete && (o.Failure.Code != Handshake || !strings.Contains(o.Failure.Message, "--client-cert")) {
			t.Errorf("%s: failure %v", tls.VersionName(version), o.Failure)
		}
		if o := look(t, &Scanner{ClientCertificate: &own}, server, ""); !o.Complete {
			t.Errorf("%s: with a client certificate: %v", tls.VersionName(version), o.Failure)
		}
	}
}

func TestCaptureServerName(t *testing.T) {
	tb := tlstest.For(t)
	asked, bare := tb.Leaf("asked", nil), tb.Leaf("bare", nil)
	server := tb.Serve(tlstest.Behaviour{Default: tlstest.Present(bare), ByName: map[string]tlstest.Identity{"www.example.test": tlstest.Present(asked)}})
	if o := look(t, &Scanner{}, server, "www.example.test"); !sameChain(o.Chain, [][]byte{asked.DER}) {
		t.Error("the name was not sent")
	}
	if o := look(t, &Scanner{}, server, ""); !sameChain(o.Chain, [][]byte{bare.DER}) {
		t.Error("a name was sent")
	}
	lookup := func(context.Context, string, string) ([]netip.Addr, error) {
		return []netip.Addr{server.Addr().Addr()}, nil
	}
	targets, err := ParseTarget(fmt.Sprintf("www.example.test:%d", server.Addr().Port()), TargetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	rows := slices.Collect((&Scanner{Lookup: lookup, Variants: []Variant{NoSNI, TLS12, TLS13}}).Scan(t.Context(), targets))
	if len(rows) != 1 || len(rows[0]) != 4 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	for i, want := range []struct {
		variant Variant
		leaf    *tlstest.Cert
		version uint16
	}{{Default, asked, tls.VersionTLS13}, {NoSNI, bare, tls.VersionTLS13}, {TLS12, asked, tls.VersionTLS12}, {TLS13, asked, tls.VersionTLS13}} {
		o := rows[0][i]
		if o.Target.ServerName != "www.example.test" || o.Variant != want.variant || o.Version != want.version || !sameChain(o.Chain, [][]byte{want.leaf.DER}) {
			t.Errorf("observation %d: %+v", i, o)
		}
	}
}

func TestObservationTimes(t *testing.T) {
	leaf := tlstest.For(t).Leaf("L", nil)
	server := tlstest.For(t).Serve(tlstest.Behaviour{Default: tlstest.Present(leaf)})
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	clock := at
	s := &Scanner{Concurrency: 1, Now: func() time.Time { clock = clock.Add(time.Second); return clock }}
	if o := look(t, s, server, ""); !o.At.Equal(at.Add(time.Second)) || o.Took != time.Second || !o.Complete {
		t.Errorf("at %v, took %v", o.At, o.Took)
	}
}
