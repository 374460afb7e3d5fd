package tlstest

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"math/big"
	"testing"
)

func pool(certs ...*Cert) *x509.CertPool {
	p := x509.NewCertPool()
	for _, c := range certs {
		p.AppendCertsFromPEM(c.PEM())
	}
	return p
}

func parse(t testing.TB, c *Cert) *x509.Certificate {
	t.Helper()
	parsed, err := x509.ParseCertificate(c.DER)
	if err != nil {
		t.Fatalf("%s: %v", c.Label, err)
	}
	return parsed
}

func TestChainVerifiesForEveryKeyType(t *testing.T) {
	for _, keyType := range []string{"p256", "p384", "p521", "ed25519", "rsa1024", "rsa2048", "rsa3072", "rsa4096"} {
		t.Run(keyType, func(t *testing.T) {
			mk := For(t)
			with := func(label string) func(*Template) {
				return func(c *Template) { c.Key = mk.Key(label, keyType) }
			}
			root := mk.Root("R", with("R"))
			inter := mk.Intermediate("I", root, with("I"))
			leaf := mk.Leaf("L", inter, with("L"))
			options := x509.VerifyOptions{DNSName: ServerName, Roots: pool(root), Intermediates: pool(inter), CurrentTime: Now()}
			if _, err := parse(t, leaf).Verify(options); err != nil {
				t.Error(err)
			}
			options.Intermediates = nil
			if _, err := parse(t, leaf).Verify(options); err == nil {
				t.Error("verified without its intermediate")
			}
		})
	}
}

func TestSameStatementsGiveSameBytes(t *testing.T) {
	mk := For(t)
	for _, keyType := range []string{"p256", "ed25519", "rsa1024"} {
		one := mk.Root("R", func(c *Template) { c.Key = mk.Key("K", keyType) })
		rsaKeys.Clear() // so that the key is found anew
		two := mk.Root("R", func(c *Template) { c.Key = mk.Key("K", keyType) })
		if !bytes.Equal(one.DER, two.DER) {
			t.Errorf("%s: two runs differ", keyType)
		}
	}
	if bytes.Equal(mk.Root("R").DER, mk.Root("S").DER) {
		t.Error("two labels give the same certificate")
	}
}

func TestModulusHasTheBitsAskedFor(t *testing.T) {
	for keyType, bits := range map[string]int{"rsa384": 384, "rsa512": 512, "rsa1023": 1023, "rsa1025": 1025, "rsa3000": 3000, "rsa9000": 9000} {
		key := For(t).Key("K", keyType)
		if got := key.Public().(*rsa.PublicKey).N.BitLen(); got != bits {
			t.Errorf("%s: %d bits", keyType, got)
		}
	}
}

func TestCrossSharesNameAndKey(t *testing.T) {
	mk := For(t)
	old, root := mk.Root("R0"), mk.Root("R1")
	cross := mk.Cross("X1", root, old)
	inter := mk.Intermediate("I", root)
	leaf := mk.Leaf("L", inter)
	x, r := parse(t, cross), parse(t, root)
	if !bytes.Equal(x.RawSubject, r.RawSubject) || !bytes.Equal(x.RawSubjectPublicKeyInfo, r.RawSubjectPublicKeyInfo) {
		t.Error("the cross-certificate differs from the root in name or key")
	}
	options := x509.VerifyOptions{Roots: pool(old), Intermediates: pool(inter, cross), CurrentTime: Now()}
	if _, err := parse(t, leaf).Verify(options); err != nil {
		t.Errorf("no path to the old root: %v", err)
	}
}

func TestCopyKeepsAllButTheSerial(t *testing.T) {
	mk := For(t)
	inter := mk.Intermediate("I", mk.Root("R"))
	twin := mk.Copy("I2", inter, func(c *Template) { c.NotAfter = c.NotAfter.AddDate(1, 0, 0) })
	a, b := parse(t, inter), parse(t, twin)
	if !bytes.Equal(a.RawSubject, b.RawSubject) || !bytes.Equal(a.RawIssuer, b.RawIssuer) || !bytes.Equal(a.RawSubjectPublicKeyInfo, b.RawSubjectPublicKeyInfo) {
		t.Error("the copy differs in subject, issuer or key")
	}
	if a.SerialNumber.Cmp(b.SerialNumber) == 0 || a.NotAfter.Equal(b.NotAfter) {
		t.Error("the copy is the same certificate")
	}
}

// What follows is what crypto/x509 does not make, read back by hand or by
// crypto/x509's refusal.

