package cert_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/tlschain/tlschain/rules/cert"
)

func TestPlainCertificate(t *testing.T) {
	c, err := cert.Parse(plain().bytes())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Deviations) > 0 || c.Version != 3 || !c.IsCA || c.MaxPathLen != -1 ||
		c.KeyUsage != cert.CertSign|cert.CRLSign || c.EKU != nil || !c.ForTLS() || c.SelfIssued() ||
		c.Key.String() != "RSA 2048" || c.SignatureAlg.Name != "SHA256-RSA" {
		t.Errorf("read as %+v", c)
	}
}

// Everything here departs from RFC 5280 and is read nevertheless.
func TestDeviations(t *testing.T) {
	sha1 := der(sequence, oid(1, 2, 840, 113549, 1, 1, 5), []byte{5, 0})
	constraints := oid(2, 5, 29, 19)
	for _, c := range []struct {
		name   string
		change func(*parts)
		want   []cert.Deviation
		also   func(*cert.Certificate) bool // what is read of it
	}{
		{"negative serial", func(p *parts) { p.serial = der(integer, []byte{0xee, 1}) },
			[]cert.Deviation{cert.NegativeSerial}, func(c *cert.Certificate) bool { return bytes.Equal(c.Serial, []byte{0xee, 1}) }},
		{"zero serial", func(p *parts) { p.serial = der(integer, []byte{0}) }, []cert.Deviation{cert.ZeroSerial}, nil},
		{"serial of 20 octets", func(p *parts) { p.serial = der(integer, bytes.Repeat([]byte{0x7f}, 20)) }, nil, nil},
		{"serial of 20 octets and a sign octet", func(p *parts) { p.serial = der(integer, []byte{0}, bytes.Repeat([]byte{0xff}, 20)) }, nil, nil},
		{"serial of 21 octets", func(p *parts) { p.serial = der(integer, bytes.Repeat([]byte{0x7f}, 21)) }, []cert.Deviation{cert.LongSerial}, nil},
		{"padded serial", func(p *parts) { p.serial = der(integer, []byte{0, 0x12}) }, []cert.Deviation{cert.BadSerial}, nil},
		{"padded negative serial", func(p *parts) { p.serial = der(integer, []byte{0xff, 0x92}) }, []cert.Deviation{cert.BadSerial, cert.NegativeSerial}, nil},
		{"bytes after the certificate", func(p *parts) { p.tail = []byte{0} }, []cert.Deviation{cert.TrailingData}, nil},
		{"bytes after the signature", func(p *parts) { p.inTail = []byte{5, 0} }, []cert.Deviation{cert.TrailingData}, nil},
		{"an extension twice", func(p *parts) {
			p.extensions = append(p.extensions, extension(true, constraints, der(sequence))...)
		}, []cert.Deviation{cert.DuplicateExtension}, func(c *cert.Certificate) bool { return c.IsCA }}, // the first counts
		{"version 1 with extensions", func(p *parts) { p.version = nil },
			[]cert.Deviation{cert.ExtensionsInOld}, func(c *cert.Certificate) bool { return c.Version == 1 && c.IsCA }},
		{"version 1", func(p *parts) { p.version, p.extensions = nil, nil },
			nil, func(c *cert.Certificate) bool { return c.Version == 1 && !c.HasBasicConstraints && c.MaxPathLen == -1 }},
		{"unique identifiers", func(p *parts) { p.afterSPKI = []byte{0x81, 2, 0, 1, 0x82, 2, 0, 1} }, nil, nil},
		{"inner and outer algorithm", func(p *parts) { p.innerAlg = sha1 },
			[]cert.Deviation{cert.AlgorithmMismatch}, func(c *cert.Certificate) bool { return c.SignatureAlg.Name == "SHA256-RSA" }},
		{"path length without end", func(p *parts) {
			p.extensions = extension(true, constraints, der(sequence, der(boolean, []byte{0xff}), der(integer, []byte{0}), []byte{5, 0}))
		}, []cert.Deviation{cert.BadExtension}, func(c *cert.Certificate) bool { return !c.HasBasicConstraints && !c.IsCA }},
		{"true that is not 0xff", func(p *parts) { p.extensions = extension(true, constraints, der(sequence, der(boolean, []byte{1}))) },
			nil, func(c *cert.Certificate) bool { return c.IsCA }},
		{"one broken extension before a good one", func(p *parts) { p.extensions = append(der(sequence, []byte{5, 0}), p.extensions...) },
			[]cert.Deviation{cert.BadExtension}, func(c *cert.Certificate) bool { return c.IsCA && c.HasKeyUsage }},
		{"key usage that is no bit string", func(p *parts) { p.extensions = extension(true, oid(2, 5, 29, 15), []byte{0xd4}) },
			[]cert.Deviation{cert.BadExtension}, func(c *cert.Certificate) bool { return !c.HasKeyUsage }},
		{"bits of key usage said to be unused", func(p *parts) { p.extensions = extension(true, oid(2, 5, 29, 15), der(bitString, []byte{5, 0xff})) },
			nil, func(c *cert.Certificate) bool {
				return c.KeyUsage == cert.DigitalSignature|cert.NonRepudiation|cert.KeyEncipherment
			}},
		{"empty EKU", func(p *parts) { p.extensions = extension(false, oid(2, 5, 29, 37), der(sequence)) },
			nil, func(c *cert.Certificate) bool { return c.EKU != nil && !c.ForTLS() }},
		{"EKU cut short", func(p *parts) { p.extensions = extension(false, oid(2, 5, 29, 37), der(sequence, []byte{6, 3, 42})) },
			[]cert.Deviation{cert.BadExtension}, func(c *cert.Certificate) bool { return c.EKU == nil }},
		{"unknown critical extension", func(p *parts) { p.extensions = extension(true, oid(1, 2, 3, 4), nil) },
			nil, func(c *cert.Certificate) bool { return slices.Equal(c.UnknownCritical, []string{"1.2.3.4"}) }},
		{"negative modulus", func(p *parts) { // read as unsigned, as OpenSSL does
			key := der(sequence, der(integer, []byte{0x80, 1}), der(integer, []byte{3}))
			p.spki = der(sequence, der(sequence, oid(1, 2, 840, 113549, 1, 1, 1), []byte{5, 0}), der(bitString, []byte{0}, key))
		}, []cert.Deviation{cert.BadKey}, func(c *cert.Certificate) bool { return c.Key.Bits == 16 && c.Key.N.Sign() > 0 }},
		{"point off the curve", func(p *parts) {
			point := append([]byte{0, 4}, bytes.Repeat([]byte{1}, 64)...)
			p.spki = der(sequence, der(sequence, oid(1, 2, 840, 10045, 2, 1), oid(1, 2, 840, 10045, 3, 1, 7)), der(bitString, point))
		}, []cert.Deviation{cert.BadKey}, func(c *cert.Certificate) bool { return c.Key.Kind == cert.EC && c.Key.P == nil }},
		{"key of an unknown kind", func(p *parts) { p.spki = der(sequence, der(sequence, oid(1, 2, 3)), der(bitString, []byte{0, 1})) },
			nil, func(c *cert.Certificate) bool { return c.Key.Kind == cert.UnknownKey && c.Key.SPKI != (cert.Hash{}) }},
		{"name in UTF-8 that is none", func(p *parts) { p.subject = der(sequence, attribute(3, utf8String, "Caf\xe9")) },
			[]cert.Deviation{cert.BadString}, func(c *cert.Certificate) bool { return c.Subject.Text == "CN=Caf\uFFFD" }},
		{"printable string with an accent", func(p *parts) { p.subject = der(sequence, attribute(3, printable, "Caf\xe9")) },
			[]cert.Deviation{cert.BadString}, func(c *cert.Certificate) bool { return c.Subject.Common == "Café" }},
		{"BMP string of odd length", func(p *parts) { p.subject = der(sequence, attribute(3, bmpString, "\x00A\x00")) },
			[]cert.Deviation{cert.BadString}, func(c *cert.Certificate) bool { return c.Subject.Common == "#1e03004100" }},
		{"T61 and BMP strings", func(p *parts) {
			p.subject = der(sequence, attribute(10, t61String, "Caf\xe9"), attribute(3, bmpString, "\x65\xe5\x67\x2c"))
		}, nil, func(c *cert.Certificate) bool { return c.Subject.Text == "CN=日本,O=Café" }},
	} {
		p := plain()
		c.change(p)
		got, err := cert.Parse(p.bytes())
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		slices.Sort(got.Deviations)
		if !slices.Equal(got.Deviations, c.want) {
			t.Errorf("%s: deviations %q, want %q", c.name, got.Deviations, c.want)
		}
		if c.also != nil && !c.also(got) {
			t.Errorf("%s: read as %+v", c.name, got)
		}
	}
}

