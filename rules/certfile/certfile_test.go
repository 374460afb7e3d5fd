package certfile_test

import (
	"bytes"
	"crypto/rand"
	"crypto/x509"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pavlo-v-chernykh/keystore-go/v4"
	"software.sslmate.com/src/go-pkcs12"

	"github.com/tlschain/tlschain/rules/cert"
	"github.com/tlschain/tlschain/rules/certfile"
	"github.com/tlschain/tlschain/scanner/tlstest"
)

// A hierarchy is what most of these files are made of.
type hierarchy struct{ root, ca, leaf, ecdsa *tlstest.Cert }

func newHierarchy(t *testing.T) hierarchy {
	x := tlstest.For(t)
	root := x.Root("R")
	ca := x.Intermediate("I", root)
	key := x.Key("L", "rsa2048")
	return hierarchy{root, ca, x.Leaf("L", ca, func(c *tlstest.Template) { c.Key = key }), x.Leaf("LE", ca)}
}

func spki(t *testing.T, der []byte) cert.Hash {
	t.Helper()
	c, err := cert.Parse(der)
	if err != nil {
		t.Fatal(err)
	}
	return c.Key.SPKI
}

func pkcs8(t *testing.T, key any) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func x509Of(t *testing.T, certs ...*tlstest.Cert) (out []*x509.Certificate) {
	t.Helper()
	for _, c := range certs {
		x, err := x509.ParseCertificate(c.DER)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, x)
	}
	return out
}

// pkcs7 is a certs-only SignedData; indefinite asks for BER, as some CAs send.
func pkcs7(indefinite bool, certs ...*tlstest.Cert) []byte {
	element := func(tag byte, content []byte) []byte {
		if indefinite && tag&0x20 != 0 && tag != 0x31 {
			return append(append([]byte{tag, 0x80}, content...), 0, 0)
		}
		der, _ := asn1.Marshal(asn1.RawValue{FullBytes: nil, Class: int(tag >> 6), Tag: int(tag & 0x1f), IsCompound: tag&0x20 != 0, Bytes: content})
		return der
	}
	var list []byte
	for _, c := range certs {
		list = append(list, c.DER...)
	}
	oid := func(last byte) []byte { return []byte{6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, last} }
	signed := bytes.Join([][]byte{{2, 1, 1}, element(0x31, nil), element(0x30, oid(1)), element(0xa0, list), element(0x31, nil)}, nil)
	return element(0x30, append(oid(2), element(0xa0, element(0x30, signed))...))
}

