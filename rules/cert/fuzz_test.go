package cert_test

import (
	"bytes"
	"crypto/x509"
	"testing"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// FuzzParse: bytes from the wire never make the program fall; what is read
// keeps its promises; and nothing that crypto/x509 reads is refused.
func FuzzParse(f *testing.F) {
	root, err := tlstest.Root("Fuzzed Root")
	if err != nil {
		f.Fatal(err)
	}
	leaf, err := tlstest.Leaf("fuzzed", root)
	if err != nil {
		f.Fatal(err)
	}
	old := plain()
	old.version, old.notAfter = nil, der(utcTime, []byte("3601010000+0900"))
	old.subject = der(sequence, attribute(3, bmpString, "\x00A"), attribute(10, t61String, "\xe9"))
	f.Add(root.DER)
	f.Add(leaf.DER)
	f.Add(plain().bytes())
	f.Add(old.bytes())
	behind := plain()
	behind.subject = der(sequence, der(set, der(sequence, oid(2, 5, 4, 3), der(utf8String, []byte("A")), der(integer, []byte{1}))))
	f.Add(behind.bytes())
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := cert.Parse(der)
		if err != nil {
			if err.Error() == "" || c != nil {
				t.Fatal("an error without words, or with a certificate")
			}
			if theirs, err := x509.ParseCertificate(der); err == nil && !moreThanValues(theirs.RawSubject) && !moreThanValues(theirs.RawIssuer) {
				t.Fatal("crypto/x509 reads it")
			}
			return
		}
		if !bytes.Equal(c.Raw, der) || len(c.Serial) == 0 || len(c.Key.DER) == 0 || c.Version < 1 || c.Version > 3 {
			t.Fatalf("read as %+v", c)
		}
		for _, n := range []cert.Name{c.Subject, c.Issuer} {
			again, _, ok := cert.ParseName(n.DER)
			if !ok || again.Canon != n.Canon || !utf8.ValidString(n.Text) {
				t.Fatalf("name %q", n.Text)
			}
		}
		_, _, _ = c.ForTLS(), c.SelfIssued(), c.Key.String()
		c.MatchesName("www.example.test")
		c.MatchesName("192.0.2.1")
	})
}

// moreThanValues reports whether an attribute of a name has something behind its
// value. crypto/x509 takes no notice of it; OpenSSL, GnuTLS and Java call such a
// certificate malformed, as we do.
func moreThanValues(name []byte) bool {
	in := cryptobyte.String(name)
	var rdns, set, attribute cryptobyte.String
	if !in.ReadASN1(&rdns, asn1.SEQUENCE) {
		return false
	}
	for rdns.ReadASN1(&set, asn1.SET) {
		for set.ReadASN1(&attribute, asn1.SEQUENCE) {
			if attribute.SkipASN1(asn1.OBJECT_IDENTIFIER) && attribute.ReadAnyASN1(new(cryptobyte.String), nil) && !attribute.Empty() {
				return true
			}
		}
	}
	return false
}