func TestWeakHashesSign(t *testing.T) {
	mk := For(t)
	for hash, want := range map[crypto.Hash]x509.SignatureAlgorithm{crypto.MD5: x509.MD5WithRSA, crypto.SHA1: x509.SHA1WithRSA} {
		root := mk.Root("R", func(c *Template) { c.Key, c.Hash = mk.Key("R", "rsa2048"), hash })
		parsed := parse(t, root)
		if parsed.SignatureAlgorithm != want {
			t.Errorf("signed by %v, want %v", parsed.SignatureAlgorithm, want)
		}
		h := hash.New()
		h.Write(parsed.RawTBSCertificate)
		if err := rsa.VerifyPKCS1v15(parsed.PublicKey.(*rsa.PublicKey), hash, h.Sum(nil), parsed.Signature); err != nil {
			t.Error(err)
		}
	}
	if got := parse(t, mk.Root("R", func(c *Template) { c.Hash = crypto.SHA1 })).SignatureAlgorithm; got != x509.ECDSAWithSHA1 {
		t.Error(got)
	}
	if _, err := Root("R", func(c *Template) { c.Hash = crypto.MD5 }); err == nil {
		t.Error("an ECDSA key signed over MD5, for which there is no algorithm")
	}
}

func TestSmallKeySigns(t *testing.T) {
	mk := For(t)
	parsed := parse(t, mk.Root("R", func(c *Template) { c.Key = mk.Key("R", "rsa512") }))
	key := parsed.PublicKey.(*rsa.PublicKey)
	opened := new(big.Int).Exp(new(big.Int).SetBytes(parsed.Signature), big.NewInt(int64(key.E)), key.N).FillBytes(make([]byte, 64))
	h := crypto.SHA256.New()
	h.Write(parsed.RawTBSCertificate)
	if !bytes.HasPrefix(opened, []byte{0, 1, 0xff}) || !bytes.HasSuffix(opened, h.Sum(nil)) {
		t.Errorf("the signature opens to %x", opened)
	}
}

func TestSerials(t *testing.T) {
	for _, serial := range []*big.Int{big.NewInt(-5), big.NewInt(0), new(big.Int).Lsh(big.NewInt(1), 239)} {
		root := For(t).Root("R", func(c *Template) { c.SerialNumber = serial })
		var got struct {
			TBS TBS
			A   asn1.RawValue
			S   asn1.BitString
		}
		if _, err := asn1.Unmarshal(root.DER, &got); err != nil || got.TBS.Serial.Cmp(serial) != 0 {
			t.Errorf("serial %v, want %v (%v)", got.TBS.Serial, serial, err)
		}
	}
}

func TestLies(t *testing.T) {
	mk := For(t)
	root, other := mk.Root("R"), mk.Root("O")
	honest := mk.Intermediate("I", root)
	if err := parse(t, honest).CheckSignatureFrom(parse(t, root)); err != nil {
		t.Fatal(err)
	}
	for name, lie := range map[string]func(*Template){
		"corrupt":   func(c *Template) { c.Corrupt = true },
		"signed by": func(c *Template) { c.SignedBy = other.Key },
	} {
		cert := parse(t, mk.Intermediate("I", root, lie))
		if cert.CheckSignatureFrom(parse(t, root)) == nil {
			t.Errorf("%s: the signature is right", name)
		}
		if !bytes.Equal(cert.RawIssuer, parse(t, root).RawSubject) {
			t.Errorf("%s: the issuer's name changed too", name)
		}
	}
}

func TestKeyIdentifiers(t *testing.T) {
	mk := For(t)
	root := mk.Root("R")
	plain := parse(t, mk.Intermediate("I", root))
	if !bytes.Equal(plain.AuthorityKeyId, parse(t, root).SubjectKeyId) || len(plain.SubjectKeyId) != 20 {
		t.Error("the default identifiers do not match")
	}
	bare := parse(t, mk.Intermediate("I", root, func(c *Template) { c.SubjectKeyId, c.AuthorityKeyId = []byte{}, []byte{} }))
	if bare.SubjectKeyId != nil || bare.AuthorityKeyId != nil {
		t.Error("identifiers though none were wanted")
	}
	if parse(t, mk.Root("R")).AuthorityKeyId != nil {
		t.Error("a root names an authority")
	}
}

func TestHostileNames(t *testing.T) {
	name, err := parseName(`CN=` + "a\x1b[31m\x00\u202e" + `\, Inc,CN:bmp=é,O:t61=x,C=XX`)
	if err != nil {
		t.Fatal(err)
	}
	cert := For(t).Root("R", func(c *Template) { c.RawSubject = name })
	if !bytes.Contains(cert.DER, []byte("a\x1b[31m\x00\u202e, Inc")) || !bytes.Contains(cert.DER, []byte{bmp, 2, 0, 0xe9}) || !bytes.Contains(cert.DER, []byte{t61, 1, 'x'}) {
		t.Errorf("%x", cert.DER)
	}
}