func TestTimes(t *testing.T) {
	for _, c := range []struct {
		tag  byte
		text string
		want string // RFC 3339; "": unreadable
		odd  bool
	}{
		{utcTime, "260102030405Z", "2026-01-02T03:04:05Z", false},
		{utcTime, "491231235959Z", "2049-12-31T23:59:59Z", false},
		{utcTime, "500101000000Z", "1950-01-01T00:00:00Z", false},
		{generalTime, "20500101000000Z", "2050-01-01T00:00:00Z", false},
		{generalTime, "99991231235959Z", "9999-12-31T23:59:59Z", false}, // "no end", RFC 5280 section 4.1.2.5
		{utcTime, "2601020304Z", "2026-01-02T03:04:00Z", true},
		{utcTime, "260102030405+0900", "2026-01-01T18:04:05Z", true},
		{utcTime, "2601020304-0030", "2026-01-02T03:34:00Z", true},
		{generalTime, "20260102030405.5Z", "2026-01-02T03:04:05Z", true},
		{utcTime, "260102030405", "2026-01-02T03:04:05Z", true},
		{utcTime, "260230000000Z", "2026-03-02T00:00:00Z", true}, // as BoringSSL and Java read it
		{utcTime, "260101235960Z", "2026-01-02T00:00:00Z", true},
		{utcTime, "260101235961Z", "", false},
		{utcTime, "260132000000Z", "", false},
		{utcTime, "261301000000Z", "", false},
		{utcTime, "260102240000Z", "", false},
		{utcTime, "26010203040Z", "", false},
		{utcTime, "260102030405+09", "", false},
		{utcTime, "+60102030405Z", "", false},
		{generalTime, "260102030405Z", "2601-02-03T04:05:00Z", true}, // four digits are the year's
		{printable, "260102030405Z", "", false},
		{utcTime, "", "", false},
	} {
		p := plain()
		p.notAfter = der(c.tag, []byte(c.text))
		got, err := cert.Parse(p.bytes())
		if c.want == "" {
			if err == nil {
				t.Errorf("%q passes for the time %s", c.text, got.NotAfter)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.text, err)
			continue
		}
		if s := got.NotAfter.Format(time.RFC3339); s != c.want || got.Has(cert.BadTime) != c.odd {
			t.Errorf("%q: read as %s, odd %v; want %s, %v", c.text, s, got.Has(cert.BadTime), c.want, c.odd)
		}
	}
}