func jks(t *testing.T, password string, h hierarchy) []byte {
	t.Helper()
	store := keystore.New()
	var chain []keystore.Certificate
	for _, c := range []*tlstest.Cert{h.leaf, h.ca, h.root} {
		chain = append(chain, keystore.Certificate{Type: "X509", Content: c.DER})
	}
	entry := keystore.PrivateKeyEntry{CreationTime: time.Unix(1, 0), PrivateKey: pkcs8(t, h.leaf.Key.Signer), CertificateChain: chain}
	if err := store.SetPrivateKeyEntry("tomcat", entry, []byte(password)); err != nil {
		t.Fatal(err)
	}
	anchor := keystore.TrustedCertificateEntry{CreationTime: time.Unix(1, 0), Certificate: keystore.Certificate{Type: "X509", Content: h.root.DER}}
	if err := store.SetTrustedCertificateEntry("anchor", anchor); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := store.Store(&out, []byte(password)); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFormats(t *testing.T) {
	h := newHierarchy(t)
	chain := x509Of(t, h.leaf, h.ca)
	pfx, err := pkcs12.Modern.Encode(h.leaf.Key.Signer, chain[0], chain[1:], "secret")
	if err != nil {
		t.Fatal(err)
	}
	legacy, err := pkcs12.LegacyRC2.WithRand(rand.Reader).Encode(h.ecdsa.Key.Signer, x509Of(t, h.ecdsa)[0], chain[1:], "")
	if err != nil {
		t.Fatal(err)
	}
	x := tlstest.For(t)
	negative := x.Intermediate("odd", h.root, func(c *tlstest.Template) {
		c.Edits = append(c.Edits, func(t *tlstest.TBS) { t.Serial.Neg(t.Serial) })
	})
	key := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8(t, h.leaf.Key.Signer)})
	full := append(h.leaf.PEM(), h.ca.PEM()...)
	list := [][]byte{h.leaf.DER, h.ca.DER}
	plain := []certfile.Chain{{Certs: list}}
	set := []certfile.Chain{{Certs: list, Set: true}}
	leafKey := spki(t, h.leaf.DER)

	for name, c := range map[string]struct {
		file      []byte
		passwords []string
		want      []certfile.Chain
	}{
		"PEM":                    {full, nil, plain},
		"PEM with CRLF and BOM":  {append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(full, []byte("\n"), []byte("\r\n"))...), nil, plain},
		"PEM with comments":      {append([]byte("Bag Attributes\n  friendlyName: x\nsubject=CN = x\n"), full...), nil, plain},
		"PEM with its key":       {append(key, full...), nil, []certfile.Chain{{Certs: list, Key: leafKey}}},
		"PEM, the key alone":     {append(h.ca.PEM(), key...), nil, []certfile.Chain{{Certs: list[1:], Key: leafKey}}},
		"DER":                    {h.leaf.DER, nil, []certfile.Chain{{Certs: list[:1]}}},
		"DER, end to end":        {append(bytes.Clone(h.leaf.DER), h.ca.DER...), nil, plain},
		"PKCS #7":                {pkcs7(false, h.ca, h.leaf), nil, set},
		"PKCS #7 in BER":         {pkcs7(true, h.ca, h.leaf), nil, set},
		"PKCS #7 in PEM":         {pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: pkcs7(false, h.ca, h.leaf)}), nil, set},
		"PKCS #7, odd":           {pkcs7(false, negative, h.leaf), nil, []certfile.Chain{{Certs: [][]byte{h.leaf.DER, negative.DER}, Set: true}}},
		"PKCS #12":               {pfx, []string{"wrong", "secret"}, []certfile.Chain{{Certs: list, Set: true, Key: leafKey}}},
		"PKCS #12, old, no word": {legacy, nil, []certfile.Chain{{Certs: [][]byte{h.ecdsa.DER, h.ca.DER}, Set: true, Key: spki(t, h.ecdsa.DER)}}},
		"JKS":                    {jks(t, "keyword", h), []string{"keyword"}, []certfile.Chain{{Certs: [][]byte{h.leaf.DER, h.ca.DER, h.root.DER}, Key: leafKey}}},
		"JKS with Java's own":    {jks(t, "changeit", h), nil, []certfile.Chain{{Certs: [][]byte{h.leaf.DER, h.ca.DER, h.root.DER}, Key: leafKey}}},
		"unparsable, in PEM":     {append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("junk")}), h.ca.PEM()...), nil, []certfile.Chain{{Certs: [][]byte{[]byte("junk"), h.ca.DER}}}},
		"OpenSSL's trusted form": {pem.EncodeToMemory(&pem.Block{Type: "TRUSTED CERTIFICATE", Bytes: append(bytes.Clone(h.leaf.DER), 0x30, 0)}), nil, []certfile.Chain{{Certs: list[:1]}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := certfile.Read(c.file, c.passwords...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range got {
				got[i].Flaws = nil // TestRealLoaders holds them
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
	for name, file := range map[string][]byte{"PKCS #12": pfx, "JKS": jks(t, "secret", h)} {
		if _, err := certfile.Read(file, "wrong"); !errors.Is(err, certfile.ErrPassword) {
			t.Errorf("%s with a wrong password: %v", name, err)
		}
	}
}