// What no client reads is an error that says what is wrong.
func TestUnparsable(t *testing.T) {
	whole := plain().bytes()
	for _, c := range []struct {
		name string
		der  func() []byte
		want string
	}{
		{"nothing", func() []byte { return nil }, "it is empty"},
		{"PEM", func() []byte { return []byte("-----BEGIN CERTIFICATE-----\n") }, "it is PEM text"},
		{"text", func() []byte { return []byte("hello") }, "it begins with the byte 0x68"},
		{"cut", func() []byte { return whole[:len(whole)-1] }, "its length does not fit"},
		{"indefinite length", func() []byte { return []byte{0x30, 0x80, 0, 0} }, "the part that is signed is malformed"},
		{"indefinite length without end", func() []byte { return append([]byte{0x30, 0x80}, whole[4:]...) }, "its length does not fit"},
		{"a length of nine octets", func() []byte { return append([]byte{0x30, 0x89, 0, 0, 0, 0, 0, 0, 0, 0, 1}, 0) }, "its length does not fit"},
		{"a long length that is cut", func() []byte { return []byte{0x30, 0x84, 0xff, 0xff, 0xff, 0xff, 0} }, "its length does not fit"},
		{"only a sequence", func() []byte { return der(sequence) }, "the part that is signed is malformed"},
		{"version 128", func() []byte { p := plain(); p.version[4] = 127; return p.bytes() }, "the version is none of 1, 2 and 3"},
		{"no serial", func() []byte { p := plain(); p.serial = nil; return p.bytes() }, "the serial number is malformed"},
		{"empty serial", func() []byte { p := plain(); p.serial = der(integer); return p.bytes() }, "the serial number is malformed"},
		{"issuer", func() []byte { p := plain(); p.issuer = der(sequence, der(set, der(sequence))); return p.bytes() }, "the issuer is malformed"},
		{"subject", func() []byte { p := plain(); p.subject = der(integer); return p.bytes() }, "the subject is malformed"},
		{"key", func() []byte { p := plain(); p.spki = der(integer); return p.bytes() }, "the public key is malformed"},
		{"extensions", func() []byte { p := plain(); p.extensions, p.afterSPKI = nil, []byte{0xa3, 2, 0x30}; return p.bytes() }, "malformed"},
		{"signature", func() []byte { p := plain(); p.signature = der(bitString); return p.bytes() }, "the signature is malformed"},
	} {
		got, err := cert.Parse(c.der())
		if err == nil || got != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", c.name, err, c.want)
		}
	}
}
